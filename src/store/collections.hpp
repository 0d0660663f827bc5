// Collections, their persons and the persons' photos. Every function that adds or removes a photo writes the
// log of changes (gallery_log.hpp) in the same transaction.
#pragma once

#include "base/bytes.hpp"
#include "store/database.hpp"
#include "store/objects.hpp"
#include "store/query.hpp"

namespace ozma::store {

// kAlreadyExists where the company has the alias already.
base::Result<void> Insert(Transaction& in, const Collection& collection);
void UpdateMetadata(Transaction& in, const Collection& collection);
std::optional<Collection> FindCollection(Transaction& in, std::string_view collection_id);
// The same, and nobody adds persons to it or deletes it until the transaction ends.
std::optional<Collection> LockCollection(Transaction& in, std::string_view collection_id);
Listed<Collection> ListCollections(Transaction& in, const Query& query);
bool HasCollections(Transaction& in, std::string_view company_id);
// kInvalidValue while it has persons.
base::Result<void> DeleteCollection(Transaction& in, std::string_view collection_id);

// Takes the collection's lock. kNotFound where the collection is gone.
base::Result<void> Insert(Transaction& in, const Person& person);
void UpdateMetadata(Transaction& in, const Person& person);
std::optional<Person> FindPerson(Transaction& in, std::string_view person_id);
// The same, and nobody changes its photos or deletes it until the transaction ends.
std::optional<Person> LockPerson(Transaction& in, std::string_view person_id);
Listed<Person> ListPersons(Transaction& in, const Query& query);
// For those who look through a whole collection: at most `most` persons, in the order they were made, after
// that one (null: from the first).
std::vector<Person> PersonsAfter(Transaction& in, std::string_view collection_id, const Person* after,
                                 std::int64_t most);
// With its photos, whose blobs are doomed. kInvalidValue while an analysis names it.
base::Result<void> DeletePerson(Transaction& in, std::string_view person_id);
// Those of the ids that there are; nobody deletes them until the transaction ends.
std::vector<std::string> HoldPersons(Transaction& in, const std::vector<std::string>& person_ids);

// A photo to be enrolled; `bytes` of its template mean nothing here.
struct Enrolment {
  PersonImage image;
  base::Bytes bytes;
};
// Photos of one person, which must be locked or new. Gives each its number.
void Enrol(Transaction& in, std::vector<Enrolment>& photos);
std::optional<PersonImage> FindPersonImage(Transaction& in, std::string_view media_id);
// In the order they were enrolled.
std::vector<PersonImage> ImagesOf(Transaction& in, const std::vector<std::string>& person_ids);
// The photo's person must be locked; blobs are doomed.
void DeletePersonImage(Transaction& in, const PersonImage& image);

}  // namespace ozma::store
