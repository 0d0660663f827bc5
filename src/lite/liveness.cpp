#include "lite/liveness.hpp"

#include <algorithm>
#include <set>

#include "analysis/action.hpp"
#include "analysis/tags.hpp"
#include "base/json.hpp"
#include "lite/answer.hpp"
#include "lite/folder_json.hpp"
#include "lite/health.hpp"

namespace ozma::lite {
namespace {

using base::Fail;
using base::Fault;
using base::Result;
namespace json = base::json;

constexpr std::string_view kPayload = "payload";

Result<Payload> PayloadOf(const Form& form, const PayloadLimits& limits) {
  const auto part = form.One(kPayload);
  if (!part) return part.error();
  if (!*part) return Payload();
  const auto text = form.Json(**part);
  if (!text) return text.error();
  return ParsePayload(base::AsText(text->bytes), limits);
}

// Every part but the payload, of names that occur once: tags and metadata are found by them.
Result<std::vector<const http::Part*>> MediaOf(const http::Request& request, std::size_t limit) {
  std::vector<const http::Part*> media;
  std::set<std::string_view> names;
  for (const auto& part : request.parts) {
    if (part.name == kPayload) continue;
    if (!names.insert(part.name).second) {
      return Fail(Fault::kInvalidRequest, "Two media parts have the same name; give each its own.");
    }
    media.push_back(&part);
  }
  if (media.empty()) return Fail(Fault::kSampleUnreadable, "The request holds no media part.");
  if (media.size() > limit) {
    return Fail(Fault::kSampleUnreadable, "The request holds " + std::to_string(media.size()) +
                                              " files; at most " + std::to_string(limit) + " are allowed.");
  }
  return media;
}

// What all analyses ask of a medium at once, so that each medium is looked at once however many there are.
analysis::QualityParameters ParametersFor(const std::vector<AnalysisRequest>& analyses) {
  analysis::QualityParameters parameters;
  parameters.extract_best_shot = std::ranges::any_of(analyses, &AnalysisRequest::extract_best_shot);
  return parameters;
}

Result<BestShot> Encoded(const cv::Mat& frame) {
  auto jpeg = media::EncodeJpeg(frame);
  if (!jpeg) return jpeg.error();
  return BestShot{std::move(*jpeg), frame.cols, frame.rows};
}

class Liveness {
 public:
  explicit Liveness(std::shared_ptr<const Samples> samples) : samples_(std::move(samples)) {}

  Answer Detect(const http::Request& request) const {
    return request.multipart ? DetectFolder(request) : DetectImage(request);
  }

 private:
  Answer DetectImage(const http::Request& request) const {
    const auto input = ImageBody(request);
    if (!input) return input.error();
    const auto medium = samples_->DecodeImage(*input, request.deadline);
    if (!medium) return medium.error();
    analysis::QualityParameters parameters;
    parameters.extract_best_shot = false;
    const auto quality = samples_->analyst().Quality(*medium, parameters);
    if (!quality) return About(*input, quality.error());
    json::object body;
    body["passed"] = quality->resolution == analysis::Resolution::kSuccess;
    body["score"] = quality->confidence_spoofing;
    return http::JsonResponse(base::WriteJson(body));
  }

  Answer DetectFolder(const http::Request& request) const {
    const auto form = Form::Of(request);
    if (!form) return form.error();
    auto payload = PayloadOf(*form, samples_->options().payload);
    if (!payload) return payload.error();
    const auto parts = MediaOf(request, samples_->options().files);
    if (!parts) return parts.error();

    Folder folder;
    folder.folder_id = base::NewUuid();
    folder.time_created = base::UnixSeconds();
    folder.payload = std::move(*payload);
    for (const http::Part* part :
         *parts) {  // one after another: one request has one medium's frames in memory
      auto medium = Judge(*form, *part, folder.payload, request.deadline);
      if (!medium) return medium.error();
      folder.media.push_back(std::move(*medium));
    }
    for (const AnalysisRequest& wanted : folder.payload.analyses) {
      folder.analyses.push_back(Conclude(wanted, folder));
    }
    folder.time_updated = base::UnixSeconds();
    return http::JsonResponse(base::WriteJson(ToJson(folder)));
  }

  // Decodes a medium and, where its tags let an analysis take it, scores it.
  Result<Medium> Judge(const Form& form, const http::Part& part, const Payload& payload,
                       const base::Deadline& deadline) const {
    const auto input = form.Media(part);
    if (!input) return input.error();
    Medium medium;
    if (const auto found = payload.media.find(part.name); found != payload.media.end()) {
      medium.request = found->second;
    }
    const auto decoded = samples_->Decode(*input, deadline, analysis::PaceFor(medium.request.tags));
    if (!decoded) return decoded.error();
    medium.media_id = base::NewUuid();
    medium.original_name = part.filename.value_or(part.name);
    medium.type = decoded->type;
    medium.info = decoded->info;
    medium.time_created = base::UnixSeconds();
    if (!analysis::QualityTakes(medium.request.tags)) return medium;
    if (deadline.Passed()) return Fail(Fault::kTimedOut, input->label + " could not be analysed in time.");
    auto parameters = ParametersFor(payload.analyses);
    parameters.tags = medium.request.tags;
    const auto quality = samples_->analyst().Quality(*decoded, parameters);
    if (!quality) return About(*input, quality.error());
    medium.confidence = quality->confidence_spoofing;
    medium.gestures = quality->gestures;
    medium.injection = quality->injection;
    if (!quality->best_shot) return medium;
    auto shot = Encoded(*quality->best_shot);
    if (!shot) return shot.error();
    medium.best_shot = std::move(*shot);
    return medium;
  }

  // The worst of its media decides; without any, the analysis failed.
  static Analysis Conclude(const AnalysisRequest& wanted, const Folder& folder) {
    Analysis concluded;
    concluded.request = wanted;
    concluded.time_created = folder.time_created;
    std::vector<analysis::Resolution> resolutions;
    for (const Medium& medium : folder.media) {
      if (!medium.confidence) continue;
      concluded.media.push_back(&medium);
      resolutions.push_back(analysis::OfSpoofing(*medium.confidence, wanted.threshold_spoofing));
    }
    if (!resolutions.empty()) concluded.resolution = analysis::WorstOf(resolutions);
    return concluded;
  }

  std::shared_ptr<const Samples> samples_;
};

}  // namespace

void AddLivenessRoutes(http::Router& router, const std::shared_ptr<const Samples>& samples) {
  const auto liveness = std::make_shared<const Liveness>(samples);
  router.Add({.method = "POST",
              .pattern = "/v1/face/liveness/detect",
              .dialect = http::Dialect::kLiteLiveness,
              .handler = InDialect(http::Dialect::kLiteLiveness, [liveness](const http::Request& request) {
                return liveness->Detect(request);
              })});
  const auto health = std::make_shared<Health>([samples] { return samples->analyst().CheckLiveness(); },
                                               samples->options().health_age);
  router.Add({.method = "GET",
              .pattern = "/v1/face/liveness/health",
              .dialect = http::Dialect::kLiteLiveness,
              .handler = [health](const http::Request&) { return health->Report(); }});
}

}  // namespace ozma::lite
