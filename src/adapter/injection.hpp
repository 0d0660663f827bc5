// The first layer against injected media: what a browser told of its camera, times and itself that does not
// fit. None of this is proof: who runs the script himself can sign what he likes. It makes the easy ways
// fail.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "adapter/payload.hpp"

namespace ozma::adapter {

// A reason code and how much it weighs unless configured otherwise. docs/web-adapter.md explains each.
struct Reason {
  std::string_view name;
  double weight;
};
std::span<const Reason> Reasons();

// What is known of one upload, beside what the browser says.
struct Evidence {
  const MediaPayload& payload;
  const Info& info;
  int width = 0, height = 0;       // of the first frame, decoded
  double lossless_difference = 0;  // mean of |lossless - best|, grey levels 0..255; 0 where one is missing
  double since_start = 0;          // seconds since the session began
  bool replayed = false;           // a frame came in another session before
  std::string_view user_agent;     // of the request that uploads
  std::string_view origin;         // that the session was begun from; empty: not known
};

// The codes that hold, in the order of Reasons(), each once. Pure.
std::vector<std::string> SignalsOf(const Evidence& evidence);

// Whether a camera of that label is known to play what a program feeds it.
bool IsVirtualCamera(std::string_view label);

// The sum over distinct codes, by `weights` or by default.
double WeightOf(const std::vector<std::string>& signals, const std::map<std::string, double>& weights);

}  // namespace ozma::adapter
