#include "store/database.hpp"

#include "store/connection.hpp"

namespace ozma::store {

base::Result<std::shared_ptr<Database>> Database::Open(const DatabaseOptions& options) {
  if (options.connections < 1 || options.connections > 1000) {
    return base::Fail(base::Fault::kConfiguration,
                      "The number of database connections must be from 1 to 1000");
  }
  try {
    return options.postgres.empty() ? OpenSqlite(options) : OpenPostgres(options);
  } catch (const soci::soci_error& error) {
    return ErrorOf(error);
  }
}

}  // namespace ozma::store
