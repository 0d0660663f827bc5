#include "gallery/index_candidates.hpp"

#include <limits>

namespace ozma::gallery {
namespace {

// Distance, number of the block, number of the row: the order in which candidates are taken.
using Key = std::uint64_t;

Key KeyOf(std::uint16_t distance, std::size_t block, std::size_t row) {
  return static_cast<Key>(distance) << 48 | static_cast<Key>(block) << 16 | row;
}
std::uint16_t DistanceOf(Key key) {
  return static_cast<std::uint16_t>(key >> 48);
}
Key PlaceOf(Key key) {
  return key << 16 >> 16;
}

// The nearest rows of one probe so far. Offered in rising order of places, so that of equal distances the
// first stay.
class Nearest {
 public:
  explicit Nearest(std::size_t most) : most_(most) { keys_.reserve(2 * most); }

  std::uint32_t cutoff() const { return cutoff_; }  // rows at such a distance are too far

  void Offer(Key key) {
    keys_.push_back(key);
    if (keys_.size() == 2 * most_) Trim();
  }
  void Offer(const Nearest& other) { keys_.insert(keys_.end(), other.keys_.begin(), other.keys_.end()); }

  // The nearest, in order of places.
  const std::vector<Key>& Places() {
    if (keys_.size() > most_) Trim();
    std::ranges::sort(keys_, {}, PlaceOf);
    return keys_;
  }

 private:
  void Trim() {
    std::ranges::nth_element(keys_, keys_.begin() + static_cast<std::ptrdiff_t>(most_ - 1));
    cutoff_ = DistanceOf(keys_[most_ - 1]);
    keys_.resize(most_);
  }

  std::size_t most_;
  std::uint32_t cutoff_ = std::numeric_limits<std::uint32_t>::max();
  std::vector<Key> keys_;
};

// Probes that are searched in one pass over the sketches, and what one worker finds for each.
struct Pass {
  std::vector<std::vector<std::uint64_t>> sketches;
  std::vector<std::vector<Nearest>> nearest;  // of each worker, of each probe
};

// Faces of a collection are often enrolled together, and lie in few blocks.
bool HasWanted(const Hunt& hunt, const Block& block) {
  return std::ranges::any_of(block.collections(),
                             [&, last = std::int64_t{0}](std::int64_t collection) mutable {
                               if (collection == last)
                                 return false;  // as the row before, which was not wanted, or gone
                               last = collection;
                               return collection != 0 && hunt.Wants(collection);
                             });
}

// False: the block is damaged.
bool Choose(const Hunt& hunt, const Block& block, std::size_t number, const Pass& pass,
            std::vector<Nearest>& nearest) {
  if (!block.LabelsIntact()) return false;
  if (!HasWanted(hunt, block)) return true;
  std::array<Near, Block::kMostRows> near;
  const auto collections = block.collections();
  for (std::size_t probe = 0; probe < nearest.size(); ++probe) {
    const std::size_t found = hunt.kernel().near(block.sketches(), block.rows(), pass.sketches[probe],
                                                 nearest[probe].cutoff(), near.data());
    for (const Near& one : std::span(near).first(found)) {
      const std::int64_t collection = collections[one.row];
      if (collection != 0 && hunt.Wants(collection))
        nearest[probe].Offer(KeyOf(one.distance, number, one.row));
    }
  }
  return true;
}

}  // namespace

base::Result<void> ScanCandidates(const Hunt& hunt, std::span<const std::shared_ptr<const Block>> blocks,
                                  std::size_t candidates, const Crew& crew, std::vector<BestMatches>& best) {
  for (std::size_t first = 0; first < hunt.probes().size(); first += kProbesAtOnce) {
    const auto probes = hunt.probes().subspan(first, std::min(kProbesAtOnce, hunt.probes().size() - first));
    Pass pass{{}, std::vector(crew.size(), std::vector(probes.size(), Nearest(candidates)))};
    pass.sketches.reserve(probes.size());
    for (const Template& probe : probes) {
      auto& sketch = pass.sketches.emplace_back(SketchWords(probe.values().size()));
      Sketch(probe.values(), probe.values().size(), sketch);
    }
    const auto choose = [&](std::size_t worker, std::size_t block) {
      return Choose(hunt, *blocks[block], block, pass, pass.nearest[worker]);
    };
    if (!crew.Run(blocks.size(), kBlocksATurn, choose)) return DamagedSnapshot();

    // Then each probe is a task.
    const auto compare = [&](std::size_t, std::size_t probe) {
      Nearest& chosen = pass.nearest[0][probe];
      for (std::size_t worker = 1; worker < crew.size(); ++worker) chosen.Offer(pass.nearest[worker][probe]);
      const Hunt alone = hunt.Alone(first + probe);
      Scanner scanner(alone);
      for (const Key key : chosen.Places()) {
        const Block& block = *blocks[PlaceOf(key) >> 16];
        if (!block.Intact()) return false;
        scanner.Add(block, key & 0xffff);
      }
      best[first + probe].Offer(scanner.Finish().front());
      return true;
    };
    if (!crew.Run(probes.size(), 1, compare)) return DamagedSnapshot();
  }
  return {};
}

}  // namespace ozma::gallery
