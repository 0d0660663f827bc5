#include "gallery/index_search.hpp"

#include <cmath>

namespace ozma::gallery {
namespace {

using base::Fail;
using base::Fault;

constexpr std::size_t kMostMatches = 1000;

// Products are weighed in single precision first. What this leaves above the bar is weighed exactly.
constexpr float kSlack = 4e-6F;

double LengthOf(std::span<const std::int8_t> values) {
  std::int32_t squares = 0;
  for (const std::int8_t value : values) squares += static_cast<std::int32_t>(value) * value;
  return std::sqrt(static_cast<double>(squares));
}

}  // namespace

base::Result<Hunt> Hunt::For(const Question& question, const Shape& shape, const Kernel& kernel) {
  if (question.most < 1 || question.most > kMostMatches) {
    return Fail(Fault::kInvalidValue, "A search asks for 1 to 1000 matches.");
  }
  if (!std::isfinite(question.cosine_min)) {
    return Fail(Fault::kInvalidValue, "The lowest cosine of a search must be a number.");
  }
  if (!std::ranges::all_of(question.probes, [&](const Template& probe) { return shape.Fits(probe); })) {
    return Fail(Fault::kEngine, "The probe was made by another recognition network than the gallery.");
  }
  Hunt hunt;
  hunt.probes_ = question.probes;
  hunt.groups_.reserve(question.probes.size() / kProbesAtOnce + 1);
  for (std::size_t at = 0; at < question.probes.size(); at += kProbesAtOnce) {
    hunt.groups_.emplace_back(
        question.probes.subspan(at, std::min(kProbesAtOnce, question.probes.size() - at)));
  }
  hunt.wanted_ = question.collections;
  std::ranges::sort(hunt.wanted_);
  hunt.most_ = question.most;
  hunt.cosine_min_ = question.cosine_min;
  hunt.kernel_ = &kernel;
  return hunt;
}

Hunt Hunt::Alone(std::size_t probe) const {
  Hunt hunt;
  hunt.probes_ = probes_.subspan(probe, 1);
  hunt.groups_.emplace_back(hunt.probes_);
  hunt.wanted_ = wanted_;
  hunt.most_ = most_;
  hunt.cosine_min_ = cosine_min_;
  hunt.kernel_ = kernel_;
  return hunt;
}

bool Scanner::Scan(const Block& block) {
  if (!block.Intact()) return false;
  const auto collections = block.collections();
  std::int64_t last = 0;
  bool wanted = false;  // 0, the mark of a row that is gone, is in no question
  for (std::size_t row = 0; row < block.rows(); ++row) {
    if (collections[row] != last) {
      last = collections[row];
      wanted = last != 0 && hunt_.Wants(last);
    }
    if (wanted) Add(block, row);
  }
  return true;
}

void Scanner::Add(const Block& block, std::size_t row) {
  values_[seats_] = block.values(row);
  inverse_norms_[seats_] = block.inverse_norms()[row];
  places_[seats_] = {&block, row};
  if (seats_ < kRowsAhead) Prefetch(values_[seats_], stride_);
  if (++seats_ == kSeats) Compare();
}

const std::vector<BestMatches>& Scanner::Finish() {
  Compare();
  return best_;
}

void Scanner::Compare() {
  std::size_t first = 0;
  for (const ProbeGroup& group : hunt_.groups()) {
    hunt_.kernel().dots(std::span(values_).first(seats_), group, products_.data());
    for (std::size_t probe = 0; probe < group.count(); ++probe) {
      float bar = BarOf(first + probe);
      for (std::size_t seat = 0; seat < seats_; ++seat) {
        const std::int32_t product = products_[seat * group.width() + probe];
        if (static_cast<float>(product) * inverse_norms_[seat] < bar) continue;
        Weigh(first + probe, seat, product);
        bar = BarOf(first + probe);
      }
    }
    first += group.count();
  }
  seats_ = 0;
}

// What a product over the row's length must reach to be weighed.
float Scanner::BarOf(std::size_t probe) const {
  return (best_[probe].bar() - kSlack) * static_cast<float>(hunt_.probes()[probe].norm());
}

// As Cosine() of two templates reckons, to the last bit.
void Scanner::Weigh(std::size_t probe, std::size_t seat, std::int32_t product) {
  const Template& face = hunt_.probes()[probe];
  const double length = LengthOf({values_[seat], face.values().size()});
  const double cosine = static_cast<double>(product) / (face.norm() * length);
  const auto [block, row] = places_[seat];
  best_[probe].Offer(
      {block->images()[row], block->collections()[row], static_cast<float>(std::clamp(cosine, -1.0, 1.0))});
}

base::Result<void> ScanAll(const Hunt& hunt, std::span<const std::shared_ptr<const Block>> blocks,
                           const Crew& crew, std::vector<BestMatches>& best) {
  std::vector<Scanner> scanners(crew.size(), Scanner(hunt));
  const auto scan = [&](std::size_t worker, std::size_t block) {
    return scanners[worker].Scan(*blocks[block]);
  };
  if (!crew.Run(blocks.size(), kBlocksATurn, scan)) return DamagedSnapshot();
  for (Scanner& scanner : scanners) {
    const auto& found = scanner.Finish();
    for (std::size_t probe = 0; probe < best.size(); ++probe) best[probe].Offer(found[probe]);
  }
  return {};
}

}  // namespace ozma::gallery
