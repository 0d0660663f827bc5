#include "face/decode.hpp"

#include <algorithm>
#include <cmath>

namespace ozma::face {
namespace {

// Ultra-Light-Fast RFB with decoding inside: [0] scores (n, 2), the second being the face; [1] boxes (n, 4)
// as x0, y0, x1, y1 in 0..1.
std::vector<Candidate> DecodeRfb(std::span<const nn::Tensor> outputs, cv::Size input, float threshold) {
  const auto &scores = outputs[0].data, &boxes = outputs[1].data;
  const auto width = static_cast<float>(input.width), height = static_cast<float>(input.height);
  std::vector<Candidate> found;
  for (std::size_t i = 0; i < scores.size() / 2 && 4 * i + 3 < boxes.size(); ++i) {
    if (scores[2 * i + 1] < threshold) continue;
    const float* box = &boxes[4 * i];
    const cv::Point2f from(box[0] * width, box[1] * height), to(box[2] * width, box[3] * height);
    if (to.x > from.x && to.y > from.y)
      found.push_back({cv::Rect2f(from, to), scores[2 * i + 1], std::nullopt});
  }
  return found;
}

// YuNet (Wu et al., Machine Intelligence Research 20, 2023): for strides 8, 16, 32 the tensors cls, obj,
// bbox, kps, given as cls_8, cls_16, cls_32, obj_8, ...; one prior a cell.
std::vector<Candidate> DecodeYunet(std::span<const nn::Tensor> outputs, cv::Size input, float threshold) {
  std::vector<Candidate> found;
  for (std::size_t level = 0; level < 3; ++level) {
    const int stride = 8 << level;
    const auto s = static_cast<float>(stride);
    const auto &cls = outputs[level].data, &obj = outputs[3 + level].data;
    const auto &bbox = outputs[6 + level].data, &kps = outputs[9 + level].data;
    const auto columns = static_cast<std::size_t>(input.width / stride);
    for (std::size_t i = 0; i < cls.size() && 10 * i + 9 < kps.size(); ++i) {
      const float score = std::sqrt(cls[i] * obj[i]);
      if (!(score >= threshold)) continue;
      const std::size_t line = i / columns;
      const auto column = static_cast<float>(i % columns), row = static_cast<float>(line);
      const float width = std::exp(bbox[4 * i + 2]) * s, height = std::exp(bbox[4 * i + 3]) * s;
      const cv::Point2f centre((column + bbox[4 * i]) * s, (row + bbox[4 * i + 1]) * s);
      FivePoints points;
      for (std::size_t p = 0; p < 5; ++p) {
        points[p] = {(column + kps[10 * i + 2 * p]) * s, (row + kps[10 * i + 2 * p + 1]) * s};
      }
      found.push_back({{centre.x - width / 2, centre.y - height / 2, width, height}, score, points});
    }
  }
  return found;
}

// CenterFace (Xu et al., IEEE Transactions on Image Processing 2020): heat map, scale (log height, log
// width), offset (y, x) and landmarks (y, x pairs relative to the box) at stride 4.
std::vector<Candidate> DecodeCenterface(std::span<const nn::Tensor> outputs, cv::Size input,
                                        float threshold) {
  const std::size_t columns = static_cast<std::size_t>(input.width) / 4, cells = outputs[0].data.size();
  const auto &heat = outputs[0].data, &scale = outputs[1].data, &offset = outputs[2].data,
             &marks = outputs[3].data;
  std::vector<Candidate> found;
  for (std::size_t i = 0; i < cells && marks.size() == 10 * cells; ++i) {
    if (heat[i] < threshold) continue;
    const float height = std::exp(scale[i]) * 4, width = std::exp(scale[cells + i]) * 4;
    const std::size_t line = i / columns;
    const float y = (static_cast<float>(line) + offset[i] + 0.5f) * 4 - height / 2;
    const float x = (static_cast<float>(i % columns) + offset[cells + i] + 0.5f) * 4 - width / 2;
    FivePoints points;
    for (std::size_t p = 0; p < 5; ++p) {
      points[p] = {x + marks[(2 * p + 1) * cells + i] * width, y + marks[2 * p * cells + i] * height};
    }
    found.push_back({{x, y, width, height}, heat[i], points});
  }
  return found;
}

float Overlap(const cv::Rect2f& a, const cv::Rect2f& b, bool of_smaller) {
  const float shared = (a & b).area();
  return shared / (of_smaller ? std::min(a.area(), b.area()) : a.area() + b.area() - shared);
}

}  // namespace

base::Result<Decode> DecodeNamed(std::string_view name) {
  if (name == "rfb") return &DecodeRfb;
  if (name == "yunet") return &DecodeYunet;
  if (name == "centerface") return &DecodeCenterface;
  return base::Fail(base::Fault::kConfiguration,
                    "No detector decoding is called \"" + std::string(name) + "\".");
}

std::vector<Candidate> Suppress(std::vector<Candidate> candidates, float overlap, bool of_smaller) {
  std::sort(candidates.begin(), candidates.end(),
            [](const Candidate& a, const Candidate& b) { return a.confidence > b.confidence; });
  std::vector<Candidate> kept;
  for (const Candidate& candidate : candidates) {
    const bool known = std::any_of(kept.begin(), kept.end(), [&](const Candidate& other) {
      return Overlap(candidate.box, other.box, of_smaller) > overlap;
    });
    if (!known) kept.push_back(candidate);
  }
  return kept;
}

}  // namespace ozma::face
