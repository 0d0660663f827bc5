// From the parts of a request to photos of a person: decoded, one face each, templates made; and the check
// that nobody else of the collection is the same.
#pragma once

#include "api/upload.hpp"
#include "gallery/template.hpp"
#include "store/collections.hpp"

namespace ozma::api {

// A photo that was found sound. `part` points into the request.
struct Photo {
  const http::Part* part = nullptr;
  store::PersonImage image;  // without a person, and without files
  base::Bytes thumbnail;
  gallery::Template face;
};

// Of the decoded part; nothing is stored. kInvalidValue for what is no picture, kNoFace, kManyFaces, kEngine.
base::Result<Photo> PhotoOf(const Context& context, const http::Part& part, const media::Media& decoded,
                            const FolderPayload& payload);

// All photos of the request; not a byte is stored. The error of the first that is refused: kInvalidRequest
// where there is none, kInvalidValue for what is no picture, kNoFace, kManyFaces, and those of ReadUploads.
base::Result<std::vector<Photo>> ReadPhotos(const Call& call, const FolderPayload& payload);

// Puts originals and thumbnails, and makes the photos the person's.
base::Result<std::vector<store::Enrolment>> PutPhotos(std::vector<Photo> photos, const store::Person& person,
                                                      NewFiles& files);

// Where settings.refuse_duplicates is set, no two persons of a collection are the same, whoever enrols them
// at once and on whatever node. Two steps, since a search takes long and a transaction must not.
class DuplicateCheck {
 public:
  // Searches the collection for persons but `person_id` who are on the photos. kAlreadyExists, and those of
  // gallery::Finder. Where it is off: passes.
  static base::Result<DuplicateCheck> Search(const Context& context, const store::Collection& collection,
                                             const std::vector<Photo>& photos, std::string person_id,
                                             const base::Deadline& deadline);
  // Looks at those who were enrolled since. The collection is locked. kAlreadyExists.
  base::Result<void> Confirm(store::Transaction& in) const;

 private:
  DuplicateCheck(const Context& context, std::string collection_id, std::string person_id)
      : context_(context), collection_id_(std::move(collection_id)), person_id_(std::move(person_id)) {}
  base::Result<void> Judge(const std::string& person_id, double cosine) const;

  const Context& context_;
  std::string collection_id_, person_id_;
  std::vector<gallery::Template> probes_;  // none: nothing is checked
  double threshold_ = 1;
  std::int64_t position_ = 0;
};

}  // namespace ozma::api
