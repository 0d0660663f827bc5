#include "api/collections.hpp"

#include "access/roles.hpp"
#include "api/audit.hpp"
#include "api/limits.hpp"
#include "api/list.hpp"
#include "api/metadata.hpp"
#include "api/reach_person.hpp"
#include "api/render.hpp"
#include "http/text.hpp"
#include "store/accounts.hpp"
#include "store/collections.hpp"

namespace ozma::api {
namespace {

using access::Object;
using access::Verb;
using base::Fail;
using base::Fault;
using store::Collection;
using store::Transaction;

base::Result<Collection> Read(const Call& call) {
  const auto body = call.Body();
  if (!body) return body.error();
  const auto alias = NeededText(*body, "alias");
  if (!alias) return alias.error();
  const auto company_id = TextField(*body, "company_id");
  if (!company_id) return company_id.error();
  auto metadata = MetadataField(*body, "meta_data");
  if (!metadata) return metadata.error();

  Collection collection;
  collection.collection_id = base::NewUuid();
  collection.company_id = *company_id ? http::LowerCase(**company_id) : call.user().company_id;
  collection.alias = http::Trim(*alias);
  if (collection.alias.empty() || CharactersOf(collection.alias) > kNameCharacters)
    return Fail(Fault::kInvalidValue, "alias must be a text of 1 to 255 characters.");
  collection.meta_data = std::move(*metadata).value_or(json::object());
  collection.time.created = collection.time.updated = base::UnixSeconds();
  return collection;
}

Answer Create(const Call& call) {
  const auto collection = Read(call);
  if (!collection) return collection.error();
  const access::Owner owner{collection->company_id, {}};
  if (auto may = access::Check(call.user(), Object::kCollection, Verb::kCreate, owner, "collection"); !may)
    return may.error();
  const auto written = call.context.database->Write([&](Transaction& in) -> base::Result<void> {
    if (!store::FindCompany(in, collection->company_id)) return Missing("company");
    if (auto inserted = store::Insert(in, *collection); !inserted) return inserted;
    Audit(in, call.user(), "collection", collection->collection_id, "create");
    return {};
  });
  if (!written) return written.error();
  return Created(Render(*collection));
}

// A bare list of all, unless a page is asked for.
Answer List(const Call& call) {
  auto query = ParseQuery(store::List::kCollections, call.request.query);
  if (!query) return query.error();
  if (auto narrowed = access::Narrow(call.user(), Object::kCollection, *query); !narrowed)
    return narrowed.error();
  const bool paged = call.request.query.contains("limit") || call.request.query.contains("offset");
  if (!paged) {
    query->limit = -1;
    query->total = false;
  }
  using Collections = store::Listed<Collection>;
  const auto listed = call.context.database->Read(
      [&](Transaction& in) -> base::Result<Collections> { return store::ListCollections(in, *query); });
  if (!listed) return listed.error();
  json::array items;
  for (const auto& collection : listed->items) items.push_back(Render(collection));
  if (!paged) return Ok(items);
  return Ok(Envelope(*query, listed->total, std::move(items)));
}

Answer Get(const Call& call) {
  const auto collection = call.context.database->Read([&](Transaction& in) {
    return ReachCollection(in, call, Object::kCollection, Verb::kRead, Lock::kNo);
  });
  if (!collection) return collection.error();
  return Ok(Render(*collection));
}

Answer Delete(const Call& call) {
  const auto deleted = call.context.database->Write([&](Transaction& in) -> base::Result<void> {
    const auto collection = ReachCollection(in, call, Object::kCollection, Verb::kDelete, Lock::kYes);
    if (!collection) return collection.error();
    Audit(in, call.user(), "collection", collection->collection_id, "delete");
    return store::DeleteCollection(in, collection->collection_id);
  });
  if (!deleted) return deleted.error();
  return Gone();
}

}  // namespace

void AddCollectionRoutes(http::Router& router, const std::shared_ptr<const Context>& context) {
  AddCall(router, context, "GET", "/api/collections", List);
  AddCall(router, context, "POST", "/api/collections", Create);
  AddCall(router, context, "GET", "/api/collections/{collection_id}", Get);
  AddCall(router, context, "DELETE", "/api/collections/{collection_id}", Delete);
}

}  // namespace ozma::api
