// Decoding in this very process, with what came of it at hand.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "media/decode.hpp"
#include "media/files.hpp"

namespace ozma::media::testing {

inline base::Result<Media> Read(base::ByteView bytes, const Limits& limits = {}) {
  std::vector<Frame> frames;
  const auto decoded =
      DecodeBytes(bytes, limits, [&](const cv::Mat& bgr, double seconds) -> base::Result<void> {
        frames.push_back({bgr.clone(), seconds});
        return {};
      });
  if (!decoded) return decoded.error();
  return Media{decoded->type, decoded->info, std::move(frames)};
}

// Refused as unreadable, with a message that says what `about` does.
inline void ExpectRefused(const base::Result<Media>& media, const std::string& about) {
  ASSERT_FALSE(media) << "was read, though it should be refused: " << about;
  EXPECT_EQ(media.error().fault, base::Fault::kSampleUnreadable);
  EXPECT_THAT(media.error().message, ::testing::HasSubstr(about));
}
inline void ExpectRefused(base::ByteView bytes, const std::string& about, const Limits& limits = {}) {
  ExpectRefused(Read(bytes, limits), about);
}

}  // namespace ozma::media::testing
