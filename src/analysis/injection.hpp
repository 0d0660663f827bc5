// Traces of an injection: a film that did not come from a camera, told by what is left of its making.
// docs/injection.md says what each signal means, models/injection.json holds the numbers.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "media/traces.hpp"

namespace ozma::analysis {

struct Injection {
  double confidence = 0;  // 0..1, of all signals together, high = injected
  bool suspected = false;
  std::vector<std::string> reasons{};  // "still", "loop", "retimed", "virtual_camera", "editor", "library"
};

struct InjectionRules {
  struct Signal {
    std::string name;
    double weight = 0;                 // log-odds it adds
    double from = 0;                   // of what is measured; nothing of signals by name
    std::vector<std::string> words{};  // lower case, looked for in the marks
  };
  double prior = 0;  // log-odds without any signal
  double suspected_from = 0.5;
  std::vector<Signal> signals;

  // kConfiguration where something is missing, of the wrong kind, or a signal that nobody measures.
  static base::Result<InjectionRules> Parse(std::string_view text);
  static const InjectionRules& BuiltIn();
};

// Of what the decoder found in a video. Others give no reasons: of a photo or an archive nothing is known.
Injection InjectionOf(const media::Traces& traces, const InjectionRules& rules = InjectionRules::BuiltIn());

// What to do about one that is suspected.
enum class OnInjection { kIgnore, kReport, kDecline };
// "ignore", "report", "decline".
std::optional<OnInjection> InjectionNamed(std::string_view name);

}  // namespace ozma::analysis
