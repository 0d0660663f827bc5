#include "analysis/action.hpp"

#include <array>
#include <cmath>
#include <limits>

namespace ozma::analysis {
namespace {

struct Row {
  std::string_view tag;
  Gesture gesture;
};

constexpr std::array kGestures = {
    Row{"video_selfie_left", Gesture::kTurn},    Row{"video_selfie_right", Gesture::kTurn},
    Row{"video_selfie_down", Gesture::kDown},    Row{"video_selfie_high", Gesture::kHigh},
    Row{"video_selfie_smile", Gesture::kSmile},  Row{"video_selfie_eyes", Gesture::kEyes},
    Row{"video_selfie_scan", Gesture::kNone},    Row{"video_selfie_oneshot", Gesture::kNone},
    Row{"video_selfie_blank", Gesture::kNone},   Row{"video_selfie_best", Gesture::kNone},
    Row{"video_selfie_zoom_in", Gesture::kNone}, Row{"video_selfie_zoom_out", Gesture::kNone},
};

// How well a frame shows the gesture: the higher the better, of no unit.
base::Result<double> Showing(const face::Engine& engine, Gesture gesture, const Evidence& frame) {
  if (gesture == Gesture::kSmile) return MouthWidth(frame.face.points);
  if (gesture == Gesture::kEyes) {
    const auto quality = engine.Measure(frame.bgr, frame.face);
    if (!quality) return quality.error();
    return -quality->eyes;
  }
  const auto pose = engine.PoseOf(frame.bgr, frame.face);
  if (!pose) return pose.error();
  if (gesture == Gesture::kHigh) return pose->pitch;
  if (gesture == Gesture::kDown) return -pose->pitch;
  // Some clients store the mirrored picture that people see of themselves, so left may be right.
  return std::abs(pose->yaw);
}

}  // namespace

double MouthWidth(const face::FivePoints& points) {
  const double eyes = cv::norm(points[1] - points[0]);
  return eyes > 0 ? cv::norm(points[4] - points[3]) / eyes : 0;
}

std::optional<Gesture> GestureOf(std::string_view tag) {
  for (const Row& row : kGestures) {
    if (row.tag == tag) return row.gesture;
  }
  return std::nullopt;
}

base::Result<const Evidence*> ActionOf(const face::Engine& engine, Gesture gesture,
                                       const std::vector<Evidence>& frames) {
  if (gesture == Gesture::kNone) {
    const auto best = BestOf(engine, frames);
    if (!best) return best.error();
    return best->frame;
  }
  const Evidence* chosen = &frames.front();
  double most = -std::numeric_limits<double>::infinity();
  for (const Evidence& frame : frames) {
    const auto showing = Showing(engine, gesture, frame);
    if (!showing) return showing.error();
    if (*showing > most) {
      most = *showing;
      chosen = &frame;
    }
  }
  return chosen;
}

}  // namespace ozma::analysis
