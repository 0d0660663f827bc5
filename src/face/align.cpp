#include "face/align.hpp"

#include <complex>
#include <numeric>
#include <opencv2/imgproc.hpp>

namespace ozma::face {
namespace {

const FivePoints kTemplate = {cv::Point2f(38.2946f, 51.6963f), cv::Point2f(73.5318f, 51.5014f),
                              cv::Point2f(56.0252f, 71.7366f), cv::Point2f(41.5493f, 92.3655f),
                              cv::Point2f(70.7299f, 92.2041f)};

std::complex<double> Complex(const cv::Point2f& point) {
  return {point.x, point.y};
}

std::complex<double> MeanOf(const FivePoints& points) {
  return std::accumulate(points.begin(), points.end(), std::complex<double>(),
                         [](auto sum, const auto& point) { return sum + Complex(point); }) /
         static_cast<double>(points.size());
}

}  // namespace

cv::Mat SimilarityBetween(const FivePoints& from, const FivePoints& to) {
  // With points as complex numbers a similarity is w -> turn * w + shift, and turn is a plain linear
  // regression.
  const auto from_mean = MeanOf(from), to_mean = MeanOf(to);
  std::complex<double> covariance;
  double variance = 0;
  for (std::size_t i = 0; i < from.size(); ++i) {
    const auto centred = Complex(from[i]) - from_mean;
    covariance += std::conj(centred) * (Complex(to[i]) - to_mean);
    variance += std::norm(centred);
  }
  const auto turn = variance > 0 ? covariance / variance : std::complex<double>(1);
  const auto shift = to_mean - turn * from_mean;
  return (cv::Mat_<double>(2, 3) << turn.real(), -turn.imag(), shift.real(), turn.imag(), turn.real(),
          shift.imag());
}

cv::Mat AlignedFace::Mirrored(double scale) const {
  // x becomes width - 1 - x, then everything grows around the middle pixel.
  constexpr double kMiddle = (kSide - 1) / 2.0;
  const cv::Mat mirror = (cv::Mat_<double>(2, 2) << -scale, 0, 0, scale);
  const cv::Mat shift = (cv::Mat_<double>(2, 1) << kMiddle * (1 + scale), kMiddle * (1 - scale));
  cv::Mat placing = mirror * placing_;
  placing.col(2) += shift;
  cv::Mat mirrored;
  cv::warpAffine(picture_, mirrored, placing, {kSide, kSide}, cv::INTER_LINEAR, cv::BORDER_CONSTANT);
  return mirrored;
}

AlignedFace Align(const cv::Mat& bgr, const FivePoints& points) {
  const cv::Mat placing = SimilarityBetween(points, kTemplate);
  cv::Mat aligned;
  cv::warpAffine(bgr, aligned, placing, {AlignedFace::kSide, AlignedFace::kSide}, cv::INTER_LINEAR,
                 cv::BORDER_CONSTANT);
  return {bgr, placing, aligned};
}

}  // namespace ozma::face
