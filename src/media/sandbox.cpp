#include "media/sandbox.hpp"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <thread>

namespace ozma::media {
namespace {

// Sanitizers reserve terabytes of address space and run a thread of their own.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif
#else
constexpr bool kSanitized = false;
#endif

int Limit(__rlimit_resource what, rlim_t most) {
  const rlimit limit{most, most};
  return setrlimit(what, &limit) == 0 ? 0 : errno;
}

struct FreeFilter {
  void operator()(void* filter) const { seccomp_release(filter); }
};

// Everything a decoder needs, and nothing that names a file, a peer or another process.
constexpr int kAllowed[] = {
    // its socket and the descriptors that come over it
    SCMP_SYS(recvmsg),
    SCMP_SYS(sendmsg),
    SCMP_SYS(sendto),
    SCMP_SYS(recvfrom),
    SCMP_SYS(close),
    SCMP_SYS(pwrite64),
    SCMP_SYS(read),
    SCMP_SYS(write),
    // memory
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    // time, randomness, the number of cores
    SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(getrandom),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(sysinfo),
    // locks that nobody else holds, and leaving
    SCMP_SYS(futex),
    SCMP_SYS(sched_yield),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
};

int AddRules(scmp_filter_ctx filter) {
  for (const int call : kAllowed)
    if (const int failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0)) return -failed;
  // AddressSanitizer looks at the signal stack whenever an exception or a longjmp passes.
  if (kSanitized) {
    if (const int failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(sigaltstack), 0)) return -failed;
  }
  // Memory, but never memory that can be run.
  for (const int call : {SCMP_SYS(mmap), SCMP_SYS(mprotect)})
    if (const int failed =
            seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)))
      return -failed;
  return 0;
}

}  // namespace

int LimitProcess(std::size_t address_space) {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || prctl(PR_SET_DUMPABLE, 0) != 0) return errno;
  // The server stops its children itself, after they have finished what it accepted.
  for (const int stop : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) signal(stop, SIG_IGN);
  if (const int failed = Limit(RLIMIT_CORE, 0)) return failed;
  if (const int failed = Limit(RLIMIT_NOFILE, 16)) return failed;
  return kSanitized ? 0 : Limit(RLIMIT_AS, address_space);
}

int EnterSandbox() {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno;
  const std::unique_ptr<void, FreeFilter> filter(seccomp_init(SCMP_ACT_KILL_PROCESS));
  if (!filter) return ENOMEM;
  if (const int failed = AddRules(filter.get())) return failed;
  // Threads that a library may have started come under the filter too.
  if (!kSanitized) seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_TSYNC, 1);
  return -seccomp_load(filter.get());
}

void TryForbidden(const std::string& what) {
  if (what == "open") (void)!open("/etc/passwd", O_RDONLY | O_CLOEXEC);
  if (what == "socket") (void)socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (what == "exec") execl("/bin/true", "true", nullptr);
  if (what == "fork") (void)fork();
  if (what == "thread") std::thread([] {}).join();
  if (what == "ptrace") ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
  if (what == "code") (void)mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

}  // namespace ozma::media
