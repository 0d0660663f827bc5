#pragma once

#include <libpq-fe.h>

#include <string>

namespace ozma::store {

// Runs one command on a PostgreSQL beside the program; what went wrong, or nothing.
inline std::string OnServer(const std::string& address, const std::string& command) {
  PGconn* connection = PQconnectdb(address.c_str());
  std::string failed;
  if (PQstatus(connection) != CONNECTION_OK) {
    failed = PQerrorMessage(connection);
  } else {
    PGresult* result = PQexec(connection, command.c_str());
    failed = PQresultErrorMessage(result);
    PQclear(result);
  }
  PQfinish(connection);
  return failed;
}

}  // namespace ozma::store
