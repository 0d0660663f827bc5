#include "media/archive.hpp"

#include <archive_entry.h>

#include "media/reading.hpp"

namespace ozma::media {
namespace {

using namespace testing;
using ::testing::ElementsAre;

struct ArchiveKind {
  const char* format;
  const char* filter;
  const char* mime;
};

class EveryArchive : public ::testing::TestWithParam<ArchiveKind> {
 protected:
  static base::Bytes Pack(const std::vector<Item>& items) {
    return Packed(GetParam().format, GetParam().filter, items);
  }
};

cv::Mat Plain(int grey) {
  return cv::Mat(48, 64, CV_8UC3, cv::Scalar::all(grey));
}

TEST_P(EveryArchive, GivesItsPicturesInNaturalOrder) {
  const auto bytes = Pack({{"shots", {}, AE_IFDIR},
                           {"shots/frame10.png", Coded(".png", Plain(100))},
                           {"shots/frame9.png", Coded(".png", Plain(90))},
                           {"shots/frame1.jpg", Coded(".jpg", Plain(10))},
                           {"shots/.DS_Store", base::Bytes(10, 1)},
                           {"__MACOSX/shots/._frame1.jpg", Coded(".jpg", Plain(200))},
                           {"notes.txt", base::Bytes(100, 'a')}});
  const auto media = Read(bytes);
  ASSERT_TRUE(media) << media.error().message;
  EXPECT_EQ(media->type.kind, Kind::kArchive);
  EXPECT_EQ(media->type.mime, GetParam().mime);
  EXPECT_EQ(media->info.width, 64);
  EXPECT_EQ(media->info.height, 48);
  EXPECT_EQ(media->info.frames, 3);
  ASSERT_EQ(media->frames.size(), 3u);
  EXPECT_EQ(media->frames[0].bgr.at<cv::Vec3b>(20, 20)[0], 10);
  EXPECT_EQ(media->frames[1].bgr.at<cv::Vec3b>(20, 20)[0], 90);
  EXPECT_EQ(media->frames[2].bgr.at<cv::Vec3b>(20, 20)[0], 100);
}

TEST_P(EveryArchive, IsSampledEvenly) {
  std::vector<Item> items;
  for (int i = 0; i < 100; ++i) items.push_back({std::to_string(i) + ".png", Coded(".png", Plain(i))});
  Limits limits;
  limits.samples = 4;
  const auto media = Read(Pack(items), limits);
  ASSERT_TRUE(media) << media.error().message;
  EXPECT_EQ(media->info.frames, 100);
  std::vector<int> greys;
  for (const auto& frame : media->frames) greys.push_back(frame.bgr.at<cv::Vec3b>(0, 0)[0]);
  EXPECT_THAT(greys, ElementsAre(12, 37, 62, 87));
}

TEST_P(EveryArchive, KeepsUtf8Names) {
  const auto entries = ReadArchive(Pack({{"лицо/фото 1.png", Coded(".png", Plain(1))}}), {});
  ASSERT_TRUE(entries) << entries.error().message;
  ASSERT_EQ(entries->size(), 1u);
  EXPECT_EQ((*entries)[0].name, "лицо/фото 1.png");
}

TEST_P(EveryArchive, WithNoPictureIsRefused) {
  ExpectRefused(Pack({}), "");
  ExpectRefused(Pack({{"notes.txt", base::Bytes(100, 'a')}}), "no picture");
}

TEST_P(EveryArchive, LinksAndDevicesAreRefused) {
  const Item picture{"a.png", Coded(".png", Plain(1))};
  ExpectRefused(Pack({picture, {"b.png", {}, AE_IFLNK}}), "link");
  if (std::string(GetParam().format) == "zip") return;  // which knows no other kinds
  ExpectRefused(Pack({picture, {"b.png", {}, AE_IFREG, "a.png"}}), "link");
  ExpectRefused(Pack({picture, {"b.png", {}, AE_IFCHR}}), "special");
  ExpectRefused(Pack({picture, {"b.png", {}, AE_IFIFO}}), "special");
}

TEST_P(EveryArchive, NamesThatLeadOutAreRefused) {
  for (const auto* name :
       {"../a.png", "x/../../a.png", "/etc/a.png", "x\\..\\a.png", "C:\\a.png", "\\\\host\\a.png"})
    ExpectRefused(Pack({{name, Coded(".png", Plain(1))}}), "leads out");
  EXPECT_TRUE(Read(Pack({{"a..b/c...png", Coded(".png", Plain(1))}})));
}

TEST_P(EveryArchive, ArchivesAndFilmsInsideAreRefused) {
  const auto picture = Coded(".png", Plain(1));
  for (const auto* format : {"zip", "ustar"})
    ExpectRefused(Pack({{"a.png", picture}, {"b.png", Packed(format, "", {{"c.png", picture}})}}),
                  "another archive");
  ExpectRefused(
      Pack({{"a.png", picture}, {"b.png", Film("h264.mp4", 2, 25, "-c:v libx264 -preset ultrafast")}}),
      "video");
}

TEST_P(EveryArchive, TooManyEntriesAreRefused) {
  Limits limits;
  limits.archive_entries = 3;
  std::vector<Item> items;
  for (int i = 0; i < 3; ++i) items.push_back({std::to_string(i) + ".png", Coded(".png", Plain(i))});
  EXPECT_TRUE(Read(Pack(items), limits));
  items.push_back({"4.png", Coded(".png", Plain(4))});
  ExpectRefused(Pack(items), "more than 3 files", limits);

  std::vector<Item> folders;
  for (int i = 0; i < 200; ++i) folders.push_back({"folder" + std::to_string(i), {}, AE_IFDIR});
  ExpectRefused(Pack(folders), "more than 3 files", limits);
}

TEST_P(EveryArchive, ABombIsRefusedWhileItUnpacks) {
  Limits limits;
  limits.archive_bytes = 4 << 20;
  const auto bomb = Pack({{"a.png", base::Bytes(5 << 20)}});
  ExpectRefused(bomb, "more than 4 MB", limits);
  const auto hidden = Pack({{".a", base::Bytes(3 << 20)}, {".b", base::Bytes(3 << 20)}});
  ExpectRefused(hidden, "more than 4 MB", limits);
  std::vector<Item> many;
  for (int i = 0; i < 10; ++i) many.push_back({std::to_string(i), base::Bytes(1 << 20)});
  ExpectRefused(Pack(many), "more than 4 MB", limits);
}

TEST_P(EveryArchive, IsRefusedWhenCut) {
  const auto bytes =
      Pack({{"a.bmp", Coded(".bmp", Quarters(160, 120))}, {"b.bmp", Coded(".bmp", Quarters(160, 121))}});
  for (const double part : {0.1, 0.4, 0.7})
    EXPECT_FALSE(Read(Cut(bytes, static_cast<std::size_t>(bytes.size() * part)))) << "cut to " << part;
}

TEST_P(EveryArchive, APictureBeyondTheLimitIsRefusedEvenUnsampled) {
  Limits limits;
  limits.samples = 1;
  limits.pixels = 64 * 48;
  ExpectRefused(Pack({{"a.png", Coded(".png", Plain(1))},
                      {"b.png", Coded(".png", Plain(2))},
                      {"c.png", Coded(".png", Quarters(100, 100))}}),
                "100 x 100", limits);
}

INSTANTIATE_TEST_SUITE_P(Formats, EveryArchive,
                         ::testing::Values(ArchiveKind{"zip", "", "application/zip"},
                                           ArchiveKind{"ustar", "", "application/x-tar"},
                                           ArchiveKind{"pax", "gzip", "application/gzip"}),
                         [](const auto& kind) {
                           return std::string(kind.param.format) + (*kind.param.filter ? "_gz" : "");
                         });

// The header's size is a lie: what counts is what comes out.
TEST(Archive, AZipThatLiesAboutItsSizesIsStillBounded) {
  auto zip = Packed("zip", "", {{"a.png", base::Bytes(5 << 20)}});
  const auto size = std::uint32_t{5 << 20};
  const std::uint8_t stated[4] = {size & 0xFF, size >> 8 & 0xFF, size >> 16 & 0xFF, size >> 24};
  const std::uint8_t lie[4] = {100, 0, 0, 0};
  for (auto at = zip.begin(); (at = std::search(at, zip.end(), stated, stated + 4)) != zip.end(); ++at)
    std::copy(lie, lie + 4, at);
  Limits limits;
  limits.archive_bytes = 4 << 20;
  EXPECT_FALSE(Read(zip, limits));
}

std::vector<double> TimesOf(const std::vector<std::string>& names) {
  std::vector<Item> items;
  for (const auto& name : names) items.push_back({name, Coded(".jpg", Quarters(32, 24))});
  const auto media = Read(Packed("zip", "", items));
  std::vector<double> times;
  for (const auto& frame : media->frames) times.push_back(frame.seconds);
  return times;
}

TEST(Archive, NamesMayTellTheTimesOfTheFrames) {
  using ::testing::DoubleEq;
  using ::testing::ElementsAre;
  EXPECT_THAT(TimesOf({"0000_00100ms.jpg", "0001_00140ms.jpg", "0002_02100ms.jpg"}),
              ElementsAre(DoubleEq(0), DoubleEq(0.04), DoubleEq(2)));
  EXPECT_THAT(TimesOf({"0ms.jpg", "80ms.jpg"}), ElementsAre(DoubleEq(0), DoubleEq(0.08)));
  const auto even = ElementsAre(DoubleEq(0), DoubleEq(0.1), DoubleEq(0.2));
  EXPECT_THAT(TimesOf({"1.jpg", "2.jpg", "3.jpg"}), even);
  EXPECT_THAT(TimesOf({"1_100ms.jpg", "2_200ms.jpg", "3.jpg"}), even) << "one says nothing";
  EXPECT_THAT(TimesOf({"1_100ms.jpg", "2_100ms.jpg", "3_200ms.jpg"}), even) << "they do not rise";
  EXPECT_THAT(TimesOf({"1_100ms.jpg", "2_200ms.jpg", "3_999999999ms.jpg"}), even) << "longer than any film";
  EXPECT_THAT(TimesOf({"1_ms.jpg", "2_99999999999999999999ms.jpg", "3_-5ms.jpg"}), even) << "no numbers";
}

TEST(Archive, PackedTwiceIsRefused) {
  const auto once = Packed("ustar", "gzip", {{"a.png", Coded(".png", Plain(1))}});
  const auto twice = Packed("raw", "gzip", {{"a.tar.gz", once}});
  ExpectRefused(twice, "more than once");
  ExpectRefused(Packed("raw", "gzip", {{"a.txt", base::Bytes(2000, 'a')}}), "no TAR");
}

TEST(Archive, EncryptedIsRefusedByName) {
  auto zip = Packed("zip", "", {{"a.png", Coded(".png", Plain(1))}});
  zip[6] |= 1;  // the general purpose flag, in the local header and in the directory
  const std::uint8_t directory[4] = {'P', 'K', 1, 2};
  const auto central = std::search(zip.begin(), zip.end(), directory, directory + 4);
  central[8] |= 1;
  ExpectRefused(zip, "encrypted");
}

TEST(Archive, ManyTestPicturesFitOtherLimits) {
  std::vector<Item> items;
  for (int i = 0; i < 10'000; ++i) items.push_back({"p" + std::to_string(i), base::Bytes(10, 7)});
  const auto entries = ReadArchive(Packed("ustar", "", items), {10'000, 1u << 20});
  ASSERT_TRUE(entries) << entries.error().message;
  ASSERT_EQ(entries->size(), 10'000u);
  EXPECT_EQ((*entries)[9'999].name, "p9999");
  EXPECT_EQ((*entries)[2].name, "p2");
}

TEST(NaturalOrder, CountsDigitsAsNumbers) {
  EXPECT_TRUE(NaturallyBefore("a2", "a10"));
  EXPECT_TRUE(NaturallyBefore("a02", "a10"));
  EXPECT_TRUE(NaturallyBefore("a", "a1"));
  EXPECT_TRUE(NaturallyBefore("a1b2", "a1b10"));
  EXPECT_TRUE(NaturallyBefore("99999999999999999999998", "99999999999999999999999"));
  EXPECT_FALSE(NaturallyBefore("a10", "a2"));
  EXPECT_FALSE(NaturallyBefore("a", "a"));
  EXPECT_NE(NaturallyBefore("a01", "a1"), NaturallyBefore("a1", "a01"));
}

}  // namespace
}  // namespace ozma::media
