#include "work/shared_index.hpp"

#include <algorithm>

#include "base/bytes.hpp"
#include "gallery/matches.hpp"
#include "gallery/values.hpp"

namespace ozma::work {
namespace {

using base::Fail;
using base::Fault;
using base::Result;
using gallery::Match;

// So many more than are asked for are compared: the database computes distances with rounding, and says
// nothing of the order of equals.
constexpr std::size_t kSpare = 32;
constexpr std::size_t kMostMatches = 1000;

base::Error Foreign() {
  return Fail(Fault::kEngine, "A template of another network or dimension cannot be searched.");
}

}  // namespace

Result<std::shared_ptr<SharedIndex>> SharedIndex::Open(std::shared_ptr<store::SharedGallery> gallery,
                                                       const gallery::Shape& shape) {
  const auto head = gallery->Head();
  if (!head) return head.error();
  return std::shared_ptr<SharedIndex>(new SharedIndex(std::move(gallery), shape, head->generation));
}

Result<std::shared_ptr<SharedIndex>> SharedIndex::BeginAnew(std::shared_ptr<store::SharedGallery> gallery,
                                                            const gallery::Shape& shape,
                                                            std::uint64_t generation) {
  const auto head = gallery->BeginAnew(generation);
  if (!head) return head.error();
  return std::shared_ptr<SharedIndex>(new SharedIndex(std::move(gallery), shape, head->generation));
}

store::SharedHead SharedIndex::Head() const {
  const auto head = gallery_->Head();
  return head && head->generation == generation_ ? *head : store::SharedHead{};
}

Result<std::uint64_t> SharedIndex::Forget(std::uint64_t position) {
  return gallery_->Forget(generation_, position);
}

Result<void> SharedIndex::Apply(std::span<const gallery::Change> changes) {
  std::vector<store::SharedChange> shared;
  shared.reserve(changes.size());
  for (const auto& change : changes) {
    if (change.entry && !shape_.Fits(change.entry->face)) return Foreign();
    if (change.image <= 0 || (change.entry && change.entry->collection <= 0))
      return Fail(Fault::kInvalidValue, "Images and collections have positive numbers.");
    shared.push_back({change.position, change.image, change.entry ? change.entry->collection : 0,
                      change.entry ? change.entry->face.values() : std::span<const std::int8_t>()});
  }
  return gallery_->Apply(generation_, shared);
}

Result<std::vector<std::vector<Match>>> SharedIndex::Search(const gallery::Question& question) const {
  if (question.most < 1 || question.most > kMostMatches)
    return Fail(Fault::kInvalidValue, "A search asks for 1 to 1000 matches.");
  std::vector<std::span<const std::int8_t>> probes;
  for (const auto& probe : question.probes) {
    if (!shape_.Fits(probe)) return Foreign();
    probes.push_back(probe.values());
  }
  std::vector<std::vector<Match>> answer(probes.size());
  if (probes.empty() || question.collections.empty()) return answer;
  const auto nearest = gallery_->Nearest(generation_, probes, question.collections, question.most + kSpare);
  if (!nearest) return nearest.error();
  for (std::size_t i = 0; i < probes.size(); ++i) {
    gallery::BestMatches best(question.most, question.cosine_min);
    for (const auto& face : (*nearest)[i])
      best.Offer({face.image, face.collection,
                  gallery::CosineOf(probes[i], question.probes[i].norm(), face.values,
                                    gallery::NormOf(face.values))});
    answer[i] = best.InOrder();
  }
  return answer;
}

Result<std::shared_ptr<gallery::Index>> SharedIndexes::Make(bool anew) {
  const auto last = generation_.load();
  if (!anew || last == 0) {
    auto opened = SharedIndex::Open(gallery_, shape_);
    if (!opened) return opened.error();
    generation_ = (*opened)->generation();
    if (!anew) return std::shared_ptr<gallery::Index>(std::move(*opened));
  }
  auto begun = SharedIndex::BeginAnew(gallery_, shape_, generation_);
  if (!begun) return begun.error();
  generation_ = (*begun)->generation();
  return std::shared_ptr<gallery::Index>(std::move(*begun));
}

std::string SharedNameOf(const std::string& epoch, const gallery::Shape& shape) {
  const std::string all = epoch + '/' + base::HexOf(shape.network) + '/' + std::to_string(shape.dimension);
  return base::Sha256Hex(base::AsBytes(all)).substr(0, 16);
}

}  // namespace ozma::work
