// Makes templates of enrolled photos anew where those there are cannot be used: after another recognition
// network was chosen, or where one was damaged.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "analysis/analyst.hpp"
#include "media/decoder.hpp"
#include "store/blobs.hpp"
#include "store/database.hpp"

namespace ozma::work {

struct Synced {
  std::int64_t looked = 0, remade = 0, removed = 0;
  struct Unusable {
    std::string media_id, why;
  };
  std::vector<Unusable> unusable;  // photos that show no face any more, or whose file is missing
};

struct SyncOptions {
  bool remove_unusable = false;
  std::function<void(const Synced&)> progress{};  // called now and then
};

// Others may enrol and search meanwhile. What is found wrong with single photos is in the answer; kDatabase,
// kIo, kEngine are errors.
base::Result<Synced> SyncCollections(store::Database& database, const store::Blobs& blobs,
                                     const analysis::Analyst& analyst, media::Decoder& decoder,
                                     const SyncOptions& options);

}  // namespace ozma::work
