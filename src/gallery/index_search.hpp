// The exact search: every row of the wanted collections is compared with every probe.
#pragma once

#include "gallery/crew.hpp"
#include "gallery/index_state.hpp"
#include "gallery/matches.hpp"

namespace ozma::gallery {

// A question made ready. Read by many threads at once.
class Hunt {
 public:
  // kInvalidValue: numbers out of their ranges. kEngine: a probe of another shape.
  static base::Result<Hunt> For(const Question& question, const Shape& shape, const Kernel& kernel);

  // The same question about one of the probes.
  Hunt Alone(std::size_t probe) const;

  bool Wants(std::int64_t collection) const { return std::ranges::binary_search(wanted_, collection); }
  std::span<const Template> probes() const { return probes_; }
  std::span<const ProbeGroup> groups() const { return groups_; }
  const Kernel& kernel() const { return *kernel_; }
  bool nothing() const { return probes_.empty() || wanted_.empty(); }
  std::vector<BestMatches> NoMatches() const { return {probes_.size(), BestMatches(most_, cosine_min_)}; }

 private:
  std::span<const Template> probes_;
  std::vector<ProbeGroup> groups_;  // kProbesAtOnce probes each, the last one fewer
  std::vector<std::int64_t> wanted_;
  std::size_t most_ = 0;
  float cosine_min_ = -1;
  const Kernel* kernel_ = nullptr;
};

// One thread's share of a search. Rows are gathered until there is a bench full of them, so that a batch of
// probes finds them in the nearest cache.
class Scanner {
 public:
  explicit Scanner(const Hunt& hunt)
      : hunt_(hunt), stride_(StrideOf(hunt.probes().front().values().size())), best_(hunt.NoMatches()) {}

  // All live rows of wanted collections. False: the block is damaged.
  bool Scan(const Block& block);

  // One row, live and wanted; its block is intact and stays until Finish.
  void Add(const Block& block, std::size_t row);

  // Of each probe the best matches.
  const std::vector<BestMatches>& Finish();

 private:
  void Compare();
  float BarOf(std::size_t probe) const;
  void Weigh(std::size_t probe, std::size_t seat, std::int32_t product);

  static constexpr std::size_t kSeats = 128;
  const Hunt& hunt_;
  std::size_t stride_;
  std::vector<BestMatches> best_;
  std::size_t seats_ = 0;  // taken
  std::array<const std::int8_t*, kSeats> values_{};
  std::array<float, kSeats> inverse_norms_{};
  std::array<std::pair<const Block*, std::size_t>, kSeats> places_{};
  std::array<std::int32_t, kSeats * kProbesAtOnce> products_{};
};

// Neighbours, so that the processor reads ahead.
inline constexpr std::size_t kBlocksATurn = 4;

// Compares all live rows of wanted collections in `blocks`, and offers what is found to `best`, one a probe.
// kIo: a block is damaged.
base::Result<void> ScanAll(const Hunt& hunt, std::span<const std::shared_ptr<const Block>> blocks,
                           const Crew& crew, std::vector<BestMatches>& best);

}  // namespace ozma::gallery
