// Passive presentation-attack detection: how much a face looks like a print, a screen or a mask.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "face/types.hpp"
#include "nn/network.hpp"

namespace ozma::face {

// One or several networks, each with its own window around the face; their log-odds are averaged by weight.
// Safe from any number of threads.
class Liveness {
 public:
  static base::Result<std::unique_ptr<Liveness>> Load(std::span<const nn::Entry* const> entries,
                                                      const nn::Options& options);

  // Log-odds of "attack" for each sighting's face; several run at once. Positive: more likely an attack than
  // not.
  base::Result<std::vector<double>> Score(std::span<const cv::Mat> pictures,
                                          std::span<const cv::Rect2f> faces) const;

  std::vector<const nn::Entry*> entries() const;

 private:
  struct Member {
    std::unique_ptr<nn::Network> network;
    cv::Mat (*crop)(const cv::Mat&, const cv::Rect2f&, float, cv::Size);
    float scale;
    std::size_t real;  // index of the bona fide class
    double weight;
  };
  static base::Result<Member> LoadMember(const nn::Entry& entry, const nn::Options& options);
  std::vector<Member> members_;
};

// Log-odds to probability and back; probabilities are kept 1e-4 away from 0 and 1.
double ProbabilityOf(double log_odds);
double LogOddsOf(double probability);

}  // namespace ozma::face
