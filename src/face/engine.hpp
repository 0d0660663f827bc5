// Face analysis over pictures: the networks of the catalog, loaded together.
#pragma once

#include <memory>
#include <vector>

#include "face/align.hpp"
#include "face/attributes.hpp"
#include "face/confirmer.hpp"
#include "face/detector.hpp"
#include "face/landmarks.hpp"
#include "face/liveness.hpp"
#include "face/quality.hpp"
#include "face/recognizer.hpp"
#include "nn/catalog.hpp"

namespace ozma::face {

// Safe from any number of threads. Pictures are CV_8UC3, BGR, of any size.
class Engine {
 public:
  static constexpr std::size_t kMostFaces = 64;

  // Loads the networks of every role, several at once. The error names the network that fails.
  static base::Result<std::unique_ptr<Engine>> Load(const nn::Catalog& catalog, const nn::Options& options);

  // Faces in `bgr`, with five points each, the largest first and kMostFaces at most; none is no error. A
  // picture whose largest face lies on its side is turned; where nothing is found, a wider border, then
  // quarter turns are tried, and at last a large face that the detector is sure of is taken on a mere hint of
  // the confirmer: masks, prints and hard light hide what that one looks for.
  base::Result<Sighting> Find(const cv::Mat& bgr) const;

  // As Find for the next frame of a shooting: only the turn that served before is tried.
  base::Result<Sighting> Follow(const cv::Mat& bgr, int quarter_turns) const;

  base::Result<Embedding> Embed(const AlignedFace& face) const;

  // Log-odds of a presentation attack for faces[i] in pictures[i]; see Liveness.
  base::Result<std::vector<double>> Spoofing(std::span<const cv::Mat> pictures,
                                             std::span<const cv::Rect2f> faces) const;

  // Size, sharpness and exposure come from the pixels, pose and eyes from their networks.
  base::Result<Quality> Measure(const cv::Mat& bgr, const Face& face) const;
  // Probability that the eye is open that fills `eye`, as one cut out of a picture.
  base::Result<double> EyeOpen(const cv::Mat& eye) const;
  // The 68 points of a face.
  base::Result<Shape> ShapeOf(const cv::Mat& bgr, const Face& face) const;
  base::Result<Pose> PoseOf(const cv::Mat& bgr, const Face& face) const;

  const nn::Entry& recognizer() const { return recognizer_->entry(); }
  std::vector<const nn::Entry*> networks() const;
  std::string runtime() const { return nn::EngineName(); }  // what runs them, and with which instructions

 private:
  Engine() = default;
  struct Seen {
    std::vector<Face> faces;  // that the confirmer sees
    std::vector<Face> hints;  // where it sees none: those that the detector alone is sure of
  };
  struct Look {
    Sighting sighting;
    std::vector<Face> hints;

    Sighting WithHints() &&;  // the hints taken for faces where there are none
  };
  base::Result<Seen> FacesIn(const cv::Mat& bgr, bool widened) const;
  base::Result<Look> LookAt(cv::Mat bgr, int quarter_turns) const;

  std::unique_ptr<Detector> detector_;
  std::unique_ptr<Confirmer> confirmer_;
  std::unique_ptr<Landmarks> landmarks_;
  std::unique_ptr<Recognizer> recognizer_;
  std::unique_ptr<Liveness> liveness_;
  std::unique_ptr<HeadPose> pose_;
  std::unique_ptr<Eyes> eyes_;
};

}  // namespace ozma::face
