// What a browser says of the images it uploads: the `payload` of a media request, and the signed facts in it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapter/fields.hpp"
#include "base/bytes.hpp"

namespace ozma::adapter {

constexpr std::size_t kMediaPayloadBytes = 512u << 10;
constexpr std::size_t kInfoBytes = 48u << 10;  // of additional_info; a medium's metadata takes 64 KiB

// One image: the part that holds it and the SHA-256 it must have.
struct Image {
  std::string part;
  std::string sha256;  // 64 hexadecimal digits, lower case
  double t_ms = 0;     // when it was taken; since any moment
};

struct MediaPayload {
  std::string upload_id, action;
  bool photo = false;         // one picture of a document, not frames
  std::vector<Image> frames;  // at least one; t_ms does not fall
  std::optional<Image> best, best_png;
  std::string additional_info;  // as sent, kInfoBytes at most
};

// kBadRequest names the field; kTooLarge: more frames than `most_frames`, or a longer text. Parts are named
// once among the frames; `best` may be one of them.
Outcome<MediaPayload> ParseMediaPayload(std::string_view text, std::size_t most_frames);

// The facts a browser signed. What it does not tell is empty.
struct Info {
  std::string session_id, action, best;
  std::vector<std::string> frames;  // SHA-256 in order
  std::string camera;               // the label of the one that was used
  std::vector<std::string> cameras;
  json::object settings, capabilities;  // of its track
  std::vector<double> intervals;        // ms between the frames that the camera gave
  std::vector<std::string> tampered;    // names of functions that are not the browser's own
  std::optional<bool> devtools, webdriver, framed;
  std::string origin, user_agent;
};

// "<base64url of JSON>.<base64url of HMAC-SHA256 by the nonce over the text before the dot>".
// kWrongNonce: no signature, or not by this nonce. kBadRequest: no such JSON.
Outcome<Info> OpenInfo(std::string_view sealed, base::ByteView nonce);

// As OpenInfo, of JSON whose signature was looked at. The fuzz target's entry.
Outcome<Info> ParseInfo(std::string_view text);

}  // namespace ozma::adapter
