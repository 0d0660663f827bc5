// Bounds on what clients may have stored. Beyond one: kInvalidValue, or kTooLarge where it says so.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace ozma::api {

constexpr std::size_t kPayloadBytes = 1u << 20;  // of a folder payload; kTooLarge
constexpr std::size_t kMetadataBytes = 64u << 10;
constexpr int kMetadataDepth = 16;
constexpr std::size_t kTags = 64;             // of a medium
constexpr std::size_t kTagCharacters = 128;   // of one tag
constexpr std::size_t kNameCharacters = 255;  // of a file; a longer name is cut
constexpr std::size_t kUrlCharacters = 2048;
constexpr std::size_t kCommentCharacters = 4096;
constexpr std::size_t kGroupAnalyses = 20;     // started by one request
constexpr std::size_t kAnalysisSources = 100;  // media of one analysis
constexpr std::size_t kSnapshots = 100;        // stills of one video
constexpr std::size_t kPersonPhotos = 100;     // of one person
constexpr int kThumbnailSide = 320;            // pixels, the longer one

// How many characters a UTF-8 text has.
inline std::size_t CharactersOf(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace ozma::api
