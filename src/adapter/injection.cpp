#include "adapter/injection.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "http/text.hpp"

namespace ozma::adapter {
namespace {

constexpr std::array<Reason, 18> kReasons = {{
    {"virtual_camera", 1.0},
    {"virtual_camera_present", 0.2},
    {"camera_unnamed", 0.3},
    {"camera_without_settings", 0.3},
    {"camera_without_capabilities", 0.2},
    {"frame_larger_than_track", 0.3},
    {"replayed_frames", 1.0},
    {"frames_identical", 1.0},
    {"frames_repeated", 0.4},
    {"lossless_differs", 0.8},
    {"timing_mismatch", 0.4},
    {"timing_impossible", 0.6},
    {"timing_too_fast", 0.2},
    {"tampered_api", 0.8},
    {"webdriver", 0.6},
    {"devtools", 0.2},
    {"user_agent_differs", 0.4},
    {"origin_differs", 0.5},
}};

// Parts of the names that programs give the cameras they make, in lower case. Chromium calls a camera that it
// feeds from a file by the name of the file.
constexpr std::array<std::string_view, 32> kVirtualNames = {
    "obs virtual",      "obs-camera",  "obs cam",     "manycam",       "xsplit",
    "snap camera",      "snapcamera",  "splitcam",    "camtwist",      "v4l2loopback",
    "dummy video",      "loopback",    "virtual cam", "virtual video", "virtualcam",
    "webcamoid",        "akvcam",      "e2esoft",     "vcam",          "fake_device",
    "fake device",      "fake video",  "youcam",      "sparkocam",     "mmhmm",
    "nvidia broadcast", "unity video", "prism live",  "chromacam",     "deepfacelive",
    ".mjpeg",           ".y4m",
};

constexpr double kPerSecond = 1000;  // milliseconds

double NumberOf(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value && value->is_number() ? value->to_number<double>() : 0;
}

double SpanOf(const MediaPayload& payload) {
  return payload.frames.back().t_ms - payload.frames.front().t_ms;
}

std::size_t DistinctFrames(const MediaPayload& payload) {
  std::set<std::string_view> sums;
  for (const Image& frame : payload.frames) sums.insert(frame.sha256);
  return sums.size();
}

// The camera's own rhythm, as signed: ms between its frames; 0 where too little is known.
double RhythmOf(const Info& info) {
  constexpr std::size_t kEnough = 4;
  if (info.intervals.size() < kEnough) return 0;
  auto sorted = info.intervals;
  std::ranges::sort(sorted);
  return sorted[sorted.size() / 2];
}

// A camera gives each picture once: there cannot be far more different ones than its rhythm allows.
bool HasTooMany(const Info& info, const MediaPayload& payload) {
  const double rhythm = RhythmOf(info);
  if (!(rhythm > 0)) return false;
  return static_cast<double>(DistinctFrames(payload)) > 2 * SpanOf(payload) / rhythm + 3;
}

bool IsTooFast(const Info& info) {
  const double rate = NumberOf(info.settings, "frameRate"), rhythm = RhythmOf(info);
  return rate > 0 && rhythm > 0 && rhythm < kPerSecond / rate / 2;
}

bool HasSettings(const Info& info) {
  return NumberOf(info.settings, "width") > 0 && NumberOf(info.settings, "height") > 0;
}

bool IsLarger(const Evidence& evidence) {
  const double track =
      std::max(NumberOf(evidence.info.settings, "width"), NumberOf(evidence.info.settings, "height"));
  return track > 0 && std::max(evidence.width, evidence.height) > track * 1.1;
}

bool HasOtherVirtual(const Info& info) {
  return std::ranges::any_of(
      info.cameras, [&](const std::string& label) { return label != info.camera && IsVirtualCamera(label); });
}

}  // namespace

std::span<const Reason> Reasons() {
  return kReasons;
}

bool IsVirtualCamera(std::string_view label) {
  const std::string lower = http::LowerCase(label);
  return std::ranges::any_of(kVirtualNames,
                             [&](std::string_view name) { return lower.find(name) != std::string::npos; });
}

std::vector<std::string> SignalsOf(const Evidence& evidence) {
  const Info& info = evidence.info;
  const MediaPayload& payload = evidence.payload;
  const bool film = !payload.photo;
  const bool chromium = info.user_agent.find("Chrome/") != std::string::npos;
  const std::size_t frames = payload.frames.size(), distinct = DistinctFrames(payload);
  // Differences of JPEG to the picture it was made of are a level or two; another picture's are tens.
  constexpr double kOtherPicture = 12;
  constexpr double kClockSlack = 2;  // seconds

  std::vector<std::string> signals;
  const auto add = [&](std::string_view name, bool holds) {
    if (holds) signals.emplace_back(name);
  };
  add("virtual_camera", IsVirtualCamera(info.camera));
  add("virtual_camera_present", HasOtherVirtual(info));
  add("camera_unnamed", film && info.camera.empty());
  add("camera_without_settings", film && !HasSettings(info));
  add("camera_without_capabilities", film && chromium && info.capabilities.empty());
  add("frame_larger_than_track", film && IsLarger(evidence));
  add("replayed_frames", evidence.replayed);
  add("frames_identical", frames >= 3 && distinct == 1);
  add("frames_repeated", frames >= 6 && distinct > 1 && distinct * 2 < frames);
  add("lossless_differs", evidence.lossless_difference > kOtherPicture);
  add("timing_mismatch", film && HasTooMany(info, payload));
  add("timing_impossible", film && SpanOf(payload) > (evidence.since_start + kClockSlack) * kPerSecond);
  add("timing_too_fast", film && IsTooFast(info));
  add("tampered_api", !info.tampered.empty());
  add("webdriver", info.webdriver.value_or(false));
  add("devtools", info.devtools.value_or(false));
  add("user_agent_differs", info.user_agent != evidence.user_agent);
  add("origin_differs", !evidence.origin.empty() && info.origin != evidence.origin);
  return signals;
}

double WeightOf(const std::vector<std::string>& signals, const std::map<std::string, double>& weights) {
  double sum = 0;
  const std::set<std::string> distinct(signals.begin(), signals.end());
  for (const std::string& name : distinct) {
    if (const auto set = weights.find(name); set != weights.end()) {
      sum += set->second;
      continue;
    }
    const auto reason = std::ranges::find(kReasons, std::string_view(name), &Reason::name);
    if (reason != kReasons.end()) sum += reason->weight;
  }
  return sum;
}

}  // namespace ozma::adapter
