// Galleries of any size whose templates are like real ones.
#pragma once

#include <filesystem>
#include <random>

#include "gallery/template.hpp"

namespace ozma::bench {

// Makes people as random sums of real templates, and photos of them.
//
// The mean of the real templates and a sum of their deviations from it, with random weights, is distributed
// with the very mean and covariance of the templates, so the cosines of strangers spread as those of real
// strangers do. Another photo of a person is made at a cosine that two photos of one real person have.
class Crowd {
 public:
  // `templates`: one behind the other, each `dimension` numbers of 32 bits; empty: directions with a spectrum
  // that falls as that of face networks does. `genuine`: cosines of photos of one person, 32-bit numbers;
  // empty: 0.6, give or take 0.12. Throws std::runtime_error where a file cannot be used.
  Crowd(std::size_t dimension, const std::filesystem::path& templates, const std::filesystem::path& genuine,
        unsigned seed);

  gallery::Template Stranger();
  gallery::Template AnotherPhoto(const gallery::Template& face);

 private:
  const std::vector<float>& Direction();  // of length 1
  float Genuine();
  float Normal() { return normals_[random_() & (normals_.size() - 1)]; }

  std::size_t dimension_;
  std::mt19937 random_;
  std::vector<float> normals_;    // drawn once: a gallery needs billions
  std::vector<float> templates_;  // deviations of the real ones from their mean
  std::vector<float> mean_, genuine_;
  std::vector<float> spectrum_;  // where there are none
  std::vector<float> direction_;
};

}  // namespace ozma::bench
