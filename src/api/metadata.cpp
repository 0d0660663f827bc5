#include "api/metadata.hpp"

#include <algorithm>

#include "api/limits.hpp"
#include "api/reach_person.hpp"
#include "store/accounts.hpp"
#include "store/analyses.hpp"
#include "store/folders.hpp"

namespace ozma::api {
namespace {

using access::Verb;
using base::Fail;
using base::Fault;

int DepthOf(const json::value& value) {
  int deepest = 0;
  if (const auto* object = value.if_object()) {
    for (const auto& member : *object) deepest = std::max(deepest, DepthOf(member.value()));
    return deepest + 1;
  }
  if (const auto* array = value.if_array()) {
    for (const auto& item : *array) deepest = std::max(deepest, DepthOf(item));
    return deepest + 1;
  }
  return 0;
}

// RFC 7396, section 2. The patch's depth is bounded by the JSON reader's.
void Merge(json::object& into, const json::object& patch) {
  for (const auto& [key, value] : patch) {
    if (value.is_null()) {
      into.erase(key);
      continue;
    }
    if (!value.is_object()) {
      into[key] = value;
      continue;
    }
    json::value& below = into[key];
    if (!below.is_object()) below = json::object();
    Merge(below.get_object(), value.get_object());
  }
}

// An object that carries metadata, and how it is written back.
struct Bearer {
  json::value metadata;
  std::function<void(store::Transaction&, json::value)> save;
};
// kNotFound or kForbidden where the caller may not do this with it.
using Find = std::function<base::Result<Bearer>(store::Transaction&, const Call&, Verb)>;

Lock LockFor(Verb verb) {
  return verb == Verb::kRead ? Lock::kNo : Lock::kYes;
}

base::Result<Bearer> FindFolder(store::Transaction& in, const Call& call, Verb verb) {
  auto folder = ReachFolder(in, call, verb, LockFor(verb));
  if (!folder) return folder.error();
  return Bearer{folder->meta_data, [folder = *folder](store::Transaction& to, json::value metadata) mutable {
                  folder.meta_data = std::move(metadata);
                  folder.time.updated = base::UnixSeconds();
                  store::Update(to, folder);
                }};
}

base::Result<Bearer> FindMedia(store::Transaction& in, const Call& call, Verb verb) {
  auto media = ReachMedia(in, call, verb, LockFor(verb));
  if (!media) return media.error();
  return Bearer{media->meta_data, [media = *media](store::Transaction& to, json::value metadata) mutable {
                  media.meta_data = std::move(metadata);
                  media.time.updated = base::UnixSeconds();
                  store::Update(to, media);
                }};
}

base::Result<Bearer> FindAnalysis(store::Transaction& in, const Call& call, Verb verb) {
  auto analysis = ReachAnalysis(in, call, verb, LockFor(verb));
  if (!analysis) return analysis.error();
  return Bearer{analysis->meta_data,
                [analysis = *analysis](store::Transaction& to, json::value metadata) mutable {
                  analysis.meta_data = std::move(metadata);
                  analysis.time.updated = base::UnixSeconds();
                  store::UpdateAnalysis(to, analysis);
                }};
}

// What is in a collection is changed by whoever may change the collection.
base::Result<Bearer> FindPerson(store::Transaction& in, const Call& call, Verb verb) {
  const auto object = verb == Verb::kRead ? access::Object::kPerson : access::Object::kCollection;
  auto person = ReachPerson(in, call, object, verb, LockFor(verb));
  if (!person) return person.error();
  return Bearer{person->meta_data, [person = *person](store::Transaction& to, json::value metadata) mutable {
                  person.meta_data = std::move(metadata);
                  person.time.updated = base::UnixSeconds();
                  store::UpdateMetadata(to, person);
                }};
}

base::Result<Bearer> FindCollection(store::Transaction& in, const Call& call, Verb verb) {
  auto collection = ReachCollection(in, call, access::Object::kCollection, verb, LockFor(verb));
  if (!collection) return collection.error();
  return Bearer{collection->meta_data,
                [collection = *collection](store::Transaction& to, json::value metadata) mutable {
                  collection.meta_data = std::move(metadata);
                  collection.time.updated = base::UnixSeconds();
                  store::UpdateMetadata(to, collection);
                }};
}

base::Result<Bearer> FindUser(store::Transaction& in, const Call& call, Verb verb) {
  const auto id = call.Id("user_id");
  if (!id) return id.error();
  auto user = store::FindUser(in, *id);
  if (!user) return Missing("user");
  const access::Owner owner{user->company_id, user->user_id};
  if (auto may = access::Check(call.user(), access::Object::kUser, verb, owner, "user"); !may)
    return may.error();
  return Bearer{user->meta_data, [user = *user](store::Transaction& to, json::value metadata) mutable {
                  user.meta_data = std::move(metadata);
                  user.time.updated = base::UnixSeconds();
                  // Only a taken email makes this fail, and the email stays as it is.
                  store::Update(to, user).value();
                }};
}

json::object ObjectOr(const json::value& metadata) {
  return metadata.is_object() ? metadata.get_object() : json::object();
}

Answer Show(const Call& call, const Find& find) {
  return call.context.database->Read([&](store::Transaction& in) -> Answer {
    const auto bearer = find(in, call, Verb::kRead);
    if (!bearer) return bearer.error();
    return Ok(ObjectOr(bearer->metadata));
  });
}

// `make` answers the new metadata from the old.
Answer Change(const Call& call, const Find& find,
              const std::function<base::Result<json::object>(const json::value&)>& make) {
  return call.context.database->Write([&](store::Transaction& in) -> Answer {
    const auto bearer = find(in, call, Verb::kUpdate);
    if (!bearer) return bearer.error();
    auto metadata = make(bearer->metadata);
    if (!metadata) return metadata.error();
    bearer->save(in, *metadata);
    return Ok(*metadata);
  });
}

Answer Replace(const Call& call, const Find& find) {
  const auto body = call.Body();
  if (!body) return body.error();
  if (auto sound = CheckMetadata(*body, "meta_data"); !sound) return sound.error();
  return Change(call, find, [&](const json::value&) { return *body; });
}

Answer Patch(const Call& call, const Find& find) {
  const auto body = call.Body();
  if (!body) return body.error();
  return Change(call, find, [&](const json::value& metadata) { return MergeMetadata(metadata, *body); });
}

Answer Clear(const Call& call, const Find& find) {
  auto changed = Change(call, find, [](const json::value&) { return json::object(); });
  if (!changed) return changed.error();
  return Gone();
}

}  // namespace

base::Result<void> CheckMetadata(const json::object& metadata, std::string_view key) {
  const std::string name = "The field " + std::string(key);
  if (DepthOf(metadata) > kMetadataDepth)
    return Fail(Fault::kInvalidValue,
                name + " is nested deeper than " + std::to_string(kMetadataDepth) + " levels.");
  if (base::WriteJson(metadata).size() > kMetadataBytes)
    return Fail(Fault::kInvalidValue,
                name + " is longer than " + std::to_string(kMetadataBytes) + " bytes of JSON.");
  return {};
}

base::Result<std::optional<json::object>> MetadataField(const json::object& body, std::string_view key) {
  auto metadata = ObjectField(body, key);
  if (!metadata) return metadata.error();
  if (*metadata) {
    if (auto sound = CheckMetadata(**metadata, key); !sound) return sound.error();
  }
  return metadata;
}

base::Result<json::object> MergeMetadata(const json::value& metadata, const json::object& patch) {
  json::object merged = ObjectOr(metadata);
  Merge(merged, patch);
  if (auto sound = CheckMetadata(merged, "meta_data"); !sound) return sound.error();
  return merged;
}

void AddMetadataRoutes(http::Router& router, const std::shared_ptr<const Context>& context) {
  const auto add = [&](const std::string& pattern, const Find& find) {
    const auto with = [&find](Answer (*handler)(const Call&, const Find&)) {
      return [find, handler](const Call& call) { return handler(call, find); };
    };
    AddCall(router, context, "GET", pattern, with(Show));
    AddCall(router, context, "POST", pattern, with(Replace));
    AddCall(router, context, "PATCH", pattern, with(Patch));
    AddCall(router, context, "DELETE", pattern, with(Clear));
  };
  add("/api/folders/{folder_id}/meta_data", FindFolder);
  add("/api/media/{media_id}/meta_data", FindMedia);
  add("/api/analyses/{analysis_id}/meta_data", FindAnalysis);
  add("/api/users/{user_id}/meta_data", FindUser);
  if (!context->settings.collections) return;
  add("/api/collections/{collection_id}/meta_data", FindCollection);
  add("/api/collections/{collection_id}/persons/{person_id}/meta_data", FindPerson);
}

}  // namespace ozma::api
