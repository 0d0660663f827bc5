// The log: JSON lines on standard error. Never media, templates, tokens or personal data.
#pragma once

#include <initializer_list>
#include <string_view>

#include "base/json.hpp"

namespace ozma::base {

enum class Level { kDebug, kInfo, kWarning, kError };

// Lines below `level` are dropped. Called once, before threads start; the default is kInfo.
void StartLog(Level level);

// {"time": ..., "level": "info", "event": "request", ...fields}. Safe from any thread.
void Log(Level level, std::string_view event, const json::object& fields = {});

}  // namespace ozma::base
