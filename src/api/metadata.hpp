// Metadata: JSON objects that clients hang on folders, media, analyses, collections, persons and users.
#pragma once

#include "api/call.hpp"

namespace ozma::api {

// kInvalidValue where it is larger or deeper than limits.hpp allows; `key` is for the message.
base::Result<void> CheckMetadata(const json::object& metadata, std::string_view key);

// `key` of the body as metadata within its limits; none where it is absent or null. kInvalidType.
base::Result<std::optional<json::object>> MetadataField(const json::object& body, std::string_view key);

// `patch` laid over `metadata` by RFC 7396: objects merge, null deletes a key, all else replaces. The result
// is within the limits, or kInvalidValue. Null counts as {}.
base::Result<json::object> MergeMetadata(const json::value& metadata, const json::object& patch);

// .../meta_data of folders, media, analyses, collections, persons and users: GET, POST (replaces), PATCH
// (merges), DELETE.
void AddMetadataRoutes(http::Router& router, const std::shared_ptr<const Context>& context);

}  // namespace ozma::api
