// Gestures: whether one was done, in which frame it shows best, and if not, why. docs/gestures.md is the
// definition, which the browser follows with the same numbers; here it is in code. Pure; no networks, no
// pixels.
#pragma once

#include <span>

#include "face/gesture_rules.hpp"
#include "face/types.hpp"

namespace ozma::face {

// What the landmarks of one frame say, in units of the face itself.
struct Measures {
  double turn = 0;       // degrees, positive to the person's own left
  double tilt = 0;       // degrees, positive up; of the average face, so good for differences alone
  double roll = 0;       // degrees, positive clockwise
  double eyes = 0;       // the eyes' aspect ratio: 0 closed, about 0.3 open
  double smile = 0;      // about 0.8 at rest
  double size = 0;       // distance of the eyes over the shorter side of the picture
  cv::Point2f middle{};  // of the eyes, pixels
  double distance = 0;   // of the eyes, pixels
};

// Nothing where the points do not make a face.
std::optional<Measures> MeasuresOf(const Shape& shape, cv::Size picture,
                                   const GestureRules& rules = GestureRules::BuiltIn());

// How many faces count, of boxes the largest first: a small one behind the person does not.
int Rivals(std::span<const Face> faces, const GestureRules& rules = GestureRules::BuiltIn());

// One frame of a shooting. Where `faces` is not 1 the measures hold nothing.
struct Moment {
  std::int64_t at = 0;  // milliseconds
  int faces = 1;
  Measures measures{};
};

// Whether the picture is what people see of themselves in a mirror.
enum class Mirrored { kNo, kYes, kUnknown };

// Why a gesture did not happen.
enum class Miss {
  kNoFace,
  kSeveralFaces,
  kTooSmall,
  kNotNeutralFirst,
  kFaceLost,
  kOtherDirection,
  kNotOpenedAgain,
  kTooFast,
  kEyesClosed,
  kTooShort,
  kNotEnough,
};
std::string_view NameOf(Miss miss);  // "no_face", "several_faces", ...

struct GestureFinding {
  std::optional<Miss> miss = Miss::kNoFace;  // nothing: the gesture was done
  std::optional<std::size_t> shot{};         // index of the frame that shows it best; nothing: any will do
  bool done() const { return !miss; }
};

// `moments` in the order of their times; any number, looked at once each.
GestureFinding Judge(Gesture gesture, std::span<const Moment> moments, Mirrored mirrored,
                     const GestureRules& rules = GestureRules::BuiltIn());

}  // namespace ozma::face
