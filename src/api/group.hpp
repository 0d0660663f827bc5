// From what a client asks to be analysed to the rows of a group.
#pragma once

#include "analysis/job.hpp"
#include "api/upload.hpp"

namespace ozma::api {

// An analysis as it will run, all but its media.
struct Plan {
  analysis::Type type = analysis::Type::kQuality;
  analysis::Parameters parameters;
  std::vector<std::string> source_media;  // empty: by the rules on tags
  json::object meta_data;
};

// `company`: the settings of the folder's company, laid over the server's defaults. kForbidden where `user`
// (nullptr: nobody in particular) may not start such an analysis; kUnsupported for those there are not yet;
// what ParseParameters finds wrong.
base::Result<std::vector<Plan>> MakePlans(const Settings& settings, const json::object& company,
                                          const store::User* user,
                                          const std::vector<AnalysisRequest>& requests);

// Those of a COLLECTION analysis: the server's, then the company's.
analysis::Parameters SearchDefaults(const Settings& settings, const json::object& company);

// That every plan that searches has something to search: collections that `user` may read and that the
// folder's company may ask, or at least one collection of that company where it names none. kNotFound,
// kInvalidValue.
base::Result<void> CheckCollections(store::Transaction& in, const store::User& user,
                                    const std::string& company_id, const std::vector<Plan>& plans);

// Sources that were named by their parts get the ids that their media have now. kNotFound.
base::Result<void> NameSources(std::vector<Plan>& plans, const std::vector<Upload>& uploads);

// One plan's media among the folder's, as indices in order. None is no error here: such an analysis ends
// FAILED. kNotFound: a source that is none of them; kInvalidValue: too many.
base::Result<std::vector<std::size_t>> ChooseMedia(const Plan& plan, const std::vector<store::Media>& media);

// The rows of one group, for store::StartGroup.
base::Result<std::vector<store::Analysis>> MakeGroup(const store::Folder& folder,
                                                     const std::vector<store::Media>& media,
                                                     const std::vector<Plan>& plans);

}  // namespace ozma::api
