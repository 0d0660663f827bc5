#include "gallery/block.hpp"

#include <xxhash.h>

#include <algorithm>

namespace ozma::gallery {

BlockLayout::BlockLayout(std::size_t rows, std::size_t dimension)
    : collections(rows * sizeof(std::int64_t)),
      inverse_norms(2 * collections),
      sketches(StrideOf(inverse_norms + rows * sizeof(float))),
      values(sketches + rows * SketchWords(dimension) * sizeof(std::uint64_t)),
      bytes(values + rows * StrideOf(dimension)) {}

bool Checked::Intact(std::span<const std::byte> bytes) const {
  const State known = state_.load(std::memory_order_acquire);
  if (known != State::kUnknown) return known == State::kIntact;
  // Two threads may both come here: they find the same.
  const bool intact = ChecksumOf(bytes) == checksum_;
  state_.store(intact ? State::kIntact : State::kDamaged, std::memory_order_release);
  return intact;
}

Block::Block(std::size_t rows, std::size_t dimension, Checked labels, Checked face_values)
    : rows_(rows),
      live_(rows),
      dimension_(dimension),
      labels_checked_(labels),
      values_checked_(face_values) {}

void Block::Point(const std::byte* bytes) {
  const BlockLayout layout(rows_, dimension_);
  images_ = reinterpret_cast<const std::int64_t*>(bytes);
  collections_ = reinterpret_cast<const std::int64_t*>(bytes + layout.collections);
  inverse_norms_ = reinterpret_cast<const float*>(bytes + layout.inverse_norms);
  sketches_ = reinterpret_cast<const std::uint64_t*>(bytes + layout.sketches);
  values_ = reinterpret_cast<const std::int8_t*>(bytes + layout.values);
}

std::shared_ptr<const Block> Block::Make(std::span<const RowView> rows, std::size_t dimension) {
  const BlockLayout layout(rows.size(), dimension);
  const std::size_t words = SketchWords(dimension);
  auto memory = AllocateAligned(layout.bytes);
  auto* images = reinterpret_cast<std::int64_t*>(memory.get());
  auto* collections = reinterpret_cast<std::int64_t*>(memory.get() + layout.collections);
  auto* inverse_norms = reinterpret_cast<float*>(memory.get() + layout.inverse_norms);
  auto* sketches = reinterpret_cast<std::uint64_t*>(memory.get() + layout.sketches);
  auto* values = reinterpret_cast<std::int8_t*>(memory.get() + layout.values);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    images[row] = rows[row].image;
    collections[row] = rows[row].collection;
    inverse_norms[row] = rows[row].inverse_norm;
    std::ranges::copy(rows[row].values, values + row * StrideOf(dimension));
    const std::span sketch(sketches + row * words, words);
    if (rows[row].sketch.empty()) {
      Sketch(rows[row].values, dimension, sketch);
    } else {
      std::ranges::copy(rows[row].sketch, sketch.begin());
    }
  }

  const std::shared_ptr<Block> block(new Block(rows.size(), dimension, Checked(), Checked()));
  block->Point(memory.get());
  block->first_ = rows.front().image;
  block->last_ = rows.back().image;
  block->heap_bytes_ = layout.bytes + sizeof(Block);
  block->keep_ = std::move(memory);
  return block;
}

std::shared_ptr<const Block> Block::Map(const Mapped& mapped, std::size_t dimension,
                                        std::shared_ptr<const void> keep) {
  const std::shared_ptr<Block> block(
      new Block(mapped.rows, dimension, Checked(mapped.labels_checksum), Checked(mapped.values_checksum)));
  block->Point(mapped.bytes);
  block->first_ = mapped.first;
  block->last_ = mapped.last;
  block->heap_bytes_ = sizeof(Block);
  block->keep_ = std::move(keep);
  return block;
}

std::shared_ptr<const Block> Block::Without(std::span<const std::int64_t> images) const {
  const std::shared_ptr<std::int64_t[]> marks(new std::int64_t[rows_]);
  std::copy_n(collections_, rows_, marks.get());
  for (const std::int64_t image : images) marks[*Find(image)] = 0;

  const std::shared_ptr<Block> block(new Block(rows_, dimension_, labels_checked_, values_checked_));
  block->Point(reinterpret_cast<const std::byte*>(images_));
  block->live_ = live_ - images.size();
  block->first_ = first_;
  block->last_ = last_;
  block->collections_ = marks.get();
  block->keep_ = keep_;
  block->keep_collections_ = marks;
  // The first marks lie in one piece with the values and stay with them.
  const std::size_t own = keep_collections_ == nullptr ? rows_ * sizeof(std::int64_t) : 0;
  block->heap_bytes_ = heap_bytes_ + own;
  return block;
}

bool Block::LabelsIntact() const {
  return labels_checked_.Intact(label_bytes());
}

bool Block::Intact() const {
  return LabelsIntact() && values_checked_.Intact(value_bytes());
}

std::optional<std::size_t> Block::Find(std::int64_t image) const {
  const auto all = images();
  const auto found = std::ranges::lower_bound(all, image);
  if (found == all.end() || *found != image) return std::nullopt;
  const auto row = static_cast<std::size_t>(found - all.begin());
  return collections_[row] == 0 ? std::nullopt : std::optional(row);
}

RowView Block::row(std::size_t at) const {
  const std::size_t words = SketchWords(dimension_);
  return {images_[at],
          collections_[at],
          inverse_norms_[at],
          {sketches_ + at * words, words},
          {values(at), dimension_}};
}

std::span<const std::byte> Block::label_bytes() const {
  return {reinterpret_cast<const std::byte*>(images_), BlockLayout(rows_, dimension_).values};
}

std::span<const std::byte> Block::value_bytes() const {
  const BlockLayout layout(rows_, dimension_);
  return {reinterpret_cast<const std::byte*>(values_), layout.bytes - layout.values};
}

std::uint64_t ChecksumOf(std::span<const std::byte> bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

}  // namespace ozma::gallery
