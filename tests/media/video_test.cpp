#include "media/reading.hpp"

namespace ozma::media {
namespace {

using namespace testing;

struct VideoKind {
  const char* name;
  const char* mime;
  const char* codec;
};

void PrintTo(const VideoKind& kind, std::ostream* out) {
  *out << kind.name;
}

class EveryVideo : public ::testing::TestWithParam<VideoKind> {};

TEST_P(EveryVideo, ComesOutInItsColours) {
  const auto& kind = GetParam();
  const auto media = Read(Film(kind.name, 2, 25, kind.codec));
  ASSERT_TRUE(media) << media.error().message;
  EXPECT_EQ(media->type.kind, Kind::kVideo);
  EXPECT_EQ(media->type.mime, kind.mime);
  EXPECT_EQ(media->info.width, 320);
  EXPECT_EQ(media->info.height, 240);
  EXPECT_NEAR(media->info.duration, 2, 0.25);
  EXPECT_NEAR(media->info.fps, 25, 1);
  EXPECT_NEAR(media->info.frames, 50, 3);
  ASSERT_GE(media->frames.size(), 9u);
  EXPECT_LE(media->frames.size(), 11u);
  for (const auto& frame : media->frames) {
    EXPECT_EQ(frame.bgr.size(), cv::Size(320, 240));
    EXPECT_EQ(Reading(frame.bgr), "RGBW");
  }
}

INSTANTIATE_TEST_SUITE_P(
    Formats, EveryVideo,
    ::testing::Values(
        VideoKind{"h264.mp4", "video/mp4", "-c:v libx264 -preset ultrafast"},
        VideoKind{"hevc.mp4", "video/mp4", "-c:v libx265 -preset ultrafast -x265-params log-level=none"},
        VideoKind{"fragments.mp4", "video/mp4",
                  "-c:v libx264 -preset ultrafast -movflags frag_keyframe+empty_moov"},
        VideoKind{"front.mp4", "video/mp4", "-c:v libx264 -preset ultrafast -movflags faststart"},
        VideoKind{"av1.mp4", "video/mp4", "-c:v libsvtav1 -preset 12"},
        VideoKind{"h264.mov", "video/quicktime", "-c:v libx264 -preset ultrafast"},
        VideoKind{"h264.m4v", "video/x-m4v", "-c:v libx264 -preset ultrafast"},
        VideoKind{"vp8.webm", "video/webm", "-c:v libvpx -deadline realtime -b:v 1M"},
        VideoKind{"vp9.webm", "video/webm", "-c:v libvpx-vp9 -deadline realtime -b:v 1M"},
        VideoKind{"h264.mkv", "video/x-matroska", "-c:v libx264 -preset ultrafast"},
        VideoKind{"mpeg4.avi", "video/x-msvideo", "-c:v mpeg4 -q:v 2"},
        VideoKind{"mjpeg.avi", "video/x-msvideo", "-c:v mjpeg -q:v 2 -pix_fmt yuvj420p"},
        VideoKind{"mpeg2.mpg", "video/mpeg", "-c:v mpeg2video -q:v 2 -f vob"},
        VideoKind{"mpeg1.m1v", "video/mpeg", "-c:v mpeg1video -q:v 2"},
        VideoKind{"h264.ts", "video/mp2t", "-c:v libx264 -preset ultrafast"},
        VideoKind{"theora.ogv", "video/ogg", "-vf noise=alls=6:allf=t -c:v libtheora -q:v 8"},
        VideoKind{"wmv2.wmv", "video/x-ms-wmv", "-c:v wmv2 -q:v 2"}),
    [](const auto& kind) {
      std::string name = kind.param.name;
      std::replace(name.begin(), name.end(), '.', '_');
      return name;
    });

class EveryTurn : public ::testing::TestWithParam<int> {};

// The picture is stored lying on its side with a matrix that sets it upright, as phones do.
TEST_P(EveryTurn, IsUndone) {
  const int degrees = GetParam();  // clockwise, what a player is to do; FFmpeg 5.1 counts the other way
  const std::string turn = degrees == 90    ? "-vf transpose=cclock"
                           : degrees == 180 ? "-vf hflip,vflip"
                                            : "-vf transpose=clock";
  const auto name = "lying" + std::to_string(degrees) + ".mp4";
  const auto lying = Film(name, 1, 25, "-c:v libx264 -preset ultrafast " + turn);
  const auto stored = Read(lying);
  ASSERT_TRUE(stored) << stored.error().message;
  ASSERT_NE(Reading(stored->frames[0].bgr), "RGBW");

  const auto turned =
      Read(Ffmpeg("-i '" + PathOf(name) + "' -c copy -metadata:s:v:0 rotate=" + std::to_string(360 - degrees),
                  "turned-" + name));
  ASSERT_TRUE(turned) << turned.error().message;
  EXPECT_EQ(turned->info.width, 320);
  EXPECT_EQ(turned->info.height, 240);
  EXPECT_EQ(turned->frames[0].bgr.size(), cv::Size(320, 240));
  EXPECT_EQ(Reading(turned->frames[0].bgr), "RGBW");
}

INSTANTIATE_TEST_SUITE_P(Quarters, EveryTurn, ::testing::Values(90, 180, 270));

TEST(Sampling, TakesTheRateSpreadEvenly) {
  Limits limits;
  limits.sample_rate = 4;
  const auto media = Read(Film("h264.mp4", 2, 25, "-c:v libx264 -preset ultrafast"), limits);
  ASSERT_TRUE(media);
  ASSERT_EQ(media->frames.size(), 8u);
  for (std::size_t i = 0; i < 8; ++i) EXPECT_NEAR(media->frames[i].seconds, 0.125 + 0.25 * i, 0.041);
}

TEST(Sampling, TakesNoMoreThanTheMostAndStillSpreads) {
  Limits limits;
  limits.samples = 4;
  const auto media = Read(Film("h264.mp4", 2, 25, "-c:v libx264 -preset ultrafast"), limits);
  ASSERT_TRUE(media);
  ASSERT_EQ(media->frames.size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(media->frames[i].seconds, 0.25 + 0.5 * i, 0.041);
}

TEST(Sampling, GivesNoFrameTwiceWhereFramesAreRare) {
  Limits limits;
  limits.sample_rate = 30;
  const auto media = Read(Film("slow.mp4", 2, 5, "-c:v libx264 -preset ultrafast"), limits);
  ASSERT_TRUE(media);
  EXPECT_LE(media->frames.size(), 10u);
  EXPECT_GE(media->frames.size(), 9u);
  for (std::size_t i = 1; i < media->frames.size(); ++i)
    EXPECT_GT(media->frames[i].seconds, media->frames[i - 1].seconds);
}

TEST(Sampling, ShrinksLargeFilms) {
  Limits limits;
  limits.frame_side = 200;
  const auto media = Read(Film("h264.mp4", 2, 25, "-c:v libx264 -preset ultrafast"), limits);
  ASSERT_TRUE(media);
  EXPECT_EQ(media->info.width, 320);
  EXPECT_EQ(media->frames[0].bgr.size(), cv::Size(200, 150));
}

TEST(Video, LivesWithoutADurationInItsHeader) {
  const auto media =
      Read(Ffmpeg("-f lavfi -i testsrc=size=320x240:rate=25:duration=2 -c:v libvpx -deadline realtime "
                  "-f webm -live 1",
                  "live.webm"));
  ASSERT_TRUE(media) << media.error().message;
  EXPECT_NEAR(media->info.duration, 2, 0.1);
  EXPECT_GE(media->frames.size(), 9u);
}

TEST(Video, WithSoundIsRead) {
  const auto media =
      Read(Ffmpeg("-f lavfi -i testsrc=size=320x240:rate=25:duration=1 -f lavfi -i sine=duration=1 "
                  "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac",
                  "sound.mp4"));
  ASSERT_TRUE(media) << media.error().message;
  EXPECT_EQ(media->frames.size(), 5u);
  ExpectRefused(Ffmpeg("-f lavfi -i sine=duration=1 -c:a aac", "sound-only.mp4"), "no video");
}

TEST(Video, PixelsAreNotSquareInIt) {
  const auto media = Read(Film("wide.mp4", 1, 25, "-c:v libx264 -preset ultrafast -vf setsar=2/1"));
  ASSERT_TRUE(media) << media.error().message;
  EXPECT_EQ(media->frames[0].bgr.size(), cv::Size(320, 120));
}

TEST(Video, IsRefusedWhenCut) {
  for (const auto* flags : {"", "-movflags faststart", "-movflags frag_keyframe+empty_moov"}) {
    const auto bytes = Film(std::string("cut") + std::to_string(std::strlen(flags)) + ".mp4", 2, 25,
                            std::string("-c:v libx264 -preset ultrafast -g 10 ") + flags);
    for (const double part : {0.02, 0.2, 0.5, 0.8, 0.95})
      EXPECT_FALSE(Read(Cut(bytes, static_cast<std::size_t>(bytes.size() * part))))
          << flags << " cut to " << part;
  }
  for (const auto* name : {"vp8.webm", "mpeg4.avi"}) {
    const auto bytes = Film(
        name, 2, 25,
        std::string(name) == "vp8.webm" ? "-c:v libvpx -deadline realtime -b:v 1M" : "-c:v mpeg4 -q:v 2");
    EXPECT_FALSE(Read(Cut(bytes, bytes.size() / 2))) << name;
  }
}

TEST(Video, IsRefusedBeyondEachLimit) {
  const auto film = Film("h264.mp4", 2, 25, "-c:v libx264 -preset ultrafast");
  const auto open_ended = Film("vp8.webm", 2, 25, "-c:v libvpx -deadline realtime -b:v 1M");
  Limits limits;
  limits.video_seconds = 1;
  ExpectRefused(film, "lasts", limits);
  ExpectRefused(open_ended, "lasts", limits);
  limits = {};
  limits.video_frames = 40;
  ExpectRefused(film, "40 frames", limits);
  ExpectRefused(open_ended, "40 frames", limits);
  limits = {};
  limits.pixels = 320 * 240 - 1;
  ExpectRefused(film, "320 x 240", limits);
  ExpectRefused(open_ended, "320 x 240", limits);
}

TEST(Video, OfACodecNotOnTheListIsRefused) {
  ExpectRefused(Ffmpeg("-f lavfi -i testsrc=size=64x64:duration=0.2 -c:v ffv1", "ffv1.mkv"), "ffv1");
}

// What FFmpeg would take for lists of further files to open is no medium here.
TEST(Video, PlaylistsAreNothingKnown) {
  ExpectRefused(base::AsBytes("#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"), "no picture");
  ExpectRefused(base::AsBytes("ffconcat version 1.0\nfile '/etc/passwd'\n"), "no picture");
}

}  // namespace
}  // namespace ozma::media
