#include "api/single.hpp"

#include "store/analyses.hpp"

namespace ozma::api {

base::Result<void> AwaitGroup(store::Database& database, const std::string& group_id,
                              const base::Deadline& deadline) {
  for (;;) {
    // Counted before the look, so that an end in between is not slept through.
    const std::uint64_t seen = database.Count(store::Channel::kGroups);
    const auto ended = database.Read(
        [&](store::Transaction& in) -> base::Result<bool> { return store::GroupEnded(in, group_id); });
    if (!ended) return ended.error();
    if (*ended || !database.Wait(store::Channel::kGroups, seen, deadline)) return {};
  }
}

}  // namespace ozma::api
