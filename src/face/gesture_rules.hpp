// The numbers by which gestures are judged: models/gestures.json, which the browser is built with as well.
// docs/gestures.md says what each of them does.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "base/result.hpp"

namespace ozma::face {

enum class Gesture { kLeft, kRight, kHigh, kDown, kSmile, kEyes, kScan, kBlank, kBest, kOneshot };
constexpr std::size_t kGestures = 10;

// "left", "right", "high", "down", "smile", "eyes", "scan", "blank", "best", "oneshot".
std::string_view NameOf(Gesture gesture);
std::optional<Gesture> GestureNamed(std::string_view name);

struct GestureRule {
  enum class Kind {
    kMove,   // a measure leaves its rest by `enter`, one way, for `hold`
    kBlink,  // the eyes close and open again
    kLook,   // the face is looked at for a while, with open eyes
    kNone,   // the face is seen at rest
  };
  enum class Measure { kTurn, kTilt, kSmile, kEyes };

  Kind kind = Kind::kNone;
  Measure measure = Measure::kEyes;
  // Degrees from rest, beyond which a frame is passed over.
  double ahead_turn = std::numeric_limits<double>::infinity();
  double ahead_tilt = std::numeric_limits<double>::infinity();
  double sign = 1;                             // the way of a move
  double enter = 0, stay = 0;                  // changes from rest; degrees, or of the measure's own unit
  std::int64_t hold = 0, least = 0, most = 0;  // milliseconds
  std::int64_t look = 0;                       // milliseconds
  double open_from = 0, open_share = 0;        // of kLook
};

struct GestureRules {
  double turn_lever = 0, tilt_rest = 0, tilt_lever = 0, smile_lift = 0;

  double least_eyes = 0;  // distance of the eyes over the shorter side of the picture
  double rival = 0;       // of the largest face's width: a second face from which counts
  double most_roll = 0;   // degrees

  std::int64_t neutral_for = 0;  // milliseconds
  std::size_t neutral_frames = 0;
  double neutral_turn = 0, neutral_tilt = 0, neutral_still = 0;  // degrees

  std::int64_t gap = 0;  // milliseconds
  double jump = 0;       // distances of the eyes

  std::array<GestureRule, kGestures> gestures{};  // by Gesture

  // kConfiguration naming the key that is missing or of the wrong kind.
  static base::Result<GestureRules> Parse(std::string_view text);

  // Those that the program was built with.
  static const GestureRules& BuiltIn();
};

}  // namespace ozma::face
