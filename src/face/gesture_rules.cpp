#include "face/gesture_rules.hpp"

#include <algorithm>
#include <string>

#include "base/json.hpp"

namespace ozma::face {
namespace {

namespace json = base::json;
using base::Fail;
using base::Fault;
using base::Result;

constexpr std::string_view kText =
#include "face/gestures.inc"
    ;

constexpr std::array<std::string_view, kGestures> kNames = {"left", "right", "high",  "down", "smile",
                                                            "eyes", "scan",  "blank", "best", "oneshot"};

// Reads numbers and remembers the first that is missing.
class Reader {
 public:
  const json::object& Object(const json::object& in, std::string_view key) {
    const auto* value = in.if_contains(key);
    if (value && value->is_object()) return value->get_object();
    Miss(key);
    return none_;
  }
  double Number(const json::object& in, std::string_view key) {
    const auto* value = in.if_contains(key);
    if (value && value->is_number()) return value->to_number<double>();
    Miss(key);
    return 0;
  }
  std::int64_t Milliseconds(const json::object& in, std::string_view key) {
    return static_cast<std::int64_t>(Number(in, key));
  }
  template <class Value, std::size_t kCount>
  Value Word(const json::object& in, std::string_view key,
             const std::array<std::pair<std::string_view, Value>, kCount>& words) {
    const auto* value = in.if_contains(key);
    const std::string_view said = value && value->is_string() ? std::string_view(value->get_string()) : "";
    const auto found = std::ranges::find(words, said, &std::pair<std::string_view, Value>::first);
    if (found != words.end()) return found->second;
    Miss(key);
    return Value();
  }
  const std::string& missing() const { return missing_; }

 private:
  void Miss(std::string_view key) {
    if (missing_.empty()) missing_ = key;
  }
  std::string missing_;
  json::object none_;
};

using Kind = GestureRule::Kind;
using Measure = GestureRule::Measure;
constexpr std::array<std::pair<std::string_view, Kind>, 4> kKinds = {
    {{"move", Kind::kMove}, {"blink", Kind::kBlink}, {"look", Kind::kLook}, {"none", Kind::kNone}}};
constexpr std::array<std::pair<std::string_view, Measure>, 4> kMeasures = {{{"turn", Measure::kTurn},
                                                                            {"tilt", Measure::kTilt},
                                                                            {"smile", Measure::kSmile},
                                                                            {"eyes", Measure::kEyes}}};

GestureRule RuleOf(Reader& reader, const json::object& said) {
  GestureRule rule;
  rule.kind = reader.Word(said, "kind", kKinds);
  if (rule.kind == Kind::kMove) {
    rule.measure = reader.Word(said, "measure", kMeasures);
    rule.sign = reader.Number(said, "sign");
    rule.hold = reader.Milliseconds(said, "hold_ms");
  }
  if (rule.kind == Kind::kBlink) {
    rule.least = reader.Milliseconds(said, "least_ms");
    rule.most = reader.Milliseconds(said, "most_ms");
  }
  if (rule.kind == Kind::kMove || rule.kind == Kind::kBlink) {
    rule.enter = reader.Number(said, "enter");
    rule.stay = reader.Number(said, "stay");
  }
  if (rule.kind == Kind::kLook) {
    rule.look = reader.Milliseconds(said, "for_ms");
    rule.open_from = reader.Number(said, "open_from");
    rule.open_share = reader.Number(said, "open_share");
  }
  if (const auto* ahead = said.if_contains("ahead"); ahead && ahead->is_object()) {
    rule.ahead_turn = reader.Number(ahead->get_object(), "turn");
    if (ahead->get_object().contains("tilt")) rule.ahead_tilt = reader.Number(ahead->get_object(), "tilt");
  }
  return rule;
}

}  // namespace

std::string_view NameOf(Gesture gesture) {
  return kNames[static_cast<std::size_t>(gesture)];
}

std::optional<Gesture> GestureNamed(std::string_view name) {
  const auto found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<Gesture>(found - kNames.begin());
}

Result<GestureRules> GestureRules::Parse(std::string_view text) {
  const auto read = base::ReadJson(text);
  if (!read) return read.error();
  if (!read->is_object()) return Fail(Fault::kConfiguration, "The numbers of the gestures are no object.");
  const json::object& all = read->get_object();
  Reader reader;
  GestureRules rules;

  const auto& measures = reader.Object(all, "measures");
  rules.turn_lever = reader.Number(reader.Object(measures, "turn"), "lever");
  rules.tilt_rest = reader.Number(reader.Object(measures, "tilt"), "rest");
  rules.tilt_lever = reader.Number(reader.Object(measures, "tilt"), "lever");
  rules.smile_lift = reader.Number(reader.Object(measures, "smile"), "lift");

  const auto& frame = reader.Object(all, "frame");
  rules.least_eyes = reader.Number(frame, "least_eyes");
  rules.rival = reader.Number(frame, "rival");
  rules.most_roll = reader.Number(frame, "most_roll");

  const auto& neutral = reader.Object(all, "neutral");
  rules.neutral_for = reader.Milliseconds(neutral, "for_ms");
  rules.neutral_frames = static_cast<std::size_t>(std::max(1.0, reader.Number(neutral, "frames")));
  rules.neutral_turn = reader.Number(neutral, "turn");
  rules.neutral_tilt = reader.Number(neutral, "tilt");
  rules.neutral_still = reader.Number(neutral, "still");

  const auto& continuity = reader.Object(all, "continuity");
  rules.gap = reader.Milliseconds(continuity, "gap_ms");
  rules.jump = reader.Number(continuity, "jump");

  const auto& gestures = reader.Object(all, "gestures");
  for (std::size_t i = 0; i < kGestures; ++i) {
    const auto& said = reader.Object(gestures, kNames[i]);
    rules.gestures[i] = RuleOf(reader, said);
  }
  if (!reader.missing().empty())
    return Fail(Fault::kConfiguration, "The numbers of the gestures lack a fit `" + reader.missing() + "`.");
  return rules;
}

const GestureRules& GestureRules::BuiltIn() {
  static const GestureRules rules = Parse(kText).value();
  return rules;
}

}  // namespace ozma::face
