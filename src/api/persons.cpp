#include "api/persons.hpp"

#include <map>

#include "api/audit.hpp"
#include "api/enrol.hpp"
#include "api/list.hpp"
#include "api/reach_person.hpp"
#include "api/render.hpp"
#include "api/whole.hpp"

namespace ozma::api {
namespace {

using access::Object;
using access::Verb;
using store::Person;
using store::Transaction;

json::array RenderPersons(Transaction& in, const std::vector<Person>& persons, std::string_view base_url) {
  std::vector<std::string> ids;
  ids.reserve(persons.size());
  for (const Person& person : persons) ids.push_back(person.person_id);
  std::map<std::string, std::vector<store::PersonImage>, std::less<>> images;
  for (auto& image : store::ImagesOf(in, ids)) images[image.person_id].push_back(std::move(image));
  json::array rendered;
  for (const Person& person : persons) rendered.push_back(Render(person, images[person.person_id], base_url));
  return rendered;
}

Answer List(const Call& call) {
  auto query = ParseQuery(store::List::kPersons, call.request.query);
  if (!query) return query.error();
  return call.context.database->Read([&](Transaction& in) -> Answer {
    const auto collection = ReachCollection(in, call, Object::kPerson, Verb::kRead, Lock::kNo);
    if (!collection) return collection.error();
    query->where.push_back({"collection_id", store::Condition::Op::kAnyOf, {collection->collection_id}});
    const auto listed = store::ListPersons(in, *query);
    return Ok(Envelope(*query, listed.total, RenderPersons(in, listed.items, call.base_url)));
  });
}

Answer Get(const Call& call) {
  return call.context.database->Read([&](Transaction& in) -> Answer {
    const auto person = ReachPerson(in, call, Object::kPerson, Verb::kRead, Lock::kNo);
    if (!person) return person.error();
    return Ok(RenderPersons(in, {*person}, call.base_url).front());
  });
}

Person NewPerson(const store::Collection& collection, const FolderPayload& payload) {
  Person person;
  person.person_id = base::NewUuid();
  person.collection_id = collection.collection_id;
  person.company_id = collection.company_id;
  person.meta_data = payload.person_meta_data;
  person.time.created = person.time.updated = base::UnixSeconds();
  return person;
}

Answer Create(const Call& call) {
  const auto payload = PayloadOf(call.request);
  if (!payload) return payload.error();
  // Looked at before anything is decoded, and again, with the lock, when the rows are written.
  const auto reach = [&](Lock lock) {
    return [&call, lock](Transaction& in) {
      return ReachCollection(in, call, Object::kPerson, Verb::kCreate, lock);
    };
  };
  const auto collection = call.context.database->Read(reach(Lock::kNo));
  if (!collection) return collection.error();
  auto photos = ReadPhotos(call, *payload);
  if (!photos) return photos.error();
  const Person person = NewPerson(*collection, *payload);
  const auto check =
      DuplicateCheck::Search(call.context, *collection, *photos, person.person_id, call.request.deadline);
  if (!check) return check.error();

  NewFiles files(*call.context.blobs);
  const auto enrolments = PutPhotos(std::move(*photos), person, files);
  if (!enrolments) return enrolments.error();
  return WriteWith(*call.context.database, files, [&](Transaction& in) -> Answer {
    if (auto now = reach(Lock::kYes)(in); !now) return now.error();
    if (auto alone = check->Confirm(in); !alone) return alone.error();
    if (auto inserted = store::Insert(in, person); !inserted) return inserted.error();
    Audit(in, call.user(), "person", person.person_id, "create");
    auto enrolled = *enrolments;
    store::Enrol(in, enrolled);
    return Created(RenderPersons(in, {person}, call.base_url).front());
  });
}

Answer Delete(const Call& call) {
  const auto deleted = call.context.database->Write([&](Transaction& in) -> base::Result<void> {
    const auto person = ReachPerson(in, call, Object::kPerson, Verb::kDelete, Lock::kYes);
    if (!person) return person.error();
    Audit(in, call.user(), "person", person->person_id, "delete");
    return store::DeletePerson(in, person->person_id);
  });
  if (!deleted) return deleted.error();
  RemoveFreed(call.context);
  return Gone();
}

}  // namespace

void AddPersonRoutes(http::Router& router, const std::shared_ptr<const Context>& context) {
  const std::string persons = "/api/collections/{collection_id}/persons";
  AddCall(router, context, "GET", persons, List);
  AddCall(router, context, "POST", persons, Create, Pool::kWorkers);
  AddCall(router, context, "GET", persons + "/{person_id}", Get);
  AddCall(router, context, "DELETE", persons + "/{person_id}", Delete);
}

}  // namespace ozma::api
