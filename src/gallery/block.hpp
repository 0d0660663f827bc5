// A thousand faces side by side: the piece of which the index in memory and its snapshots are made.
#pragma once

#include <atomic>
#include <memory>
#include <optional>

#include "gallery/scan.hpp"

namespace ozma::gallery {

// One face, wherever it lies.
struct RowView {
  std::int64_t image = 0, collection = 0;
  float inverse_norm = 0;                 // 1 / length of the vector of values
  std::span<const std::uint64_t> sketch;  // empty: not made yet
  std::span<const std::int8_t> values;
};

// How the bytes of a block lie, in memory as in a snapshot: images and collections (8 bytes a row each),
// inverse norms (4), zeros up to a multiple of kRowAlignment, sketches, then the values, a stride a row.
struct BlockLayout {
  BlockLayout(std::size_t rows, std::size_t dimension);
  std::size_t collections, inverse_norms, sketches, values, bytes;
};

// The labels and sketches of a block, or its values: bytes with a checksum, compared at the first use. Any
// thread.
class Checked {
 public:
  Checked() = default;  // made here, so intact
  explicit Checked(std::uint64_t checksum) : checksum_(checksum), state_(State::kUnknown) {}
  Checked(const Checked& other) : checksum_(other.checksum_), state_(other.state_.load()) {}
  Checked& operator=(const Checked&) = delete;
  bool Intact(std::span<const std::byte> bytes) const;

 private:
  enum class State : std::uint8_t { kUnknown, kIntact, kDamaged };
  std::uint64_t checksum_ = 0;
  mutable std::atomic<State> state_ = State::kIntact;
};

// Immutable, so that a search may read it while a change makes another in its place. In order of image
// numbers.
class Block {
 public:
  static constexpr std::size_t kMostRows = 1024;

  // Copies `rows`: 1..kMostRows of them, rising by image, each of `dimension` values.
  static std::shared_ptr<const Block> Make(std::span<const RowView> rows, std::size_t dimension);

  // What a snapshot's directory says of a block in it.
  struct Mapped {
    const std::byte* bytes;  // begin at a multiple of kRowAlignment
    std::size_t rows;
    std::int64_t first, last;
    std::uint64_t labels_checksum, values_checksum;
  };
  // Reads nothing. `keep` owns the bytes.
  static std::shared_ptr<const Block> Map(const Mapped& mapped, std::size_t dimension,
                                          std::shared_ptr<const void> keep);

  // This block with the rows of these images (rising, all of them live here) gone; shares all but the marks.
  std::shared_ptr<const Block> Without(std::span<const std::int64_t> images) const;

  // Whether the bytes are those that were written. Those of a mapped block are read and summed at the first
  // call; before it, only what is said to be free may be asked. LabelsIntact: all but the values may be asked
  // after it.
  bool LabelsIntact() const;
  bool Intact() const;

  // Free to ask.
  std::size_t rows() const { return rows_; }
  std::size_t live() const { return live_; }
  std::int64_t first() const { return first_; }  // image numbers, also of rows that are gone
  std::int64_t last() const { return last_; }
  std::size_t heap_bytes() const { return heap_bytes_; }

  std::span<const std::int64_t> images() const { return {images_, rows_}; }
  std::span<const std::int64_t> collections() const { return {collections_, rows_}; }  // 0: gone
  std::span<const float> inverse_norms() const { return {inverse_norms_, rows_}; }
  const std::uint64_t* sketches() const { return sketches_; }
  const std::int8_t* values(std::size_t row) const { return values_ + row * StrideOf(dimension_); }

  std::optional<std::size_t> Find(std::int64_t image) const;  // the live row of this image
  RowView row(std::size_t at) const;

  // The bytes as they go into a snapshot; only of a block without rows that are gone.
  std::span<const std::byte> label_bytes() const;
  std::span<const std::byte> value_bytes() const;

 private:
  Block(std::size_t rows, std::size_t dimension, Checked labels, Checked face_values);
  void Point(const std::byte* bytes);

  std::size_t rows_, live_, dimension_, heap_bytes_ = 0;
  std::int64_t first_ = 0, last_ = 0;
  const std::int64_t* images_ = nullptr;
  const std::int64_t* collections_ = nullptr;
  const float* inverse_norms_ = nullptr;
  const std::uint64_t* sketches_ = nullptr;
  const std::int8_t* values_ = nullptr;
  std::shared_ptr<const void> keep_, keep_collections_;
  Checked labels_checked_, values_checked_;
};

// XXH3, 64 bits: what snapshots are summed with.
std::uint64_t ChecksumOf(std::span<const std::byte> bytes);

}  // namespace ozma::gallery
