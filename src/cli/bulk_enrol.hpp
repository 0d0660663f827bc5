// Enrols folders of photos, as the API enrols the photos of a request.
#pragma once

#include <atomic>
#include <mutex>

#include "api/enrol.hpp"
#include "cli/person_folders.hpp"

namespace ozma::cli {

// A file that was not enrolled.
struct RefusedFile {
  std::filesystem::path path;
  std::string person;
  base::Error why;
};

// The id of a person follows from the collection and the folder's name, that of a photo from the person and
// its bytes. So whoever enrols the same folder again, after a kill, beside another import or months later,
// adds what is not there yet and nothing twice. Thread-safe.
class BulkEnrolment {
 public:
  // `context`: what the API has; without sessions.
  BulkEnrolment(const api::Context& context, store::Collection collection)
      : context_(context), collection_(std::move(collection)) {}

  // Each person is written in one transaction. An error is one of ours (the database, the disk, a network),
  // and nothing more can be enrolled; what is wrong with a file is noted, and the others are enrolled.
  base::Result<void> Enrol(const PersonFolder& folder);

  std::size_t persons() const { return persons_; }    // made
  std::size_t enrolled() const { return enrolled_; }  // photos
  std::size_t known() const { return known_; }        // photos that were there before
  std::vector<RefusedFile> refused() const;           // in the order of paths

 private:
  struct Batch;
  base::Result<Batch> ReadAll(const PersonFolder& folder, const store::Person& person);
  base::Result<void> Write(Batch batch, const store::Person& person);
  void RefuseAll(const std::vector<std::filesystem::path>& paths, const std::string& person,
                 const base::Error& why);
  void Refuse(const std::filesystem::path& path, const std::string& person, base::Error why);

  const api::Context& context_;
  const store::Collection collection_;
  std::atomic<std::size_t> persons_ = 0, enrolled_ = 0, known_ = 0;
  mutable std::mutex mutex_;  // guards the next
  std::vector<RefusedFile> refused_;
};

}  // namespace ozma::cli
