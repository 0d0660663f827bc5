// The folder payload: the JSON document beside the media of an upload.
#pragma once

#include <map>

#include "api/analysis_request.hpp"

namespace ozma::api {

struct MediaRequest {
  std::vector<std::string> tags;
  json::object meta_data;
};

struct FolderPayload {
  json::object meta_data;                                  // `folder:meta_data`
  json::object person_meta_data;                           // `person:meta_data`
  std::map<std::string, MediaRequest, std::less<>> media;  // by the name of the part; may name none there is
  std::optional<std::string> resolution_endpoint;          // as NormalEndpoint makes it
  std::vector<AnalysisRequest> analyses;
};

// The part `payload` of a multipart request, or the body of any other; blank where there is none. Unknown
// keys are passed over. kTooLarge, kInvalidRequest, kInvalidType, kInvalidValue, with the path of the field.
base::Result<FolderPayload> PayloadOf(const http::Request& request);
base::Result<FolderPayload> ParsePayload(const json::object& document);

// A list of tags within limits.hpp; those given twice count once. `path` is for messages.
base::Result<std::vector<std::string>> ParseTags(const json::value& value, const std::string& path);

// An http or https URL of limited length; "https://" is put before one without a scheme. kInvalidValue.
base::Result<std::string> NormalEndpoint(std::string_view url);

}  // namespace ozma::api
