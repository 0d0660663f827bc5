// What the index in memory holds at one moment, and how changes make the next moment of it.
#pragma once

#include "gallery/block.hpp"
#include "gallery/index.hpp"

namespace ozma::gallery {

// Which templates belong here.
struct Shape {
  NetworkId network{};
  std::size_t dimension = 0;
  bool Fits(const Template& face) const {
    return face.network() == network && face.values().size() == dimension;
  }
};

// Never changed once it is published: a search keeps the one it began with.
struct State {
  std::vector<std::shared_ptr<const Block>> blocks;  // in order of images; their ranges are apart
  std::uint64_t position = 0;
  std::size_t size = 0;        // live faces
  std::size_t heap_bytes = 0;  // of the blocks; those in a mapped snapshot count nearly nothing
};

// The state after `changes`, which are in order of position; those at or before state.position are passed
// over. Blocks they do not touch are shared. kEngine: a template of another shape. kInvalidValue: numbers
// that cannot be. kIo: a block that must be rewritten is damaged. kConfiguration: it would take more than
// `most_bytes`.
base::Result<State> AfterChanges(const State& state, std::span<const Change> changes, const Shape& shape,
                                 std::size_t most_bytes);

base::Error DamagedSnapshot();  // kIo

}  // namespace ozma::gallery
