#include "api/enrol.hpp"

#include "api/group.hpp"
#include "api/limits.hpp"
#include "media/thumbnail.hpp"
#include "store/accounts.hpp"
#include "store/gallery_log.hpp"

namespace ozma::api {
namespace {

using base::Fail;
using base::Fault;

// Faults of ours are about no part.
base::Error About(const http::Part& part, const base::Error& error) {
  if (error.fault == Fault::kEngine || error.fault == Fault::kTimedOut || error.fault == Fault::kIo)
    return error;
  return Fail(error.fault, "The part " + part.name + ": " + error.message);
}

store::PersonImage ImageOf(store::Media described) {
  store::PersonImage image;
  image.media_id = std::move(described.media_id);
  image.original_name = std::move(described.original_name);
  image.mime = std::move(described.mime);
  image.tags = std::move(described.tags);
  image.info = std::move(described.info);
  image.meta_data = std::move(described.meta_data);
  image.time = described.time;
  return image;
}

base::Result<double> ThresholdOf(const Context& context, const std::string& company_id) {
  const auto company =
      context.database->Read([&](store::Transaction& in) -> base::Result<std::optional<store::Company>> {
        return store::FindCompany(in, company_id);
      });
  if (!company) return company.error();
  return SearchDefaults(context.settings, *company ? (*company)->settings : json::object())
      .decision_threshold;
}

}  // namespace

base::Result<Photo> PhotoOf(const Context& context, const http::Part& part, const media::Media& decoded,
                            const FolderPayload& payload) {
  if (decoded.type.kind != media::Kind::kImage)
    return Fail(Fault::kInvalidValue, "A person is enrolled from photos, JPEG or PNG.");
  auto face = context.analyst->Extract(decoded);
  if (!face) return face.error();
  auto thumbnail = media::Thumbnail(decoded.frames.front().bgr, kThumbnailSide);
  if (!thumbnail) return thumbnail.error();
  return Photo{&part, ImageOf(Describe(part, decoded, payload)), std::move(thumbnail->jpeg),
               std::move(*face)};
}

base::Result<std::vector<Photo>> ReadPhotos(const Call& call, const FolderPayload& payload) {
  const auto parts = MediaParts(call.request, call.context.settings);
  if (!parts) return parts.error();
  if (parts->empty()) return Fail(Fault::kInvalidRequest, "The request holds no photo.");
  if (parts->size() > kPersonPhotos)
    return Fail(Fault::kInvalidValue, "A person has " + std::to_string(kPersonPhotos) + " photos at most.");
  std::vector<Photo> photos;
  photos.reserve(parts->size());
  for (const http::Part* part : *parts) {
    const auto decoded = DecodePart(call, *part);
    if (!decoded) return decoded.error();
    auto photo = PhotoOf(call.context, *part, *decoded, payload);
    if (!photo) return About(*part, photo.error());
    photos.push_back(std::move(*photo));
  }
  return photos;
}

base::Result<std::vector<store::Enrolment>> PutPhotos(std::vector<Photo> photos, const store::Person& person,
                                                      NewFiles& files) {
  std::vector<store::Enrolment> enrolments;
  enrolments.reserve(photos.size());
  for (Photo& photo : photos) {
    auto original = files.Put(photo.part->data);
    if (!original) return original.error();
    auto thumbnail = files.Put(photo.thumbnail);
    if (!thumbnail) return thumbnail.error();
    store::PersonImage& image = photo.image;
    image.person_id = person.person_id;
    image.collection_id = person.collection_id;
    image.company_id = person.company_id;
    image.original_key = std::move(*original);
    image.thumb_key = std::move(*thumbnail);
    enrolments.push_back({std::move(image), photo.face.Encode()});
  }
  base::CrashPoint("after-blob");
  return enrolments;
}

base::Result<DuplicateCheck> DuplicateCheck::Search(const Context& context,
                                                    const store::Collection& collection,
                                                    const std::vector<Photo>& photos, std::string person_id,
                                                    const base::Deadline& deadline) {
  DuplicateCheck check(context, collection.collection_id, std::move(person_id));
  if (!context.settings.refuse_duplicates) return check;
  const auto threshold = ThresholdOf(context, collection.company_id);
  if (!threshold) return threshold.error();
  check.threshold_ = *threshold;
  check.probes_.reserve(photos.size());
  for (const Photo& photo : photos) check.probes_.push_back(photo.face);
  // Two: the person itself may be the most alike.
  const auto found = context.finder->Find({check.probes_, {collection.collection_id}, 2}, deadline);
  if (!found) return found.error();
  check.position_ = found->position;
  for (const auto& of_probe : found->of_probe) {
    for (const auto& one : of_probe) {
      if (auto fine = check.Judge(one.person_id, one.cosine); !fine) return fine.error();
    }
  }
  return check;
}

base::Result<void> DuplicateCheck::Confirm(store::Transaction& in) const {
  if (probes_.empty()) return {};
  const auto since = store::EnrolledAfter(in, collection_id_, position_);
  if (!since) return since.error();
  for (const auto& enrolled : *since) {
    const auto face = context_.analyst->ReadTemplate(enrolled.bytes);
    if (!face) return Fail(Fault::kEngine, face.error().message);
    for (const auto& probe : probes_) {
      if (auto fine = Judge(enrolled.person_id, gallery::Cosine(probe, *face)); !fine) return fine;
    }
  }
  return {};
}

base::Result<void> DuplicateCheck::Judge(const std::string& person_id, double cosine) const {
  if (person_id == person_id_ || context_.analyst->Score(cosine) < threshold_) return {};
  return Fail(Fault::kAlreadyExists, "The collection has this person already: " + person_id + ".");
}

}  // namespace ozma::api
