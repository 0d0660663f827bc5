#include "api/payload.hpp"

#include <algorithm>

#include "api/limits.hpp"
#include "api/metadata.hpp"
#include "http/text.hpp"

namespace ozma::api {
namespace {

using base::Fail;
using base::Fault;

base::Error WrongType(const std::string& path, std::string_view expected) {
  return Fail(Fault::kInvalidType, "The field " + path + " must be " + std::string(expected) + ".");
}

base::Result<void> ReadTags(const json::object& document, FolderPayload& payload) {
  const auto all = ObjectField(document, "media:tags");
  if (!all) return all.error();
  if (!*all) return {};
  for (const auto& [key, value] : **all) {
    if (value.is_null()) continue;
    auto tags = ParseTags(value, "media:tags." + std::string(key));
    if (!tags) return tags.error();
    payload.media[std::string(key)].tags = std::move(*tags);
  }
  return {};
}

base::Result<void> ReadMediaMetadata(const json::object& document, FolderPayload& payload) {
  const auto all = ObjectField(document, "media:meta_data");
  if (!all) return all.error();
  if (!*all) return {};
  for (const auto& [key, value] : **all) {
    const std::string path = "media:meta_data." + std::string(key);
    if (value.is_null()) continue;
    if (!value.is_object()) return WrongType(path, "an object");
    if (auto sound = CheckMetadata(value.get_object(), path); !sound) return sound.error();
    payload.media[std::string(key)].meta_data = value.get_object();
  }
  return {};
}

base::Result<std::string_view> TextOf(const http::Request& request) {
  if (!request.multipart) return base::AsText(request.body);
  std::string_view text;
  bool found = false;
  for (const http::Part& part : request.parts) {
    if (part.name != "payload") continue;
    if (std::exchange(found, true))
      return Fail(Fault::kInvalidRequest, "There are several parts named payload; send one.");
    text = base::AsText(part.data);
  }
  return text;
}

}  // namespace

base::Result<FolderPayload> PayloadOf(const http::Request& request) {
  const auto text = TextOf(request);
  if (!text) return text.error();
  if (text->size() > kPayloadBytes)
    return Fail(Fault::kTooLarge, "The payload is longer than " + std::to_string(kPayloadBytes) + " bytes.");
  const auto document = ParseObject(*text);
  if (!document) return document.error();
  return ParsePayload(*document);
}

base::Result<FolderPayload> ParsePayload(const json::object& document) {
  FolderPayload payload;
  auto metadata = MetadataField(document, "folder:meta_data");
  if (!metadata) return metadata.error();
  payload.meta_data = std::move(*metadata).value_or(json::object());
  auto person = MetadataField(document, "person:meta_data");
  if (!person) return person.error();
  payload.person_meta_data = std::move(*person).value_or(json::object());
  const auto endpoint = TextField(document, "resolution_endpoint");
  if (!endpoint) return endpoint.error();
  if (*endpoint && !http::Trim(**endpoint).empty()) {
    auto url = NormalEndpoint(**endpoint);
    if (!url) return url.error();
    payload.resolution_endpoint = std::move(*url);
  }
  if (auto read = ReadTags(document, payload); !read) return read.error();
  if (auto read = ReadMediaMetadata(document, payload); !read) return read.error();
  auto analyses = ParseAnalyses(document);
  if (!analyses) return analyses.error();
  payload.analyses = std::move(*analyses);
  return payload;
}

base::Result<std::vector<std::string>> ParseTags(const json::value& value, const std::string& path) {
  if (!value.is_array()) return WrongType(path, "a list of texts");
  std::vector<std::string> tags;
  for (const json::value& item : value.get_array()) {
    if (!item.is_string()) return WrongType(path, "a list of texts");
    std::string tag(item.get_string());
    if (tag.empty() || CharactersOf(tag) > kTagCharacters)
      return Fail(Fault::kInvalidValue,
                  path + ": a tag has 1 to " + std::to_string(kTagCharacters) + " characters.");
    if (std::ranges::find(tags, tag) != tags.end()) continue;
    if (tags.size() == kTags)
      return Fail(Fault::kInvalidValue, path + " holds more than " + std::to_string(kTags) + " tags.");
    tags.push_back(std::move(tag));
  }
  return tags;
}

base::Result<std::string> NormalEndpoint(std::string_view url) {
  std::string normal(http::Trim(url));
  if (normal.find("://") == std::string::npos) normal.insert(0, "https://");
  const auto scheme = http::LowerCase(normal.substr(0, normal.find("://")));
  const auto host = std::string_view(normal).substr(scheme.size() + 3);
  // A user name in it would be a secret that every reader of the folder sees.
  const bool credentials = host.substr(0, host.find_first_of("/?#")).find('@') != std::string_view::npos;
  const bool printable = std::ranges::all_of(normal, [](char c) { return c > ' ' && c < 0x7F; });
  if ((scheme != "http" && scheme != "https") || host.empty() || host.find_first_of("/?#") == 0 ||
      credentials || !printable || normal.size() > kUrlCharacters) {
    return Fail(Fault::kInvalidValue,
                "resolution_endpoint must be an http or https URL without a user name, of at most " +
                    std::to_string(kUrlCharacters) + " characters.");
  }
  return normal;
}

}  // namespace ozma::api
