// The pool of sandboxed children: what a client's file can do to it, and what it cannot.
#include "media/decoder.hpp"

#include <seccomp.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <latch>
#include <thread>

#include "media/reading.hpp"

namespace ozma::media {
namespace {

using namespace testing;
using namespace std::chrono_literals;
using ::testing::HasSubstr;

std::unique_ptr<Decoder> Started(DecoderOptions options) {
  auto decoder = Decoder::Start(std::move(options));
  if (!decoder) throw std::runtime_error(decoder.error().message);
  return std::move(*decoder);
}

std::unique_ptr<Decoder> Started(int workers = 1) {
  DecoderOptions options;
  options.workers = workers;
  return Started(options);
}

const base::Deadline kAmple(10min);

base::Bytes Photo() {
  return Coded(".jpg", Quarters(320, 240));
}

// Enough work that a signal sent in the middle finds it unfinished.
base::Bytes LongWork() {
  return Film("long.mp4", 4, 30, "-c:v libx264 -preset ultrafast -g 30", 1920, 1080);
}

// True once process `pid` has the state `letter` in /proc, which it must reach.
void AwaitState(int pid, char letter) {
  for (;;) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string line;
    std::getline(file, line);
    const auto end = line.rfind(')');
    if (end != std::string::npos && line.size() > end + 2 && line[end + 2] == letter) return;
    std::this_thread::yield();
  }
}

TEST(Decoder, GivesEveryKindThroughTheSandbox) {
  const auto decoder = Started();
  EXPECT_TRUE(decoder->sandboxed());
  const std::vector<base::Bytes> files{
      Photo(),
      Coded(".png", Quarters(320, 240)),
      Coded(".webp", Quarters(320, 240)),
      Coded(".bmp", Quarters(320, 240)),
      Film("still320.gif", 0.2, 10, "-pix_fmt rgb24"),
      Film("h264.mp4", 2, 25, "-c:v libx264 -preset ultrafast"),
      Film("hevc.mp4", 2, 25, "-c:v libx265 -preset ultrafast -x265-params log-level=none"),
      Film("av1.mp4", 2, 25, "-c:v libsvtav1 -preset 12"),
      Film("vp8.webm", 2, 25, "-c:v libvpx -deadline realtime -b:v 1M"),
      Film("vp9.webm", 2, 25, "-c:v libvpx-vp9 -deadline realtime -b:v 1M"),
      Film("mpeg4.avi", 2, 25, "-c:v mpeg4 -q:v 2"),
      Film("mpeg2.mpg", 2, 25, "-c:v mpeg2video -q:v 2 -f vob"),
      Film("h264.ts", 2, 25, "-c:v libx264 -preset ultrafast"),
      Film("theora.ogv", 2, 25, "-vf noise=alls=6:allf=t -c:v libtheora -q:v 8"),
      Film("wmv2.wmv", 2, 25, "-c:v wmv2 -q:v 2"),
      Packed("zip", "", {{"имя.jpg", Photo()}}),
      Packed("ustar", "", {{"a.jpg", Photo()}}),
      Packed("pax", "gzip", {{"имя.jpg", Photo()}}),
  };
  const auto pids = decoder->worker_pids();
  for (const auto& bytes : files) {
    const auto here = Read(bytes);
    ASSERT_TRUE(here) << here.error().message;
    const auto media = decoder->Decode(bytes, kAmple);
    ASSERT_TRUE(media) << here->type.mime << ": " << media.error().message;
    EXPECT_EQ(media->type.mime, here->type.mime);
    EXPECT_EQ(media->info.size, bytes.size());
    EXPECT_EQ(media->info.md5, base::Md5Hex(bytes));
    EXPECT_EQ(media->info.width, 320);
    EXPECT_EQ(media->info.height, 240);
    EXPECT_EQ(media->info.frames, here->info.frames);
    EXPECT_EQ(media->info.duration, here->info.duration);
    EXPECT_EQ(media->info.fps, here->info.fps);
    ASSERT_EQ(media->frames.size(), here->frames.size());
    for (std::size_t i = 0; i < media->frames.size(); ++i) {
      EXPECT_EQ(media->frames[i].seconds, here->frames[i].seconds);
      EXPECT_EQ(cv::norm(media->frames[i].bgr, here->frames[i].bgr, cv::NORM_INF), 0);
    }
  }
  EXPECT_EQ(decoder->worker_pids(), pids) << "a child died over a good file";
}

TEST(Decoder, LooksCloserWhereAskedTo) {
  const auto decoder = Started();
  const auto film = Film("closer.mp4", 2, 25, "-c:v libx264 -preset ultrafast");
  const auto usual = decoder->Decode(film, kAmple);
  const auto close = decoder->Decode(film, kAmple, Pace::kClose);
  ASSERT_TRUE(usual && close);
  EXPECT_EQ(usual->frames.size(), 10u);
  EXPECT_EQ(close->frames.size(), 24u);
  EXPECT_EQ(close->pace, Pace::kClose);
  const auto again = decoder->Decode(film, kAmple);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->frames.size(), 10u);
}

TEST(Decoder, RefusesBadFilesAndKeepsItsChildren) {
  DecoderOptions options;
  options.workers = 1;
  options.limits.file_bytes = 4 << 20;
  const auto decoder = Started(options);
  const auto pids = decoder->worker_pids();
  ExpectRefused(decoder->Decode({}, kAmple), "empty");
  ExpectRefused(decoder->Decode(base::AsBytes("photo.jpg, as text"), kAmple), "no picture");
  ExpectRefused(decoder->Decode(Cut(Photo(), 3000), kAmple), "cut off");
  ExpectRefused(decoder->Decode(Cut(Film("h264.mp4", 2, 25, "-c:v libx264 -preset ultrafast"), 9000), kAmple),
                "cut off");
  ExpectRefused(decoder->Decode(Packed("zip", "", {{"../a.jpg", Photo()}}), kAmple), "leads out");
  ExpectRefused(decoder->Decode(Packed("zip", "", {{"a.png", base::Bytes(300 << 20)}}), kAmple), "256 MB");
  auto heavy = Photo();
  heavy.resize((4 << 20) + 1);
  ExpectRefused(decoder->Decode(heavy, kAmple), "larger than 4 MB");
  EXPECT_TRUE(decoder->Decode(Photo(), kAmple));
  EXPECT_EQ(decoder->worker_pids(), pids);
}

// Hostile bytes of every kind: each an answer, and none more than one request.
TEST(Decoder, SurvivesDamagedFilesOfEveryKind) {
  const auto decoder = Started(2);
  std::uint32_t state = 1;
  const auto random = [&] { return state = state * 1664525 + 1013904223, state >> 8; };
  for (const auto& good :
       {Photo(), Coded(".png", Quarters(320, 240)), Coded(".webp", Quarters(320, 240)),
        Film("still320.gif", 0.2, 10, "-pix_fmt rgb24"),
        Film("h264.mp4", 2, 25, "-c:v libx264 -preset ultrafast"),
        Film("vp8.webm", 2, 25, "-c:v libvpx -deadline realtime -b:v 1M"),
        Film("mpeg4.avi", 2, 25, "-c:v mpeg4 -q:v 2"), Packed("zip", "", {{"a.jpg", Photo()}}),
        Packed("pax", "gzip", {{"a.jpg", Photo()}})}) {
    for (int round = 0; round < 20; ++round) {
      auto bad = good;
      for (int i = 0; i < 1 + round; ++i) bad[random() % bad.size()] = static_cast<std::uint8_t>(random());
      const auto media = decoder->Decode(bad, kAmple);
      EXPECT_TRUE(media || media.error().fault == base::Fault::kSampleUnreadable) << media.error().message;
    }
  }
  EXPECT_TRUE(decoder->Decode(Photo(), kAmple));
}

TEST(Decoder, AChildKilledMidJobCostsThatRequestAlone) {
  const auto decoder = Started(2);
  const auto photo = Photo();
  const auto work = LongWork();
  const auto before = decoder->worker_pids();
  AwaitState(before[0], 'S');
  std::atomic<bool> stop = false;
  std::atomic<int> unharmed = 0;
  base::Result<Media> hit = base::Fail(base::Fault::kInternal, "never ran");
  {
    // The first idle child takes the long work; the photos go through the other one meanwhile.
    std::jthread victim([&] { hit = decoder->Decode(work, kAmple); });
    AwaitState(before[0], 'R');
    kill(before[0], SIGSTOP);  // held in the middle of it, for the others to pass by
    std::jthread bystander([&] {
      while (!stop) {
        const auto media = decoder->Decode(photo, kAmple);
        EXPECT_TRUE(media) << media.error().message;
        ++unharmed;
      }
    });
    while (unharmed < 3) std::this_thread::yield();
    kill(before[0], SIGKILL);
    victim.join();
    const int so_far = unharmed;
    while (unharmed < so_far + 20) std::this_thread::yield();
    stop = true;
  }
  ExpectRefused(hit, "decoder failed");
  const auto again = decoder->Decode(work, kAmple);
  ASSERT_TRUE(again) << again.error().message;
  const auto after = decoder->worker_pids();
  EXPECT_EQ(after.size(), 2u);
  EXPECT_EQ(std::count(after.begin(), after.end(), before[0]), 0);
  EXPECT_EQ(std::count(after.begin(), after.end(), before[1]), 1);
}

TEST(Decoder, AChildKilledWhileIdleIsReplacedUnasked) {
  const auto decoder = Started(1);
  const auto before = decoder->worker_pids();
  kill(before[0], SIGKILL);
  for (auto now = before; now == before || now.empty();) {
    std::this_thread::yield();
    now = decoder->worker_pids();
  }
  EXPECT_TRUE(decoder->Decode(Photo(), kAmple));
}

TEST(Decoder, AStalledChildIsReplacedAtItsDeadline) {
  DecoderOptions options;
  options.workers = 1;
  options.job_deadline = 1000ms;
  const auto decoder = Started(options);
  const auto before = decoder->worker_pids();
  kill(before[0], SIGSTOP);
  const auto start = std::chrono::steady_clock::now();
  ExpectRefused(decoder->Decode(Photo(), kAmple), "longer than 1 s");
  EXPECT_GE(std::chrono::steady_clock::now() - start, 1000ms);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 5000ms);
  const auto next = decoder->Decode(Photo(), kAmple);
  EXPECT_TRUE(next) << next.error().message;
  EXPECT_NE(decoder->worker_pids(), before);
  EXPECT_EQ(kill(before[0], 0), -1) << "the stalled child is still there";
}

TEST(Decoder, WhoWaitsTooLongForAChildIsTold) {
  const auto decoder = Started(1);
  const auto work = LongWork();
  const auto pid = decoder->worker_pids()[0];
  AwaitState(pid, 'S');
  std::jthread holder([&] { EXPECT_TRUE(decoder->Decode(work, kAmple)); });
  AwaitState(pid, 'R');
  kill(pid, SIGSTOP);
  const auto late = decoder->Decode(Photo(), base::Deadline(50ms));
  kill(pid, SIGCONT);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().fault, base::Fault::kTimedOut);
}

// Sanitizers reserve terabytes of address space: under them the limit is not set.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
// 400 megapixels promised by a file of a few bytes, to a decoder that may hold less than they take.
TEST(Decoder, MemoryBeyondTheLimitIsARefusal) {
  base::Bytes bytes{0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  const auto chunk = [&](base::Bytes body) {
    const auto size = static_cast<std::uint8_t>(body.size() - 4);
    bytes.insert(bytes.end(), {0, 0, 0, size});
    bytes.insert(bytes.end(), body.begin(), body.end());
    const auto sum = base::Crc32(body);
    for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<std::uint8_t>(sum >> shift));
  };
  chunk({'I', 'H', 'D', 'R', 0, 0, 0x4E, 0x20, 0, 0, 0x4E, 0x20, 1, 0, 0, 0, 0});
  chunk({'I', 'D', 'A', 'T', 0x78, 0x9C});
  chunk({'I', 'E', 'N', 'D'});
  DecoderOptions options;
  options.workers = 1;
  options.address_space = 1u << 30;
  options.limits.pixels = 500'000'000;
  const auto decoder = Started(options);
  const auto pids = decoder->worker_pids();
  ExpectRefused(decoder->Decode(bytes, kAmple), "memory");
  EXPECT_TRUE(decoder->Decode(Photo(), kAmple));
  EXPECT_EQ(decoder->worker_pids(), pids);
}
#endif

TEST(Decoder, SixteenThreadsAtOnceGetTheirOwnPictures) {
  const auto decoder = Started(2);
  std::latch ready(16);
  std::vector<std::jthread> threads;
  for (int t = 0; t < 16; ++t) {
    threads.emplace_back([&, t] {
      const auto bytes = Coded(".png", cv::Mat(100 + t, 200 + t, CV_8UC3, cv::Scalar::all(t * 10)));
      ready.arrive_and_wait();
      for (int i = 0; i < 20; ++i) {
        const auto media = decoder->Decode(bytes, kAmple);
        ASSERT_TRUE(media) << media.error().message;
        ASSERT_EQ(media->frames[0].bgr.size(), cv::Size(200 + t, 100 + t));
        ASSERT_EQ(media->frames[0].bgr.at<cv::Vec3b>(50, 50),
                  cv::Vec3b::all(static_cast<std::uint8_t>(t * 10)));
      }
    });
  }
}

TEST(Decoder, TakesItsChildrenWithIt) {
  auto decoder = Started(2);
  const auto pids = decoder->worker_pids();
  ASSERT_EQ(pids.size(), 2u);
  decoder.reset();
  for (const int pid : pids) EXPECT_EQ(kill(pid, 0), -1);
}

TEST(Decoder, SaysWhenItsProgramIsMissing) {
  DecoderOptions options;
  options.program = "/nowhere/ozma-decoder";
  const auto decoder = Decoder::Start(options);
  ASSERT_FALSE(decoder);
  EXPECT_EQ(decoder.error().fault, base::Fault::kIo);
  EXPECT_THAT(decoder.error().message, HasSubstr("/nowhere/ozma-decoder"));
}

// In a process of its own, where nobody may install filters, as in some containers.
void StartWithoutSeccomp(bool allow) {
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  const auto filter = seccomp_init(SCMP_ACT_ALLOW);
  seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(seccomp), 0);
  seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(prctl), 1, SCMP_A0(SCMP_CMP_EQ, PR_SET_SECCOMP));
  seccomp_load(filter);
  DecoderOptions options;
  options.workers = 1;
  options.allow_unsandboxed = allow;
  const auto decoder = Decoder::Start(options);
  if (!decoder) {
    std::fprintf(stderr, "%s: %s\n", NameOf(decoder.error().fault), decoder.error().message.c_str());
    _exit(1);
  }
  const auto media = (*decoder)->Decode(Photo(), kAmple);
  std::fprintf(stderr, "sandboxed %d, decoded %d\n", (*decoder)->sandboxed(), media.has_value());
  _exit(0);
}

TEST(DecoderDeathTest, WithoutSeccompItNeedsAnExplicitFlag) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(StartWithoutSeccomp(false), ::testing::ExitedWithCode(1), "configuration.*--allow-unsandboxed");
  EXPECT_EXIT(StartWithoutSeccomp(true), ::testing::ExitedWithCode(0), "sandboxed 0, decoded 1");
}

class Forbidden : public ::testing::TestWithParam<const char*> {};

TEST_P(Forbidden, EndsTheProcess) {
  std::string program = OZMA_BINARY_DIR "/ozma-decoder", option = "--self-test", what = GetParam();
  char* argv[] = {program.data(), option.data(), what.data(), nullptr};
  char* environment[] = {nullptr};
  pid_t pid = 0;
  ASSERT_EQ(posix_spawn(&pid, program.c_str(), nullptr, nullptr, argv, environment), 0);
  int status = 0;
  ASSERT_EQ(waitpid(pid, &status, 0), pid);
  ASSERT_TRUE(WIFSIGNALED(status)) << what << " was not stopped";
  EXPECT_EQ(WTERMSIG(status), SIGSYS);
}

INSTANTIATE_TEST_SUITE_P(Calls, Forbidden,
                         ::testing::Values("open", "socket", "exec", "fork", "thread", "ptrace", "code"));

}  // namespace
}  // namespace ozma::media
