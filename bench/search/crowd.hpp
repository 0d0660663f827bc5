// Galleries of any size whose templates are like real ones.
#pragma once

#include <filesystem>
#include <random>

#include "gallery/template.hpp"

namespace ozma::bench {

// Makes people as random sums of directions that real templates have, and photos of them.
//
// A sum of many templates with random weights is distributed with the very covariance of the templates, so
// the cosines of strangers spread as those of real strangers do. Another photo of a person is drawn at a
// cosine that is itself drawn as those of genuine pairs are measured to be.
class Crowd {
 public:
  // `file`: templates one behind the other, each `dimension` numbers of 32 bits; empty: directions with a
  // spectrum that falls as that of face networks does. `genuine`: mean and standard deviation of the cosines
  // of photos of one person. Throws std::runtime_error where the file cannot be used.
  Crowd(std::size_t dimension, const std::filesystem::path& file, std::pair<float, float> genuine,
        unsigned seed);

  gallery::Template Stranger();
  gallery::Template AnotherPhoto(const gallery::Template& face);

 private:
  const std::vector<float>& Direction();  // of length 1
  float Normal() { return normals_[random_() & (normals_.size() - 1)]; }

  std::size_t dimension_;
  std::pair<float, float> genuine_;
  std::mt19937 random_;
  std::vector<float> normals_;    // drawn once: a gallery needs billions
  std::vector<float> templates_;  // real ones
  std::vector<float> spectrum_;   // where there are none
  std::vector<float> direction_;
};

}  // namespace ozma::bench
