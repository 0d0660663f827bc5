// How a decoder child gives up its rights, for good.
#pragma once

#include <cstddef>
#include <string>

namespace ozma::media {

// Dies with its parent, dumps no core, opens few files, holds at most `address_space` bytes. Call first.
// Returns 0 or errno.
int LimitProcess(std::size_t address_space);

// From here on the process may compute, take and give memory, and talk over descriptors it holds; any other
// system call kills it at once with SIGSYS. Call after everything is loaded. Returns 0, or errno where the
// kernel or the container does not allow filters.
int EnterSandbox();

// Tries one thing that the sandbox forbids: "open", "socket", "exec", "fork", "thread" or "ptrace". Returns
// only if it was not stopped. For proving a sandbox, by `ozma-decoder --self-test`.
void TryForbidden(const std::string& what);

}  // namespace ozma::media
