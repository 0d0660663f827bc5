#include "api/reach_person.hpp"

namespace ozma::api {
namespace {

using access::Object;
using access::Verb;

// Nobody learns by trying to change it that a hidden one exists.
base::Result<void> CheckSeen(const Call& call, Object object, Verb verb, const std::string& company_id,
                             std::string_view name) {
  const access::Owner owner{company_id, {}};
  if (auto may = access::Check(call.user(), object, Verb::kRead, owner, name); !may) return may.error();
  return access::Check(call.user(), object, verb, owner, name);
}

std::string_view NameOf(Object object) {
  return object == Object::kPerson ? "person" : object == Object::kPersonImage ? "image" : "collection";
}

}  // namespace

base::Result<store::Collection> ReachCollection(store::Transaction& in, const Call& call, Object object,
                                                Verb verb, Lock lock) {
  const auto id = call.Id("collection_id");
  if (!id) return id.error();
  auto collection = lock == Lock::kNo ? store::FindCollection(in, *id) : store::LockCollection(in, *id);
  if (!collection) return Missing("collection");
  if (auto may = CheckSeen(call, object, verb, collection->company_id, NameOf(object)); !may)
    return may.error();
  return std::move(*collection);
}

base::Result<store::Person> ReachPerson(store::Transaction& in, const Call& call, Object object, Verb verb,
                                        Lock lock) {
  const auto collection = ReachCollection(in, call, object, verb, lock);
  if (!collection) return collection.error();
  const auto id = call.Id("person_id");
  if (!id) return id.error();
  auto person = lock == Lock::kNo ? store::FindPerson(in, *id) : store::LockPerson(in, *id);
  if (!person || person->collection_id != collection->collection_id) return Missing("person");
  return std::move(*person);
}

base::Result<store::PersonImage> ReachPersonImage(store::Transaction& in, const Call& call, Verb verb,
                                                  Lock lock) {
  const auto id = call.Id("media_id");
  if (!id) return id.error();
  auto image = store::FindPersonImage(in, *id);
  if (!image) return Missing("media");
  if (auto may = CheckSeen(call, Object::kPersonImage, verb, image->company_id, "media"); !may)
    return may.error();
  if (lock == Lock::kNo) return std::move(*image);
  // Once more, since the lock may have been waited for.
  if (!store::LockPerson(in, image->person_id)) return Missing("media");
  image = store::FindPersonImage(in, *id);
  if (!image) return Missing("media");
  return std::move(*image);
}

}  // namespace ozma::api
