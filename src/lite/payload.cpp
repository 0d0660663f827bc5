#include "lite/payload.hpp"

#include <algorithm>
#include <cctype>

namespace ozma::lite {
namespace {

using base::Fail;
using base::Fault;
using base::Result;
namespace json = base::json;

base::Error Wrong(std::string_view key, std::string_view must) {
  return Fail(Fault::kInvalidRequest,
              "The payload's `" + std::string(key) + "` must be " + std::string(must) + ".");
}

// The member of that name; nullptr where it is absent or null.
const json::value* Member(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value && !value->is_null() ? value : nullptr;
}

Result<void> ReadObject(const json::object& from, std::string_view key, json::object& into) {
  const json::value* value = Member(from, key);
  if (!value) return {};
  if (!value->is_object()) return Wrong(key, "an object");
  into = value->get_object();
  return {};
}

Result<void> ReadFraction(const json::object& from, std::string_view key, double& into) {
  const json::value* value = Member(from, key);
  if (!value) return {};
  constexpr std::string_view kMust = "a number from 0 to 1";
  if (!value->is_number()) return Wrong(key, kMust);
  const double number = value->to_number<double>();
  if (!(number >= 0 && number <= 1)) return Wrong(key, kMust);
  into = number;
  return {};
}

Result<void> ReadBool(const json::object& from, std::string_view key, bool& into) {
  const json::value* value = Member(from, key);
  if (!value) return {};
  if (!value->is_bool()) return Wrong(key, "true or false");
  into = value->get_bool();
  return {};
}

Result<void> ReadTags(const json::object& root, Payload& payload) {
  json::object all;
  if (auto read = ReadObject(root, "media:tags", all); !read) return read.error();
  for (const auto& [key, value] : all) {
    if (value.is_null()) continue;
    const std::string path = "media:tags." + std::string(key);
    if (!value.is_array()) return Wrong(path, "an array of strings");
    auto& tags = payload.media[std::string(key)].tags;
    for (const json::value& tag : value.get_array()) {
      if (!tag.is_string()) return Wrong(path, "an array of strings");
      tags.emplace_back(tag.get_string());
    }
  }
  return {};
}

Result<void> ReadMediaMetaData(const json::object& root, Payload& payload) {
  json::object all;
  if (auto read = ReadObject(root, "media:meta_data", all); !read) return read.error();
  for (const auto& [key, value] : all) {
    if (value.is_null()) continue;
    if (!value.is_object()) return Wrong("media:meta_data." + std::string(key), "an object");
    payload.media[std::string(key)].meta_data = value.get_object();
  }
  return {};
}

bool IsQuality(std::string_view type) {
  return std::ranges::equal(type, std::string_view("quality"),
                            [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; });
}

Result<AnalysisRequest> ReadAnalysis(const json::value& value) {
  if (!value.is_object()) return Wrong("analyses", "an array of objects");
  const json::object& object = value.get_object();
  const json::value* type = Member(object, "type");
  if (!type || !type->is_string() || !IsQuality(type->get_string())) {
    return Wrong("analyses.type", "\"quality\", the one analysis of this API");
  }
  AnalysisRequest analysis;
  json::object params;
  if (auto read = ReadObject(object, "meta_data", analysis.meta_data); !read) return read.error();
  if (auto read = ReadObject(object, "params", params); !read) return read.error();
  if (auto read = ReadFraction(params, "threshold_spoofing", analysis.threshold_spoofing); !read)
    return read.error();
  if (auto read = ReadFraction(params, "threshold_replay", analysis.threshold_replay); !read)
    return read.error();
  if (auto read = ReadFraction(params, "threshold_liveness", analysis.threshold_liveness); !read)
    return read.error();
  if (auto read = ReadBool(params, "extract_best_shot", analysis.extract_best_shot); !read)
    return read.error();
  return analysis;
}

Result<void> ReadAnalyses(const json::object& root, const PayloadLimits& limits, Payload& payload) {
  const json::value* value = Member(root, "analyses");
  if (!value) return {};
  if (!value->is_array() || value->get_array().empty())
    return Wrong("analyses", "an array of at least one object");
  const json::array& all = value->get_array();
  if (all.size() > limits.analyses) {
    return Fail(Fault::kTooLarge, "The payload asks for " + std::to_string(all.size()) +
                                      " analyses; at most " + std::to_string(limits.analyses) +
                                      " are allowed.");
  }
  payload.analyses.clear();
  for (const json::value& one : all) {
    auto analysis = ReadAnalysis(one);
    if (!analysis) return analysis.error();
    payload.analyses.push_back(std::move(*analysis));
  }
  return {};
}

// Written out, numbers can be sixty times longer than they came (1e308): what is echoed is bounded as it
// leaves.
std::size_t EchoedBytes(const Payload& payload) {
  std::size_t bytes = base::WriteJson(payload.folder_meta_data).size();
  for (const auto& [key, media] : payload.media) bytes += base::WriteJson(media.meta_data).size();
  for (const auto& analysis : payload.analyses) bytes += base::WriteJson(analysis.meta_data).size();
  return bytes;
}

base::Error TooLong(const PayloadLimits& limits) {
  return Fail(Fault::kTooLarge, "The payload is longer than " + std::to_string(limits.bytes) + " bytes.");
}

}  // namespace

Result<Payload> ParsePayload(std::string_view text, const PayloadLimits& limits) {
  if (text.size() > limits.bytes) return TooLong(limits);
  const auto document = base::ReadJson(text);
  if (!document)
    return Fail(Fault::kInvalidRequest, "The payload is unreadable. " + document.error().message);
  if (!document->is_object()) return Fail(Fault::kInvalidRequest, "The payload must be a JSON object.");
  const json::object& root = document->get_object();

  Payload payload;
  if (auto read = ReadObject(root, "folder:meta_data", payload.folder_meta_data); !read) return read.error();
  if (const json::value* endpoint = Member(root, "resolution_endpoint")) {
    if (!endpoint->is_string()) return Wrong("resolution_endpoint", "a string");
    payload.resolution_endpoint = std::string(endpoint->get_string());
  }
  if (auto read = ReadTags(root, payload); !read) return read.error();
  if (auto read = ReadMediaMetaData(root, payload); !read) return read.error();
  if (auto read = ReadAnalyses(root, limits, payload); !read) return read.error();
  if (EchoedBytes(payload) > limits.bytes) return TooLong(limits);
  return payload;
}

}  // namespace ozma::lite
