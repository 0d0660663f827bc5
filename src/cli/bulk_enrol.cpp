#include "cli/bulk_enrol.hpp"

#include <algorithm>
#include <list>
#include <set>

#include "api/audit.hpp"
#include "api/limits.hpp"
#include "base/named_id.hpp"
#include "cli/lookup.hpp"

namespace ozma::cli {
namespace {

using base::Fail;
using base::Fault;
using base::Result;
using store::Person;
using store::Transaction;

constexpr std::chrono::minutes kPatience(10);  // for one photo, with the wait for a decoder

// What is wrong with this file alone, as opposed to what is wrong with all.
bool IsItsOwn(Fault fault) {
  return base::IsOfTheSample(fault) || fault == Fault::kInvalidValue || fault == Fault::kTimedOut;
}

Result<base::Bytes> Read(const std::filesystem::path& path, std::size_t most) {
  std::error_code failure;
  if (std::filesystem::file_size(path, failure) > most && !failure)
    return Fail(Fault::kTooLarge, "The file is larger than " + std::to_string(most) + " bytes.");
  return base::ReadFile(path);
}

Result<api::Photo> PhotoOf(const api::Context& context, const http::Part& part, const PhotoFile& file) {
  if (part.data.empty()) return Fail(Fault::kSampleUnreadable, "The file is empty.");
  const auto decoded = context.decoder->Decode(part.data, base::Deadline(kPatience));
  if (!decoded) return decoded.error();
  api::FolderPayload payload;
  payload.media[part.name] = {file.tags, file.meta_data};
  return api::PhotoOf(context, part, *decoded, payload);
}

std::set<std::string> IdsOf(const std::vector<store::PersonImage>& images) {
  std::set<std::string> ids;
  for (const auto& image : images) ids.insert(image.media_id);
  return ids;
}

struct Written {
  bool made = false;  // the person, too
  std::size_t photos = 0;
};

// The collection is locked.
Result<Written> Insert(Transaction& in, const Person& person, const std::vector<store::Enrolment>& photos) {
  const bool made = !store::LockPerson(in, person.person_id);
  if (made) {
    if (auto inserted = store::Insert(in, person); !inserted) return inserted.error();
    api::Audit(in, Program(), "person", person.person_id, "create");
  }
  // Another import may have enrolled some of them since; their files go as orphans do.
  const auto there = IdsOf(store::ImagesOf(in, {person.person_id}));
  std::vector<store::Enrolment> fresh;
  for (const auto& one : photos)
    if (!there.contains(one.image.media_id)) fresh.push_back(one);
  if (there.size() + fresh.size() > api::kPersonPhotos)
    return Fail(Fault::kAlreadyExists, "The person has got other photos meanwhile; import again.");
  for (const auto& one : fresh)
    if (!made) api::Audit(in, Program(), "person_image", one.image.media_id, "create");
  store::Enrol(in, fresh);
  return Written{made, fresh.size()};
}

}  // namespace

// The photos of a person that are to be enrolled.
struct BulkEnrolment::Batch {
  std::list<http::Part> parts;  // that the photos point into
  std::vector<std::filesystem::path> paths;
  std::vector<api::Photo> photos;
};

std::vector<RefusedFile> BulkEnrolment::refused() const {
  const std::lock_guard lock(mutex_);
  auto sorted = refused_;
  std::ranges::sort(sorted, {}, &RefusedFile::path);
  return sorted;
}

void BulkEnrolment::Refuse(const std::filesystem::path& path, const std::string& person, base::Error why) {
  const std::lock_guard lock(mutex_);
  refused_.push_back({path, person, std::move(why)});
}

void BulkEnrolment::RefuseAll(const std::vector<std::filesystem::path>& paths, const std::string& person,
                              const base::Error& why) {
  for (const auto& path : paths) Refuse(path, person, why);
}

Result<void> BulkEnrolment::Enrol(const PersonFolder& folder) {
  Person person;
  person.person_id = base::UuidOf(collection_.collection_id, folder.name);
  person.collection_id = collection_.collection_id;
  person.company_id = collection_.company_id;
  person.meta_data = folder.meta_data;
  person.time.created = person.time.updated = base::UnixSeconds();
  auto batch = ReadAll(folder, person);
  if (!batch) return batch.error();
  if (batch->photos.empty()) return {};
  const auto paths = batch->paths;
  const auto written = Write(std::move(*batch), person);
  if (!written && written.error().fault != Fault::kAlreadyExists) return written.error();
  if (!written) RefuseAll(paths, folder.name, written.error());
  return {};
}

// kAlreadyExists: these photos, all of them, are not to be enrolled.
Result<void> BulkEnrolment::Write(Batch batch, const Person& person) {
  const auto check = api::DuplicateCheck::Search(context_, collection_, batch.photos, person.person_id,
                                                 base::Deadline(kPatience));
  if (!check) return check.error();
  api::NewFiles files(*context_.blobs);
  const auto enrolments = api::PutPhotos(std::move(batch.photos), person, files);
  if (!enrolments) return enrolments.error();
  const auto written = api::WriteWith(*context_.database, files, [&](Transaction& in) -> Result<Written> {
    if (!store::LockCollection(in, collection_.collection_id))
      return Fail(Fault::kNotFound, "The collection was deleted meanwhile.");
    if (auto alone = check->Confirm(in); !alone) return alone.error();
    return Insert(in, person, *enrolments);
  });
  if (!written) return written.error();
  persons_ += written->made ? 1 : 0;
  enrolled_ += written->photos;
  known_ += enrolments->size() - written->photos;
  return {};
}

Result<BulkEnrolment::Batch> BulkEnrolment::ReadAll(const PersonFolder& folder, const Person& person) {
  auto seen = context_.database->Read([&](Transaction& in) -> Result<std::set<std::string>> {
    return IdsOf(store::ImagesOf(in, {person.person_id}));
  });
  if (!seen) return seen.error();
  Batch batch;
  for (const auto& file : folder.photos) {
    auto bytes = Read(file.path, context_.settings.file_bytes);
    if (!bytes) {
      Refuse(file.path, folder.name, bytes.error());
      continue;
    }
    auto media_id = base::UuidOf(person.person_id, base::Sha256Hex(*bytes));
    if (seen->contains(media_id)) {
      ++known_;
      continue;
    }
    if (seen->size() == api::kPersonPhotos) {
      Refuse(file.path, folder.name,
             Fail(Fault::kInvalidValue,
                  "A person has " + std::to_string(api::kPersonPhotos) + " photos at most."));
      continue;
    }
    const auto& part = batch.parts.emplace_back(http::Part{"photo", file.name, {}, std::move(*bytes)});
    auto photo = PhotoOf(context_, part, file);
    if (!photo && !IsItsOwn(photo.error().fault)) return photo.error();
    if (!photo) {
      Refuse(file.path, folder.name, photo.error());
      batch.parts.pop_back();
      continue;
    }
    seen->insert(media_id);
    photo->image.media_id = std::move(media_id);
    batch.photos.push_back(std::move(*photo));
    batch.paths.push_back(file.path);
  }
  return batch;
}

}  // namespace ozma::cli
