// From a detector's tensors to boxes. One function per family of detectors; none of them knows about
// pictures.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "face/types.hpp"
#include "nn/network.hpp"

namespace ozma::face {

// In pixels of the network's input.
struct Candidate {
  cv::Rect2f box;
  float confidence = 0;
  std::optional<FivePoints> points;
};

using Decode = std::vector<Candidate> (*)(std::span<const nn::Tensor> outputs, cv::Size input,
                                          float threshold);

// "rfb", "yunet", "centerface"; kConfiguration for other names.
base::Result<Decode> DecodeNamed(std::string_view name);

// Greedy non-maximum suppression: keeps the more confident of two boxes that share more than `overlap`,
// measured as intersection over union, or as intersection over the smaller box where `of_smaller` is set
// (which also removes a part of a face found beside the whole).
std::vector<Candidate> Suppress(std::vector<Candidate> candidates, float overlap, bool of_smaller);

}  // namespace ozma::face
