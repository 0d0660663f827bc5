// A second look at what the detector proposes: is it a face, and which way is up?
#pragma once

#include <memory>
#include <optional>
#include <span>

#include "face/decode.hpp"

namespace ozma::face {

// In pixels of the picture.
struct Confirmation {
  float confidence = 0;  // 0..1
  float roll = 0;        // degrees the eye line is turned clockwise from level, -180..180
  FivePoints points{};
};

// The detector is quick and forgiving: it also answers to cats and to faces lying on their side. This network
// sees each proposal close up and finds eyes and mouth in whatever direction they lie. Safe from any number
// of threads.
class Confirmer {
 public:
  static base::Result<std::unique_ptr<Confirmer>> Load(const nn::Entry& entry, const nn::Options& options);

  // One answer for each box of `bgr`: nothing where no face is seen with a confidence of at least `least`.
  base::Result<std::vector<std::optional<Confirmation>>> Confirm(const cv::Mat& bgr,
                                                                 std::span<const Candidate> candidates,
                                                                 float least) const;
  float threshold() const { return threshold_; }

  const nn::Entry& entry() const { return network_->entry(); }

 private:
  Confirmer() = default;
  std::unique_ptr<nn::Network> network_;
  Decode decode_ = nullptr;
  float threshold_ = 0;
  float scale_ = 1;
};

}  // namespace ozma::face
