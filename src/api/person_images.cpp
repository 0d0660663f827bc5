// Photos of a person: /api/collections/{collection_id}/persons/{person_id}/images.
#include "api/audit.hpp"
#include "api/enrol.hpp"
#include "api/limits.hpp"
#include "api/persons.hpp"
#include "api/reach_person.hpp"
#include "api/render.hpp"
#include "api/whole.hpp"

namespace ozma::api {
namespace {

using access::Object;
using access::Verb;
using base::Fail;
using base::Fault;
using store::Transaction;

json::array RenderImages(const std::vector<store::PersonImage>& images, std::string_view base_url) {
  json::array rendered;
  for (const auto& image : images) rendered.push_back(Render(image, base_url));
  return rendered;
}

Answer List(const Call& call) {
  return call.context.database->Read([&](Transaction& in) -> Answer {
    const auto person = ReachPerson(in, call, Object::kPersonImage, Verb::kRead, Lock::kNo);
    if (!person) return person.error();
    return Ok(RenderImages(store::ImagesOf(in, std::vector{person->person_id}), call.base_url));
  });
}

// Where the person has room for so many more.
base::Result<store::Person> ReachForPhotos(Transaction& in, const Call& call, Lock lock, std::size_t more) {
  auto person = ReachPerson(in, call, Object::kPersonImage, Verb::kCreate, lock);
  if (!person) return person;
  if (store::ImagesOf(in, std::vector{person->person_id}).size() + more > kPersonPhotos)
    return Fail(Fault::kInvalidValue,
                "A person has " + std::to_string(kPersonPhotos) + " photos at most; delete some first.");
  return person;
}

Answer Add(const Call& call) {
  const auto payload = PayloadOf(call.request);
  if (!payload) return payload.error();
  // Looked at before anything is decoded, and again, with the lock, when the rows are written.
  const auto person =
      call.context.database->Read([&](Transaction& in) { return ReachForPhotos(in, call, Lock::kNo, 1); });
  if (!person) return person.error();
  auto photos = ReadPhotos(call, *payload);
  if (!photos) return photos.error();
  const store::Collection collection{person->collection_id, person->company_id, {}, 0, {}, {}, {}};
  const auto check =
      DuplicateCheck::Search(call.context, collection, *photos, person->person_id, call.request.deadline);
  if (!check) return check.error();

  NewFiles files(*call.context.blobs);
  const auto enrolments = PutPhotos(std::move(*photos), *person, files);
  if (!enrolments) return enrolments.error();
  return WriteWith(*call.context.database, files, [&](Transaction& in) -> Answer {
    if (auto now = ReachForPhotos(in, call, Lock::kYes, enrolments->size()); !now) return now.error();
    if (auto alone = check->Confirm(in); !alone) return alone.error();
    auto enrolled = *enrolments;
    json::array rendered;
    for (const auto& one : enrolled) {
      Audit(in, call.user(), "person_image", one.image.media_id, "create");
      rendered.push_back(Render(one.image, call.base_url));
    }
    store::Enrol(in, enrolled);
    return Created(rendered);
  });
}

// `reach` finds the photo, its person locked.
template <class Find>
Answer DeleteWith(const Call& call, Find&& reach) {
  const auto deleted = call.context.database->Write([&](Transaction& in) -> base::Result<void> {
    const auto image = reach(in);
    if (!image) return image.error();
    Audit(in, call.user(), "person_image", image->media_id, "delete");
    store::DeletePersonImage(in, *image);
    return {};
  });
  if (!deleted) return deleted.error();
  RemoveFreed(call.context);
  return Gone();
}

// The photo that the whole path names.
base::Result<store::PersonImage> ReachBelow(Transaction& in, const Call& call, Verb verb, Lock lock) {
  const auto person = ReachPerson(in, call, Object::kPersonImage, verb, lock);
  if (!person) return person.error();
  auto image = ReachPersonImage(in, call, verb, lock);
  if (!image) return image;
  if (image->person_id != person->person_id) return Missing("image");
  return image;
}

Answer Get(const Call& call) {
  return call.context.database->Read([&](Transaction& in) -> Answer {
    const auto image = ReachBelow(in, call, Verb::kRead, Lock::kNo);
    if (!image) return image.error();
    return Ok(Render(*image, call.base_url));
  });
}

Answer Delete(const Call& call) {
  return DeleteWith(call, [&](Transaction& in) { return ReachBelow(in, call, Verb::kDelete, Lock::kYes); });
}

}  // namespace

Answer DeletePersonImage(const Call& call) {
  return DeleteWith(call,
                    [&](Transaction& in) { return ReachPersonImage(in, call, Verb::kDelete, Lock::kYes); });
}

void AddPersonImageRoutes(http::Router& router, const std::shared_ptr<const Context>& context) {
  const std::string images = "/api/collections/{collection_id}/persons/{person_id}/images";
  AddCall(router, context, "GET", images, List);
  AddCall(router, context, "POST", images, Add, Pool::kWorkers);
  AddCall(router, context, "GET", images + "/{media_id}", Get);
  AddCall(router, context, "DELETE", images + "/{media_id}", Delete);
}

}  // namespace ozma::api
