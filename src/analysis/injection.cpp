#include "analysis/injection.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/json.hpp"

namespace ozma::analysis {
namespace {

namespace json = base::json;
using base::Fail;
using base::Fault;

constexpr std::string_view kText =
#include "analysis/injection.inc"
    ;

// Fewer frames than these say nothing about how they follow each other.
constexpr int kFewestFrames = 10;

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c; });
  return lower;
}

double Share(int part, int whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
}

// What is held against a signal's `from`; nothing where there is too little to measure.
double Measured(const std::string& name, const media::Traces& traces) {
  if (traces.compared < kFewestFrames) return 0;
  if (name == "still") return Share(traces.still, traces.compared);
  if (name == "retimed") return Share(traces.stutters, traces.compared);
  return traces.looped;
}

bool Shows(const InjectionRules::Signal& signal, const media::Traces& traces, const std::string& marks) {
  if (signal.words.empty()) return Measured(signal.name, traces) >= signal.from;
  return std::ranges::any_of(signal.words,
                             [&](const std::string& word) { return marks.find(word) != std::string::npos; });
}

base::Error Lacking(std::string_view what) {
  return Fail(Fault::kConfiguration, "The numbers of injections lack a fit `" + std::string(what) + "`.");
}

base::Result<InjectionRules::Signal> SignalOf(std::string_view name, const json::value& said) {
  constexpr std::array kMeasured = {"still", "loop", "retimed"};
  if (!said.is_object()) return Lacking(name);
  const auto& object = said.get_object();
  InjectionRules::Signal signal{std::string(name)};
  const auto* weight = object.if_contains("weight");
  if (!weight || !weight->is_number()) return Lacking("weight");
  signal.weight = weight->to_number<double>();
  if (const auto* words = object.if_contains("words"); words && words->is_array()) {
    for (const auto& word : words->get_array()) {
      if (!word.is_string() || word.get_string().empty()) return Lacking("words");
      signal.words.push_back(LowerCase(word.get_string()));
    }
  }
  if (!signal.words.empty()) return signal;
  const auto* from = object.if_contains("from");
  const bool measured = std::ranges::find(kMeasured, name) != kMeasured.end();
  if (!measured || !from || !from->is_number()) return Lacking(measured ? "from" : name);
  signal.from = from->to_number<double>();
  return signal;
}

}  // namespace

base::Result<InjectionRules> InjectionRules::Parse(std::string_view text) {
  const auto read = base::ReadJson(text);
  if (!read) return read.error();
  if (!read->is_object()) return Lacking("signals");
  const auto& all = read->get_object();
  InjectionRules rules;
  for (const auto& [key, to] :
       {std::pair{"prior", &rules.prior}, {"suspected_from", &rules.suspected_from}}) {
    const auto* value = all.if_contains(key);
    if (!value || !value->is_number()) return Lacking(key);
    *to = value->to_number<double>();
  }
  const auto* signals = all.if_contains("signals");
  if (!signals || !signals->is_object()) return Lacking("signals");
  for (const auto& item : signals->get_object()) {
    auto signal = SignalOf(item.key(), item.value());
    if (!signal) return signal.error();
    rules.signals.push_back(std::move(*signal));
  }
  return rules;
}

const InjectionRules& InjectionRules::BuiltIn() {
  static const InjectionRules rules = Parse(kText).value();
  return rules;
}

Injection InjectionOf(const media::Traces& traces, const InjectionRules& rules) {
  const std::string marks = LowerCase(traces.marks);
  Injection injection;
  double log_odds = rules.prior;
  for (const auto& signal : rules.signals) {
    if (!Shows(signal, traces, marks)) continue;
    log_odds += signal.weight;
    injection.reasons.push_back(signal.name);
  }
  injection.confidence = 1 / (1 + std::exp(-log_odds));
  injection.suspected = injection.confidence >= rules.suspected_from;
  return injection;
}

}  // namespace ozma::analysis
