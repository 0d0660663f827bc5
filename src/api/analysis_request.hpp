// What a client asks to be analysed: the entries of `analyses`.
#pragma once

#include "api/call.hpp"
#include "store/objects.hpp"

namespace ozma::api {

struct AnalysisRequest {
  store::AnalysisType type = store::AnalysisType::kQuality;
  // Ids of media of the folder; where the media come in the same request, names of their parts. Empty: those
  // that the rules on tags choose.
  std::vector<std::string> source_media;
  json::object params;  // read by MakePlans
  json::object meta_data;
};

// `analyses` of a body; none where it is absent, null or empty. kInvalidType, kInvalidRequest, kInvalidValue,
// with the path of the field.
base::Result<std::vector<AnalysisRequest>> ParseAnalyses(const json::object& body);

}  // namespace ozma::api
