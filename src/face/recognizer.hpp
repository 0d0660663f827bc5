// From a face in template position to the numbers that tell it from others.
#pragma once

#include <memory>
#include <vector>

#include "face/align.hpp"
#include "nn/network.hpp"

namespace ozma::face {

struct Embedding {
  std::vector<float> values;  // not normalised
};

// Safe from any number of threads.
class Recognizer {
 public:
  // The network must take AlignedFace's size.
  static base::Result<std::unique_ptr<Recognizer>> Load(const nn::Entry& entry, const nn::Options& options);

  // Where the catalog says `flip`, the face and its mirror image, at that scale, are both embedded, at once
  // where there are streams for it, and the sum of the two, each of length 1, is the answer: what differs
  // between them is light, pose and the alignment's error more than the person.
  base::Result<Embedding> Embed(const AlignedFace& face) const;

  const nn::Entry& entry() const { return network_->entry(); }

 private:
  Recognizer() = default;
  std::unique_ptr<nn::Network> network_;
  float flip_ = 0;  // scale of the mirror image; 0: none
};

}  // namespace ozma::face
