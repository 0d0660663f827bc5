// Archives of frames as they are written, read back by the reader that the API uses.
#include <gtest/gtest.h>

#include "media/archive.hpp"
#include "media/media.hpp"

namespace ozma::media {
namespace {

TEST(WriteZip, IsReadBackInOrder) {
  std::vector<ArchiveEntry> entries;
  for (int i = 0; i < 12; ++i)
    entries.push_back({std::to_string(i) + ".jpg",
                       base::Bytes(static_cast<std::size_t>(i * 1000), static_cast<std::uint8_t>(i))});
  const auto zip = WriteZip(entries);
  ASSERT_TRUE(zip);
  EXPECT_EQ(Sniff(*zip)->mime, "application/zip");
  const auto read = ReadArchive(*zip, {});
  ASSERT_TRUE(read);
  ASSERT_EQ(read->size(), entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    EXPECT_EQ((*read)[i].name, entries[i].name);
    EXPECT_EQ((*read)[i].bytes, entries[i].bytes);
  }
  EXPECT_EQ(*WriteZip(entries), *zip) << "the same files make the same bytes";
}

TEST(WriteZip, OfNothingIsEmpty) {
  const auto zip = WriteZip({});
  ASSERT_TRUE(zip);
  const auto read = ReadArchive(*zip, {});
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->empty());
}

}  // namespace
}  // namespace ozma::media
