#include "cli/lookup.hpp"

#include "store/accounts.hpp"

namespace ozma::cli {

using base::Fail;
using base::Fault;
using store::Transaction;

store::User Program() {
  store::User user;
  user.company_id = store::kSystemCompany;
  return user;
}

base::Result<std::string> FindCompany(Transaction& in, const std::string& named) {
  if (store::FindCompany(in, named)) return named;
  store::Query query;
  query.search_text = named;
  query.limit = -1;
  for (const auto& company : store::ListCompanies(in, query).items)
    if (company.name == named) return company.company_id;
  return Fail(Fault::kNotFound, "There is no company with this id or name.");
}

base::Result<store::Collection> FindCollection(Transaction& in, const std::string& named,
                                               const std::string& company) {
  if (auto found = store::FindCollection(in, named)) return *std::move(found);
  if (company.empty())
    return Fail(Fault::kConfiguration,
                "There is no collection with this id; a collection given by its alias needs --company, an id "
                "or a name.");
  const auto company_id = FindCompany(in, company);
  if (!company_id) return company_id.error();
  store::Query query;
  query.search_text = named;
  query.limit = -1;
  query.only_company = *company_id;
  for (auto& collection : store::ListCollections(in, query).items)
    if (collection.alias == named) return std::move(collection);
  return Fail(Fault::kNotFound, "The company has no collection with this alias.");
}

}  // namespace ozma::cli
