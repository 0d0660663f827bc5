#include "media/thumbnail.hpp"

#include <opencv2/imgcodecs.hpp>

#include "media/files.hpp"

namespace ozma::media {
namespace {

using namespace testing;

TEST(Thumbnail, KeepsTheShapeAndThePicture) {
  const auto small = Thumbnail(Quarters(800, 400), 200);
  ASSERT_TRUE(small);
  EXPECT_EQ(small->width, 200);
  EXPECT_EQ(small->height, 100);
  const cv::Mat read = cv::imdecode(small->jpeg, cv::IMREAD_COLOR);
  EXPECT_EQ(read.size(), cv::Size(200, 100));
  EXPECT_EQ(Reading(read), "RGBW");
}

TEST(Thumbnail, NeverEnlarges) {
  const auto small = Thumbnail(Quarters(80, 60), 200);
  ASSERT_TRUE(small);
  EXPECT_EQ(small->width, 80);
}

TEST(Thumbnail, ASliverKeepsOnePixel) {
  const auto small = Thumbnail(cv::Mat(1, 3000, CV_8UC3, cv::Scalar::all(9)), 100);
  ASSERT_TRUE(small);
  EXPECT_EQ(small->height, 1);
}

}  // namespace
}  // namespace ozma::media
