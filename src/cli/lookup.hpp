// What commands are given by name: companies and collections.
#pragma once

#include "store/collections.hpp"
#include "store/objects.hpp"

namespace ozma::cli {

// Who the audit log says did it: the program itself, nobody with an account.
store::User Program();

// The id of a company given by id or name. kNotFound.
base::Result<std::string> FindCompany(store::Transaction& in, const std::string& named);

// A collection by its id, or by its alias in that company (by id or name). kNotFound; kConfiguration: an
// alias without a company.
base::Result<store::Collection> FindCollection(store::Transaction& in, const std::string& named,
                                               const std::string& company);

}  // namespace ozma::cli
