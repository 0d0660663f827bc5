// 1:N search in the words of those who ask: persons and collections by their ids, where index.hpp has
// numbers.
#pragma once

#include <string>

#include "base/ids.hpp"
#include "gallery/template.hpp"

namespace ozma::gallery {

struct Found {
  std::string person_id, collection_id, image_id;  // the photo of the person that is most alike
  float cosine = 0;
};

struct Inquiry {
  std::span<const Template> probes;         // searched together
  std::vector<std::string> collection_ids;  // those that are not there are passed over
  std::size_t persons = 10;                 // the most for each probe, 1..100
};

struct Findings {
  std::int64_t position = 0;                 // of the log of changes that this is the truth of
  std::vector<std::vector<Found>> of_probe;  // each: the most alike first, every person once
};

// Thread-safe.
class Finder {
 public:
  virtual ~Finder() = default;

  // Sees every photo whose enrolment or removal was answered, by whatever node, before the call. kTimedOut
  // where the index is still being loaded when the deadline passes; kDatabase, kEngine, kIo.
  virtual base::Result<Findings> Find(const Inquiry& inquiry, const base::Deadline& deadline) = 0;

  // For health pages: brings the index up to date, as a search would. Faults as of Find.
  virtual base::Result<void> Check(const base::Deadline& deadline) = 0;
};

}  // namespace ozma::gallery
