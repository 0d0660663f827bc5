#include "api/companies.hpp"

#include <array>

#include "access/roles.hpp"
#include "analysis/injection.hpp"
#include "api/accounts.hpp"
#include "api/audit.hpp"
#include "api/list.hpp"
#include "api/metadata.hpp"
#include "api/render.hpp"
#include "api/whole.hpp"

namespace ozma::api {
namespace {

using access::Object;
using access::Verb;
using base::Fail;
using base::Fault;
using store::Company;
using store::Transaction;

constexpr std::array<std::string_view, 4> kThresholds{"threshold_spoofing", "threshold_biometry_min",
                                                      "threshold_biometry_max", "threshold_collection"};

base::Result<void> CheckSettings(const json::object& settings) {
  for (const auto key : kThresholds) {
    const auto value = NumberField(settings, key);
    if (!value) return value.error();
    if (*value && !(**value >= 0 && **value <= 1))
      return Fail(Fault::kInvalidValue, "settings." + std::string(key) + " must be from 0 to 1.");
  }
  for (const auto* key : {"legacy_confidences", "require_gestures"}) {
    if (auto value = BoolField(settings, key); !value) return value.error();
  }
  const auto injection = TextField(settings, "injection");
  if (!injection) return injection.error();
  if (*injection && !analysis::InjectionNamed(**injection))
    return Fail(Fault::kInvalidValue, "settings.injection must be ignore, report or decline.");
  return CheckMetadata(settings, "settings");
}

// Puts what the body says into `company`, and the names of the changed fields into `changed`.
base::Result<void> Apply(const json::object& body, const store::User& by, Company& company,
                         json::array& changed) {
  const auto name = TextField(body, "name");
  if (!name) return name.error();
  if (*name) {
    auto checked = NormalName(**name);
    if (!checked) return checked.error();
    if (*checked != company.name) changed.emplace_back("name");
    company.name = std::move(*checked);
  }
  const auto active = BoolField(body, "is_active");
  if (!active) return active.error();
  const auto settings = ObjectField(body, "settings");
  if (!settings) return settings.error();
  const bool blocks = *active && **active != company.is_active;
  const bool sets = *settings && **settings != company.settings;
  if ((blocks || sets) && by.role != store::Role::kAdmin)
    return Fail(Fault::kForbidden, "Only an ADMIN changes is_active and settings of a company.");
  if (blocks) {
    if (company.company_id == store::kSystemCompany)
      return Fail(Fault::kInvalidValue, "The system's company cannot be blocked.");
    company.is_active = **active;
    changed.emplace_back("is_active");
  }
  if (sets) {
    if (auto sound = CheckSettings(**settings); !sound) return sound;
    company.settings = **settings;
    changed.emplace_back("settings");
  }
  const auto metadata = MetadataField(body, "meta_data");
  if (!metadata) return metadata.error();
  if (*metadata) {
    auto merged = MergeMetadata(company.meta_data, **metadata);
    if (!merged) return merged.error();
    company.meta_data = std::move(*merged);
    changed.emplace_back("meta_data");
  }
  company.time.updated = base::UnixSeconds();
  return {};
}

base::Result<Company> Reach(Transaction& in, const Call& call, Verb verb) {
  const auto id = call.Id("company_id");
  if (!id) return id.error();
  auto company = store::FindCompany(in, *id);
  if (!company) return Fail(Fault::kNotFound, "There is no such company.");
  const auto may = access::Check(call.user(), Object::kCompany, verb, {company->company_id, {}}, "company");
  if (!may) return may.error();
  return *std::move(company);
}

Answer List(const Call& call) {
  auto query = ParseQuery(store::List::kCompanies, call.request.query);
  if (!query) return query.error();
  if (auto narrowed = access::Narrow(call.user(), Object::kCompany, *query); !narrowed)
    return narrowed.error();
  using Companies = store::Listed<Company>;
  const auto listed = call.context.database->Read(
      [&](Transaction& in) -> base::Result<Companies> { return store::ListCompanies(in, *query); });
  if (!listed) return listed.error();
  json::array items;
  for (const auto& company : listed->items) items.push_back(Render(company));
  return Ok(Envelope(*query, listed->total, std::move(items)));
}

Answer Create(const Call& call) {
  if (auto may = access::Check(call.user(), Object::kCompany, Verb::kCreate, {}, "company"); !may)
    return may.error();
  const auto body = call.Body();
  if (!body) return body.error();
  if (auto name = NeededText(*body, "name"); !name) return name.error();
  Company company;
  company.company_id = base::NewUuid();
  json::array changed;
  if (auto applied = Apply(*body, call.user(), company, changed); !applied) return applied.error();
  company.time.created = company.time.updated;
  const auto written = call.context.database->Write([&](Transaction& in) -> base::Result<void> {
    if (auto inserted = store::Insert(in, company); !inserted) return inserted;
    Audit(in, call.user(), "company", company.company_id, "create");
    return {};
  });
  if (!written) return written.error();
  return Created(Render(company));
}

Answer Get(const Call& call) {
  const auto company =
      call.context.database->Read([&](Transaction& in) { return Reach(in, call, Verb::kRead); });
  if (!company) return company.error();
  return Ok(Render(*company));
}

Answer Change(const Call& call) {
  const auto body = call.Body();
  if (!body) return body.error();
  const auto changed = call.context.database->Write([&](Transaction& in) -> base::Result<Company> {
    auto company = Reach(in, call, Verb::kUpdate);
    if (!company) return company;
    json::array fields;
    if (auto applied = Apply(*body, call.user(), *company, fields); !applied) return applied.error();
    if (auto updated = store::Update(in, *company); !updated) return updated.error();
    Audit(in, call.user(), "company", company->company_id, "update", {{"fields", std::move(fields)}});
    return company;
  });
  if (!changed) return changed.error();
  return Ok(Render(*changed));
}

Answer Delete(const Call& call) {
  const auto force = ReadSwitch(call.request.query, "force", false);
  if (!force) return force.error();
  const auto deleted = call.context.database->Write([&](Transaction& in) -> base::Result<void> {
    const auto company = Reach(in, call, Verb::kDelete);
    if (!company) return company.error();
    if (company->company_id == store::kSystemCompany)
      return Fail(Fault::kInvalidValue, "The system's company cannot be deleted.");
    if (!*force && store::CountUsers(in, company->company_id) > 0)
      return Fail(Fault::kInvalidValue,
                  "The company has users; delete them first, or add force=true to delete all that it has.");
    Audit(in, call.user(), "company", company->company_id, "delete");
    store::DeleteCompany(in, company->company_id);
    return {};
  });
  if (!deleted) return deleted.error();
  RemoveFreed(call.context);
  return Gone();
}

}  // namespace

void AddCompanyRoutes(http::Router& router, const std::shared_ptr<const Context>& context) {
  AddCall(router, context, "GET", "/api/companies", List);
  AddCall(router, context, "POST", "/api/companies", Create);
  AddCall(router, context, "GET", "/api/companies/{company_id}", Get);
  AddCall(router, context, "PATCH", "/api/companies/{company_id}", Change);
  AddCall(router, context, "DELETE", "/api/companies/{company_id}", Delete);
}

}  // namespace ozma::api
