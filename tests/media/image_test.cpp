#include <opencv2/imgproc.hpp>

#include "media/header.hpp"
#include "media/image.hpp"
#include "media/reading.hpp"

namespace ozma::media {
namespace {

using namespace testing;
using std::literals::operator""sv;

struct ImageKind {
  const char* extension;
  const char* mime;
};

class EveryImage : public ::testing::TestWithParam<ImageKind> {};

TEST_P(EveryImage, ComesOutUprightInItsColours) {
  const auto [extension, mime] = GetParam();
  const auto bytes = std::string(extension) == ".gif" ? Film("still.gif", 0.2, 10, "-pix_fmt rgb24", 160, 120)
                                                      : Coded(extension, Quarters(160, 120));
  const auto media = Read(bytes);
  ASSERT_TRUE(media) << media.error().message;
  EXPECT_EQ(media->type.kind, Kind::kImage);
  EXPECT_EQ(media->type.mime, mime);
  EXPECT_EQ(media->info.width, 160);
  EXPECT_EQ(media->info.height, 120);
  EXPECT_EQ(media->info.frames, 1);
  EXPECT_EQ(media->info.duration, 0);
  ASSERT_EQ(media->frames.size(), 1u);
  EXPECT_EQ(media->frames[0].bgr.type(), CV_8UC3);
  EXPECT_EQ(media->frames[0].bgr.size(), cv::Size(160, 120));
  EXPECT_EQ(Reading(media->frames[0].bgr), "RGBW");
}

TEST_P(EveryImage, IsRefusedWhenCut) {
  const std::string extension = GetParam().extension;
  const auto bytes = extension == ".gif" ? Film("still.gif", 0.2, 10, "-pix_fmt rgb24", 160, 120)
                                         : Coded(extension, Quarters(160, 120));
  // GIF holds more pictures after its first; the others must be whole to the last byte.
  const auto whole = extension == ".gif" ? bytes.size() / 3 : bytes.size();
  for (const double part : {0.05, 0.3, 0.5, 0.9, 0.99}) {
    const auto cut = Cut(bytes, static_cast<std::size_t>(whole * part));
    EXPECT_FALSE(Read(cut)) << extension << " cut to " << part;
  }
  EXPECT_FALSE(Read(Cut(bytes, whole - 1)));
}

INSTANTIATE_TEST_SUITE_P(Formats, EveryImage,
                         ::testing::Values(ImageKind{".jpg", "image/jpeg"}, ImageKind{".png", "image/png"},
                                           ImageKind{".webp", "image/webp"}, ImageKind{".bmp", "image/bmp"},
                                           ImageKind{".gif", "image/gif"}),
                         [](const auto& kind) { return std::string(kind.param.extension + 1); });

class EveryOrientation : public ::testing::TestWithParam<int> {};

TEST_P(EveryOrientation, IsHonoured) {
  const int orientation = GetParam();
  const auto upright = Quarters(160, 120);
  const auto media = Read(WithExif(Coded(".jpg", StoredFor(upright, orientation)), orientation));
  ASSERT_TRUE(media) << media.error().message;
  EXPECT_EQ(media->info.width, 160);
  EXPECT_EQ(media->info.height, 120);
  EXPECT_EQ(media->frames[0].bgr.size(), cv::Size(160, 120));
  EXPECT_EQ(Reading(media->frames[0].bgr), "RGBW");
}

INSTANTIATE_TEST_SUITE_P(Exif, EveryOrientation, ::testing::Range(1, 9));

TEST(Orientation, NonsenseMeansUpright) {
  const auto jpeg = Coded(".jpg", Quarters(160, 120));
  for (const int nonsense : {0, 9, 255}) {
    const auto media = Read(WithExif(jpeg, nonsense));
    ASSERT_TRUE(media);
    EXPECT_EQ(Reading(media->frames[0].bgr), "RGBW");
  }
}

TEST(Jpeg, GreyCmykAndProgressiveBecomeBgr) {
  cv::Mat grey(40, 60, CV_8UC1, cv::Scalar(77));
  const auto from_grey = Read(Coded(".jpg", grey));
  ASSERT_TRUE(from_grey);
  EXPECT_EQ(from_grey->frames[0].bgr.at<cv::Vec3b>(20, 30), cv::Vec3b(77, 77, 77));

  const auto progressive = Read(Coded(".jpg", Quarters(160, 120), {2 /* IMWRITE_JPEG_PROGRESSIVE */, 1}));
  ASSERT_TRUE(progressive);
  EXPECT_EQ(Reading(progressive->frames[0].bgr), "RGBW");
}

TEST(Jpeg, LargePhotosAreShrunkAndSoIsNothingElse) {
  Limits limits;
  const auto large = Read(Coded(".jpg", Quarters(4000, 3000)), limits);
  ASSERT_TRUE(large) << large.error().message;
  EXPECT_EQ(large->info.width, 4000);
  EXPECT_EQ(large->info.height, 3000);
  EXPECT_LE(large->frames[0].bgr.cols, limits.frame_side);
  EXPECT_GT(large->frames[0].bgr.cols, limits.frame_side * 3 / 4);
  EXPECT_NEAR(large->frames[0].bgr.cols / double(large->frames[0].bgr.rows), 4 / 3.0, 0.01);
  EXPECT_EQ(Reading(large->frames[0].bgr), "RGBW");

  limits.frame_side = 100;  // less than an eighth: shrunk once more after decoding
  const auto tiny = Read(Coded(".jpg", Quarters(4000, 3000)), limits);
  ASSERT_TRUE(tiny);
  EXPECT_EQ(tiny->frames[0].bgr.size(), cv::Size(100, 75));
}

TEST(Jpeg, DamageInsideIsRefused) {
  auto bytes = Coded(".jpg", Quarters(640, 480));
  for (std::size_t i = bytes.size() / 2; i < bytes.size() / 2 + 40; ++i)
    bytes[i] = static_cast<std::uint8_t>(i * 37);
  EXPECT_FALSE(Read(bytes));
}

TEST(Png, GreyDeepAndTransparentBecomeEightBitBgrOverWhite) {
  const auto grey = Read(Coded(".png", cv::Mat(40, 60, CV_8UC1, cv::Scalar(77))));
  ASSERT_TRUE(grey);
  EXPECT_EQ(grey->frames[0].bgr.at<cv::Vec3b>(20, 30), cv::Vec3b(77, 77, 77));

  const auto deep = Read(Coded(".png", cv::Mat(40, 60, CV_16UC3, cv::Scalar(0, 32896, 65535))));
  ASSERT_TRUE(deep);
  EXPECT_EQ(deep->frames[0].bgr.at<cv::Vec3b>(20, 30), cv::Vec3b(0, 128, 255));

  const auto clear = Read(Coded(".png", cv::Mat(40, 60, CV_8UC4, cv::Scalar(10, 20, 30, 0))));
  ASSERT_TRUE(clear);
  EXPECT_EQ(clear->frames[0].bgr.at<cv::Vec3b>(20, 30), cv::Vec3b(255, 255, 255));
}

TEST(Png, ABitFlippedInItsDataIsRefused) {
  auto bytes = Coded(".png", Quarters(160, 120));
  bytes[bytes.size() / 2] ^= 0x10;
  ExpectRefused(bytes, "PNG is damaged");
}

// 45 bytes that promise 900 megapixels: refused by the header, whatever follows.
TEST(Png, HeaderOf30000By30000IsRefusedWithoutMemory) {
  base::Bytes bytes{0x89, 'P', 'N', 'G',  '\r', '\n', 0x1A, '\n', 0,    0, 0, 13, 'I', 'H', 'D',
                    'R',  0,   0,   0x75, 0x30, 0,    0,    0x75, 0x30, 8, 2, 0,  0,   0};
  const auto sum = base::Crc32(base::ByteView(bytes).subspan(12, 17));
  for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<std::uint8_t>(sum >> shift));
  ExpectRefused(bytes, "30000 x 30000");
  bytes.insert(bytes.end(), {0, 0, 0, 0, 'I', 'E', 'N', 'D', 0xAE, 0x42, 0x60, 0x82});
  ExpectRefused(bytes, "30000 x 30000");
}

TEST(EveryHeader, IsHeldAgainstTheLimitOfPixels) {
  Limits limits;
  limits.pixels = 160 * 120 - 1;
  for (const auto* extension : {".jpg", ".png", ".webp", ".bmp"})
    ExpectRefused(Coded(extension, Quarters(160, 120)), "160 x 120", limits);
  ExpectRefused(Film("still.gif", 0.2, 10, "-pix_fmt rgb24", 160, 120), "160 x 120", limits);
}

TEST(Webp, TransparencyAndAnimationAreRead) {
  cv::Mat half(40, 60, CV_8UC4, cv::Scalar(0, 0, 0, 128));
  const auto clear = Read(Coded(".webp", half, {64 /* IMWRITE_WEBP_QUALITY */, 101}));
  ASSERT_TRUE(clear) << clear.error().message;
  EXPECT_NEAR(clear->frames[0].bgr.at<cv::Vec3b>(20, 30)[1], 127, 1);

  const auto film = Read(Film("moving.webp", 0.5, 10, "-c:v libwebp_anim -loop 0", 160, 120));
  ASSERT_TRUE(film) << film.error().message;
  EXPECT_EQ(Reading(film->frames[0].bgr), "RGBW");
}

TEST(Content, NotTheNameTellsTheKind) {
  ExpectRefused(base::ByteView{}, "empty");
  ExpectRefused(base::AsBytes("This is a letter, not photo.jpg, whatever its name."), "no picture");
  ExpectRefused(base::AsBytes("BMW makes cars, and this is no bitmap at all, is it?"), "no picture");
  ExpectRefused(base::AsBytes("Rar!\x1A\x07\x01\x00 and so on"sv), "RAR");
  ExpectRefused(base::AsBytes("\0\0\0\x18"
                              "ftypheic\0\0\0\0mif1"sv),
                "HEIC");
  ExpectRefused(base::AsBytes("\0\0\0\x18"
                              "ftypavif\0\0\0\0mif1"sv),
                "AVIF");
}

TEST(Encoding, GivesBackThePicture) {
  const auto picture = Quarters(161, 119);
  const auto png = EncodePng(picture);
  ASSERT_TRUE(png);
  const auto exact = Read(*png);
  ASSERT_TRUE(exact) << exact.error().message;
  EXPECT_EQ(cv::norm(exact->frames[0].bgr, picture, cv::NORM_INF), 0);

  const auto jpeg = EncodeJpeg(picture, 95);
  ASSERT_TRUE(jpeg);
  const auto close = Read(*jpeg);
  ASSERT_TRUE(close);
  EXPECT_LT(cv::norm(close->frames[0].bgr, picture, cv::NORM_L1) / (161 * 119 * 3), 3);
  const auto rough = EncodeJpeg(picture(cv::Rect(10, 10, 100, 100)), 5);  // rows with padding between
  ASSERT_TRUE(rough);
  EXPECT_LT(rough->size(), jpeg->size());
  EXPECT_FALSE(EncodeJpeg(cv::Mat()));
  EXPECT_FALSE(EncodePng(cv::Mat(2, 2, CV_8UC1)));
}

}  // namespace
}  // namespace ozma::media
