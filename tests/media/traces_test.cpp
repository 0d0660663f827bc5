// What a film tells of its making, on films that FFmpeg makes.
#include "media/traces.hpp"

#include <opencv2/imgproc.hpp>

#include "media/reading.hpp"

namespace ozma::media {
namespace {

using namespace testing;

Traces TracesOf(base::ByteView bytes) {
  Traces traces;
  const auto decoded =
      DecodeBytes(bytes, {}, [](const cv::Mat&, double) -> base::Result<void> { return {}; });
  if (!decoded) throw std::runtime_error(decoded.error().message);
  return decoded->traces;
}

// Noise that changes with every frame over a pattern that moves: what a camera's pictures are like.
base::Bytes Moving(const std::string& name, const std::string& filter, double seconds = 3) {
  return Ffmpeg("-f lavfi -i testsrc2=size=320x240:rate=25:duration=" + std::to_string(seconds) +
                    " -vf \"noise=alls=12:allf=t" + filter + "\" -c:v libx264 -preset ultrafast -crf 20",
                name);
}

TEST(Traces, AFilmThatMovesHasNone) {
  const auto traces = TracesOf(Moving("moving.mp4", ""));
  EXPECT_GT(traces.compared, 60);
  EXPECT_EQ(traces.still, 0);
  EXPECT_LE(traces.stutters, 2);
  EXPECT_LT(traces.looped, 8);
}

TEST(Traces, AStillPictureIsStill) {
  const auto traces = TracesOf(Moving("still.mp4", ",select='eq(n\\,5)',loop=loop=75:size=1,setpts=N/25/TB"));
  EXPECT_GT(traces.compared, 60);
  EXPECT_GE(traces.still, traces.compared * 9 / 10);
}

TEST(Traces, AFilmOfFewerFramesASecondStutters) {
  const auto traces = TracesOf(Moving("retimed.mp4", ",fps=10,fps=25"));
  EXPECT_GT(traces.compared, 60);
  EXPECT_GT(traces.stutters, traces.compared / 3);
}

TEST(Traces, AFilmThatBeginsAnewIsALoop) {
  const auto traces = TracesOf(Moving("loop.mp4", ",trim=0:1.2,loop=loop=2:size=60,setpts=N/25/TB", 2));
  EXPECT_GT(traces.looped, 20);
}

TEST(Traces, ProgramsAreNamed) {
  const auto film = Ffmpeg(
      "-f lavfi -i testsrc2=size=64x48:rate=10:duration=1 -c:v libx264 -metadata comment=\"OBS Virtual "
      "Camera\"",
      "marked.mp4");
  const auto marks = TracesOf(film).marks;
  EXPECT_NE(marks.find("OBS Virtual Camera"), std::string::npos) << marks;
  EXPECT_NE(marks.find("Lavf"), std::string::npos) << marks;
  EXPECT_NE(marks.find("x264"), std::string::npos) << marks;
}

TEST(Traces, PhotosAndArchivesHaveNone) {
  EXPECT_EQ(TracesOf(Coded(".jpg", Quarters(64, 48))).compared, 0);
  EXPECT_EQ(TracesOf(Packed("zip", "", {{"a.jpg", Coded(".jpg", Quarters(64, 48))}})).compared, 0);
}

TEST(Traces, MarksAreBoundedAndPrintable) {
  std::string marks;
  AddMark(marks, "one\n\x80\x01two");
  AddMark(marks, "onetwo");
  AddMark(marks, std::string(5000, 'x'));
  AddMark(marks, "last");
  EXPECT_EQ(marks, "onetwo; last");
  std::string alone;
  AddMark(alone, std::string(5000, 'x'));
  EXPECT_EQ(alone.size(), kMostMarks);
}

TEST(TraceKeeper, FramesOfAnotherSizeAreLeftOut) {
  TraceKeeper keeper;
  keeper.See(cv::Mat(48, 64, CV_8U, cv::Scalar(10)), 0);
  keeper.See(cv::Mat(480, 640, CV_8U, cv::Scalar(10)), 0.1);
  keeper.See(cv::Mat(1, 1, CV_8U, cv::Scalar(10)), 0.2);
  Traces traces;
  keeper.Conclude(traces);
  EXPECT_EQ(traces.compared, 0);
}

}  // namespace
}  // namespace ozma::media
