#include "api/instant.hpp"

#include <algorithm>

#include "analysis/action.hpp"
#include "api/group.hpp"
#include "api/render.hpp"
#include "store/accounts.hpp"

namespace ozma::api {
namespace {

using base::Fail;
using base::Fault;

// Decoded frames are kept for the analyses up to this much in all; larger media are decoded again.
constexpr std::size_t kKeptBytes = 64u << 20;

// The media of a request while it lasts.
struct Sample {
  Upload upload;
  std::optional<media::Media> decoded;
};

std::size_t BytesOf(const media::Media& decoded) {
  std::size_t bytes = 0;
  for (const media::Frame& frame : decoded.frames) bytes += frame.bgr.total() * frame.bgr.elemSize();
  return bytes;
}

base::Result<FolderPayload> ReadPayload(const Call& call) {
  auto payload = PayloadOf(call.request);
  if (!payload) return payload.error();
  if (payload->analyses.empty())
    return Fail(Fault::kInvalidRequest,
                "Could not locate field for key_path analyses from provided dict data");
  for (const AnalysisRequest& request : payload->analyses)
    if (request.type == store::AnalysisType::kCollection)
      return Fail(Fault::kInvalidValue, "Nothing is stored here that a COLLECTION analysis could search.");
  return payload;
}

base::Result<std::vector<Plan>> PlansOf(const Call& call, const FolderPayload& payload) {
  if (!call.context.settings.instant_needs_token)
    return MakePlans(call.context.settings, {}, nullptr, payload.analyses);
  const auto company =
      call.context.database->Read([&](store::Transaction& in) -> base::Result<std::optional<store::Company>> {
        return store::FindCompany(in, call.user().company_id);
      });
  if (!company) return company.error();
  return MakePlans(call.context.settings, *company ? (*company)->settings : json::object(), &call.user(),
                   payload.analyses);
}

media::Pace PaceOf(const http::Part& part, const FolderPayload& payload) {
  const auto said = payload.media.find(part.name);
  return said == payload.media.end() ? media::Pace::kUsual : analysis::PaceFor(said->second.tags);
}

base::Result<std::vector<Sample>> ReadSamples(const Call& call, const FolderPayload& payload) {
  const auto parts = MediaParts(call.request, call.context.settings);
  if (!parts) return parts.error();
  if (parts->empty()) return Fail(Fault::kInvalidRequest, "The request holds no media.");
  std::vector<Sample> samples;
  std::size_t kept = 0;
  for (const http::Part* part : *parts) {
    auto decoded = DecodePart(call, *part, PaceOf(*part, payload));
    if (!decoded) return decoded.error();
    Sample sample;
    sample.upload = {part, Describe(*part, *decoded, payload), {}};
    const std::size_t bytes = BytesOf(*decoded);
    if (kept + bytes <= kKeptBytes) {
      kept += bytes;
      sample.decoded = std::move(*decoded);
    }
    samples.push_back(std::move(sample));
  }
  return samples;
}

store::ResultMedia ResultOf(const analysis::MediumResult& from, const store::Analysis& analysis) {
  store::ResultMedia result;
  result.media_association_id = base::NewUuid();
  result.analysis_id = analysis.analysis_id;
  result.source_media_id = analysis.source_media.at(from.medium);
  result.results_data = from.results_data;
  for (const analysis::Picture& picture : from.pictures) {
    store::Media image;
    image.media_id = base::NewUuid();
    image.folder_id = analysis.folder_id;
    image.media_type = "IMAGE_RESULT_ANALYSIS_SINGLE";
    image.original_name = picture.name;
    image.mime = "image/jpeg";
    image.tags = picture.tags;
    image.info = PictureInfo(picture.jpeg, picture.width, picture.height);
    image.media_association_id = result.media_association_id;
    image.time = analysis.time;
    result.output_images.push_back(std::move(image));
  }
  return result;
}

void Conclude(const analysis::Outcome& outcome, store::Analysis& analysis) {
  const bool failed = outcome.resolution == analysis::Resolution::kFailed;
  analysis.state = failed ? "FAILED" : "FINISHED";
  analysis.resolution_status = analysis.system_resolution = analysis::NameOf(outcome.resolution);
  analysis.results_data = outcome.results_data;
  if (outcome.error_code != 0) analysis.error_code = outcome.error_code;
  if (!outcome.error_message.empty()) analysis.error_message = outcome.error_message;
  analysis.time_finished = analysis.time.updated = base::UnixSeconds();
  for (const auto& medium : outcome.media) analysis.results_media.push_back(ResultOf(medium, analysis));
}

// Pictures have no link here: they are in the answer itself.
void AddPictures(const analysis::Outcome& outcome, json::object& rendered) {
  auto result = rendered["results_media"].get_array().begin();
  for (const auto& medium : outcome.media) {
    auto image = (result++)->get_object()["output_images"].get_array().begin();
    for (const auto& picture : medium.pictures)
      (image++)->get_object()["image_b64"] = base::EncodeBase64(picture.jpeg);
  }
}

base::Result<analysis::Outcome> Run(const Call& call, const Plan& plan, const store::Analysis& analysis,
                                    const std::vector<Sample>& samples) {
  std::vector<const Sample*> chosen;
  std::vector<analysis::Source> sources;
  for (const std::string& id : analysis.source_media) {
    const auto found =
        std::ranges::find(samples, id, [](const Sample& sample) { return sample.upload.media.media_id; });
    chosen.push_back(&*found);
    sources.push_back({id, found->upload.media.tags});
  }
  return analysis::Run(*call.context.analyst, plan.type, plan.parameters, sources,
                       [&](std::size_t index) -> base::Result<media::Media> {
                         const Sample& sample = *chosen.at(index);
                         if (sample.decoded) return *sample.decoded;
                         return DecodePart(call, *sample.upload.part,
                                           analysis::PaceFor(sample.upload.media.tags));
                       });
}

store::Folder NewFolder(const FolderPayload& payload) {
  store::Folder folder;
  folder.folder_id = base::NewUuid();
  folder.resolution_endpoint = payload.resolution_endpoint;
  folder.meta_data = payload.meta_data;
  folder.time.created = base::UnixSeconds();
  return folder;
}

Answer Analyse(const Call& call) {
  const auto payload = ReadPayload(call);
  if (!payload) return payload.error();
  auto plans = PlansOf(call, *payload);
  if (!plans) return plans.error();
  store::Folder folder = NewFolder(*payload);
  auto samples = ReadSamples(call, *payload);
  if (!samples) return samples.error();

  std::vector<Upload> uploads;
  std::vector<store::Media> media;
  for (Sample& sample : *samples) {
    sample.upload.media.folder_id = folder.folder_id;
    uploads.push_back(sample.upload);
    media.push_back(sample.upload.media);
  }
  if (auto named = NameSources(*plans, uploads); !named) return named.error();
  auto group = MakeGroup(folder, media, *plans);
  if (!group) return group.error();

  json::array analyses;
  std::vector<analysis::Resolution> resolutions;
  for (std::size_t i = 0; i < group->size(); ++i) {
    if (call.request.deadline.Passed())
      return Fail(Fault::kTimedOut, "The analyses could not be done in time.");
    store::Analysis& analysis = (*group)[i];
    const auto outcome = Run(call, (*plans)[i], analysis, *samples);
    if (!outcome) return outcome.error();
    Conclude(*outcome, analysis);
    json::object rendered = Render(analysis, media, call.base_url);
    AddPictures(*outcome, rendered);
    analyses.push_back(std::move(rendered));
    resolutions.push_back(outcome->resolution);
  }

  const bool failed = std::ranges::find(resolutions, analysis::Resolution::kFailed) != resolutions.end();
  folder.resolution_status = failed ? "FAILED" : "FINISHED";
  folder.system_resolution = analysis::NameOf(analysis::WorstOf(resolutions));
  folder.time.updated = base::UnixSeconds();
  json::object body = Render(folder);
  body["is_cleared"] = nullptr;  // there is nothing to clear
  body["media"] = RenderMedia(media, call.base_url);
  body["analyses"] = std::move(analyses);
  return Ok(body);
}

}  // namespace

void AddInstant(http::Router& router, const std::shared_ptr<const Context>& context) {
  const auto add = context->settings.instant_needs_token ? AddCall : AddOpenCall;
  add(router, context, "POST", "/api/instant/folders", Analyse, Pool::kWorkers);
}

}  // namespace ozma::api
