#include "face/gestures.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <vector>

namespace ozma::face {
namespace {

using Kind = GestureRule::Kind;
using Measure = GestureRule::Measure;

constexpr double kDegrees = 180 / CV_PI;

constexpr std::array<std::string_view, 11> kMisses = {
    "no_face",          "several_faces", "too_small",   "not_neutral_first", "face_lost", "other_direction",
    "not_opened_again", "too_fast",      "eyes_closed", "too_short",         "not_enough"};

cv::Point2d Centre(const Shape& shape, std::size_t first) {
  cv::Point2d sum;
  for (std::size_t i = first; i < first + 6; ++i) sum += cv::Point2d(shape[i]);
  return sum / 6;
}

double Distance(const Shape& shape, std::size_t a, std::size_t b) {
  return cv::norm(shape[a] - shape[b]);
}

// Soukupova and Cech, CVWW 2016; negative where the corners of the eye fall together.
double AspectOfEye(const Shape& shape, std::size_t first) {
  const double width = Distance(shape, first, first + 3);
  if (width <= 0) return -1;
  return (Distance(shape, first + 1, first + 5) + Distance(shape, first + 2, first + 4)) / (2 * width);
}

double Value(const Measures& measures, Measure measure) {
  switch (measure) {
    case Measure::kTurn:
      return measures.turn;
    case Measure::kTilt:
      return measures.tilt;
    case Measure::kSmile:
      return measures.smile;
    case Measure::kEyes:
      break;
  }
  return measures.eyes;
}

struct Peak {
  double height = 0;
  std::size_t frame = 0;
};

void Raise(std::optional<Peak>& peak, double height, std::size_t frame) {
  if (!peak || height > peak->height) peak = Peak{height, frame};
}

// Follows the frames of one shooting.
class Follower {
 public:
  Follower(const GestureRules& rules, const GestureRule& rule, Mirrored mirrored)
      : rules_(rules), rule_(rule), mirrored_(mirrored) {}

  void See(std::size_t frame, const Moment& moment) {
    if (over_ || moment.faces == 0) return;
    ++with_face_;
    if (moment.faces > 1) {
      ++with_several_;
      return;
    }
    if (moment.measures.size < rules_.least_eyes || std::abs(moment.measures.roll) > rules_.most_roll) return;
    ++usable_;
    const Measures measures = Righted(moment.measures);
    if (!Ahead(measures)) {
      BreakOff();
      return;
    }
    if (Lost(moment)) BeginAnew();
    if (over_) return;
    last_ = moment;
    Raise(widest_, Absolute(measures), frame);
    if (!now_.rest) {
      SeekRest(moment.at, measures);
      return;
    }
    if (rule_.kind == Kind::kMove) Move(frame, moment.at, measures);
    if (rule_.kind == Kind::kBlink) Blink(frame, moment.at, measures);
    if (rule_.kind == Kind::kLook) Look(moment.at, measures);
  }

  GestureFinding Finding() const {
    GestureFinding finding;
    finding.miss = done_ ? std::nullopt : std::optional(WhyNot());
    if (rule_.kind == Kind::kLook || rule_.kind == Kind::kNone) return finding;
    const auto& peak = now_.peak ? now_.peak : widest_;
    if (peak) finding.shot = peak->frame;
    return finding;
  }

 private:
  // What is known since the face was last found.
  struct Since {
    std::deque<std::pair<std::int64_t, Measures>> window;  // in which rest is sought
    std::optional<Measures> rest;
    std::optional<Peak> peak;
    std::optional<std::int64_t> begun, opposite;    // of a move
    std::optional<std::int64_t> last_open, closed;  // of a blink
    std::int64_t looked_from = 0;                   // of a look
    std::size_t looked = 0, looked_open = 0;
    bool other_way = false, too_fast = false, not_opened = false;
  };

  bool Ahead(const Measures& measures) const {
    const auto& rest = now_.rest;
    return !rest || (std::abs(measures.turn - rest->turn) <= rule_.ahead_turn &&
                     std::abs(measures.tilt - rest->tilt) <= rule_.ahead_tilt);
  }

  void BreakOff() {
    over_ = done_;
    now_.begun.reset();
    now_.opposite.reset();
    now_.last_open.reset();
    now_.closed.reset();
  }

  bool Lost(const Moment& moment) const {
    if (!last_) return false;
    const double moved = cv::norm(moment.measures.middle - last_->measures.middle);
    return moment.at - last_->at > rules_.gap || moved > rules_.jump * last_->measures.distance;
  }

  void BeginAnew() {
    if (done_) {
      over_ = true;
    } else {
      now_ = {};
    }
  }

  Measures Righted(Measures measures) const {
    if (mirrored_ == Mirrored::kYes) measures.turn = -measures.turn;
    return measures;
  }

  bool EitherWay() const { return mirrored_ == Mirrored::kUnknown && rule_.measure == Measure::kTurn; }

  // The measure in the gesture's direction, without a rest to hold it against.
  double Absolute(const Measures& measures) const {
    if (rule_.kind == Kind::kBlink) return -measures.eyes;
    const double value = Value(measures, rule_.measure);
    return EitherWay() ? std::abs(value) : rule_.sign * value;
  }

  void SeekRest(std::int64_t at, const Measures& measures) {
    auto& window = now_.window;
    if (std::abs(measures.turn) > rules_.neutral_turn || std::abs(measures.tilt) > rules_.neutral_tilt) {
      window.clear();
      return;
    }
    window.emplace_back(at, measures);
    while (window.size() > 1 && at - window[1].first >= rules_.neutral_for) window.pop_front();
    const bool long_enough =
        window.size() >= rules_.neutral_frames && at - window.front().first >= rules_.neutral_for;
    if (!long_enough || Range(&Measures::turn) > rules_.neutral_still ||
        Range(&Measures::tilt) > rules_.neutral_still)
      return;
    Measures rest;
    for (const auto part : {&Measures::turn, &Measures::tilt, &Measures::eyes, &Measures::smile})
      rest.*part = Median(part);
    now_.rest = rest;
    was_neutral_ = true;
    if (rule_.kind == Kind::kNone) done_ = over_ = true;
    if (rule_.kind != Kind::kLook) return;
    now_.looked_from = window.front().first;
    for (const auto& [then, seen] : window) Look(then, seen);
  }

  std::vector<double> Sorted(double Measures::*part) const {
    std::vector<double> values;
    values.reserve(now_.window.size());
    for (const auto& [at, measures] : now_.window) values.push_back(measures.*part);
    std::sort(values.begin(), values.end());
    return values;
  }
  double Range(double Measures::*part) const {
    const auto values = Sorted(part);
    return values.back() - values.front();
  }
  double Median(double Measures::*part) const {
    const auto values = Sorted(part);
    return values[(values.size() - 1) / 2];
  }

  void Move(std::size_t frame, std::int64_t at, const Measures& measures) {
    const double from_rest = Value(measures, rule_.measure) - Value(*now_.rest, rule_.measure);
    const double change = EitherWay() ? std::abs(from_rest) : rule_.sign * from_rest;
    if (!now_.begun && change >= rule_.enter) {
      now_.begun = at;
      now_.peak.reset();
    } else if (now_.begun && change < rule_.stay) {
      over_ = done_;
      now_.too_fast = true;
      now_.begun.reset();
    } else if (now_.begun && at - *now_.begun >= rule_.hold) {
      done_ = true;
    }
    if (over_) return;
    Raise(now_.peak, change, frame);
    if (!now_.opposite) {
      if (change <= -rule_.enter) now_.opposite = at;
    } else if (change > -rule_.stay) {
      now_.opposite.reset();
    } else if (at - *now_.opposite >= rule_.hold) {
      now_.other_way = true;
    }
  }

  void Blink(std::size_t frame, std::int64_t at, const Measures& measures) {
    const double change = now_.rest->eyes > 0 ? 1 - measures.eyes / now_.rest->eyes : 0;
    Raise(now_.peak, change, frame);
    if (change >= rule_.enter) {
      if (now_.last_open && !now_.closed) now_.closed = at;
      return;
    }
    if (change > rule_.stay) return;
    if (now_.closed) {
      const auto took = at - *now_.last_open;
      now_.closed.reset();
      if (took < rule_.least) {
        now_.too_fast = true;
      } else if (took > rule_.most) {
        now_.not_opened = true;
      } else {
        done_ = over_ = true;
      }
    }
    now_.last_open = at;
  }

  void Look(std::int64_t at, const Measures& measures) {
    ++now_.looked;
    if (measures.eyes >= rule_.open_from) ++now_.looked_open;
    const bool open =
        static_cast<double>(now_.looked_open) >= rule_.open_share * static_cast<double>(now_.looked);
    if (at - now_.looked_from >= rule_.look && open) done_ = over_ = true;
  }

  Miss WhyNot() const {
    if (with_face_ == 0) return Miss::kNoFace;
    if (usable_ == 0) return 2 * with_several_ > with_face_ ? Miss::kSeveralFaces : Miss::kTooSmall;
    if (!was_neutral_) return Miss::kNotNeutralFirst;
    if (!now_.rest) return Miss::kFaceLost;
    if (now_.other_way) return Miss::kOtherDirection;
    if (now_.not_opened || now_.closed) return Miss::kNotOpenedAgain;
    if (now_.too_fast || now_.begun) return Miss::kTooFast;
    if (rule_.kind != Kind::kLook) return Miss::kNotEnough;
    return last_->at - now_.looked_from < rule_.look ? Miss::kTooShort : Miss::kEyesClosed;
  }

  const GestureRules& rules_;
  const GestureRule& rule_;
  const Mirrored mirrored_;
  std::size_t with_face_ = 0, with_several_ = 0, usable_ = 0;
  bool was_neutral_ = false;
  bool done_ = false;
  bool over_ = false;           // nothing that follows matters
  std::optional<Moment> last_;  // that was usable
  std::optional<Peak> widest_;
  Since now_;
};

}  // namespace

std::string_view NameOf(Miss miss) {
  return kMisses[static_cast<std::size_t>(miss)];
}

std::optional<Measures> MeasuresOf(const Shape& shape, cv::Size picture, const GestureRules& rules) {
  const cv::Point2d right = Centre(shape, 36), left = Centre(shape, 42);
  const double distance = cv::norm(left - right), mouth = Distance(shape, 48, 54);
  const double right_eye = AspectOfEye(shape, 36), left_eye = AspectOfEye(shape, 42);
  if (!(distance > 0) || !(mouth > 0) || right_eye < 0 || left_eye < 0 || picture.empty())
    return std::nullopt;
  const cv::Point2d along = (left - right) / distance, down(-along.y, along.x);
  const cv::Point2d eyes = (right + left) / 2,
                    corners = (cv::Point2d(shape[48]) + cv::Point2d(shape[54])) / 2;
  const cv::Point2d nose(shape[30]), chin(shape[8]), lips = (cv::Point2d(shape[51]) + cv::Point2d(shape[57])) / 2;
  const double height = (chin - eyes).dot(down);
  if (!(height > 0)) return std::nullopt;

  Measures measures;
  measures.turn =
      kDegrees * std::atan((nose - (eyes + corners) / 2).dot(along) / (distance * rules.turn_lever));
  measures.tilt =
      kDegrees * std::atan((rules.tilt_rest - (nose - eyes).dot(down) / height) / rules.tilt_lever);
  measures.roll = kDegrees * std::atan2(along.y, along.x);
  measures.eyes = (right_eye + left_eye) / 2;
  measures.smile = mouth / distance + rules.smile_lift * (lips - corners).dot(down) / mouth;
  measures.size = distance / std::min(picture.width, picture.height);
  measures.middle = eyes;
  measures.distance = distance;
  return measures;
}

int Rivals(std::span<const Face> faces, const GestureRules& rules) {
  if (faces.empty()) return 0;
  const double least = rules.rival * faces.front().box.width;
  return static_cast<int>(
      std::count_if(faces.begin(), faces.end(), [&](const Face& face) { return face.box.width >= least; }));
}

GestureFinding Judge(Gesture gesture, std::span<const Moment> moments, Mirrored mirrored,
                     const GestureRules& rules) {
  Follower follower(rules, rules.gestures[static_cast<std::size_t>(gesture)], mirrored);
  for (std::size_t i = 0; i < moments.size(); ++i) follower.See(i, moments[i]);
  return follower.Finding();
}

}  // namespace ozma::face
