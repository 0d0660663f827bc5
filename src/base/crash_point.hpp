// Named points at which a test can have the process die, as in a power cut. For tests only.
#pragma once

#include <string_view>

namespace ozma::base {

// Where the environment variable OZMA_CRASH_AT equals `name`, the process kills itself here with SIGKILL:
// each time with the probability OZMA_CRASH_RATE (0..1, default 1). Both are read once. Without the variable,
// this does nothing. Points: "after-blob", "before-commit", "after-commit", "before-reply", and of a snapshot
// "mid-snapshot", "before-rename", "after-rename".
void CrashPoint(std::string_view name);

}  // namespace ozma::base
