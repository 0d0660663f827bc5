// Whether a part of the engine works, asked often and tested seldom.
#pragma once

#include <functional>
#include <mutex>
#include <optional>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "http/message.hpp"

namespace ozma::lite {

// Runs `check` at most once in `age`; calls in between get the last answer. Thread-safe: one check at a time,
// the others wait for its answer.
class Health {
 public:
  using Check = std::function<base::Result<void>()>;
  Health(Check check, std::chrono::seconds age) : check_(std::move(check)), age_(age) {}

  // {"status": 0, "message": "..."} where it works, 3 where it does not; 200 both ways.
  http::Response Report();

 private:
  const Check check_;
  const std::chrono::seconds age_;
  std::mutex mutex_;
  std::optional<base::Deadline> fresh_until_;
  base::Result<void> last_;
};

}  // namespace ozma::lite
