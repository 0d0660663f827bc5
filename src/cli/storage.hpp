// The data that commands share: the folder, the database, the files, the secret.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "store/blobs.hpp"
#include "store/database.hpp"

namespace ozma::cli {

struct Storage {
  std::filesystem::path data = "data";
  std::string database;  // postgresql://..., a libpq connection string, or sqlite:FILE; empty: the next ones
  std::string host, port, user, password, name;  // of PostgreSQL; without host: SQLite at data/ozma.sqlite
  int connections = 16;
  std::string secret;  // empty: data/secret
};
// --data, --database and the environment's DB_HOST, DB_PORT, DB_USER, DB_PASS, DB_NAME, OZ_API_SECRET_KEY.
void AddStorage(CLI::App& command, Storage& storage);

// kConfiguration where the address cannot be right.
base::Result<store::DatabaseOptions> DatabaseOptionsOf(const Storage& storage);

struct Opened {
  std::shared_ptr<store::Database> database;
  std::shared_ptr<store::Blobs> blobs;
};
// Makes the data folder where it is missing, runs the migrations that are missing. kConfiguration: the folder
// cannot be written, the database is newer than this program or its address is wrong; kDatabase: unreachable.
base::Result<Opened> Open(const Storage& storage);

// What signs access tokens: as configured, else the file data/secret, made at first (mode 0600).
// kConfiguration where it is shorter than 32 bytes.
base::Result<std::string> SecretOf(const Storage& storage);

}  // namespace ozma::cli
