#include "lite/pattern.hpp"

#include <array>

#include "base/json.hpp"
#include "http/multipart.hpp"
#include "lite/answer.hpp"
#include "lite/health.hpp"

namespace ozma::lite {
namespace {

using base::Fail;
using base::Fault;
using base::Result;
using gallery::Template;
namespace json = base::json;

constexpr char kOctetStream[] = "application/octet-stream";

// The bytes of a template as the client asked for them.
std::string Written(const Template& written, Encoding encoding) {
  const base::Bytes bytes = written.Encode();
  return encoding == Encoding::kBase64 ? base::EncodeBase64(bytes) : std::string(base::AsText(bytes));
}

json::object ToJson(const analysis::Comparison& comparison) {
  json::object object;
  object["score"] = comparison.score;
  object["decision"] = gallery::NameOf(comparison.decision);
  return object;
}

// One of `templates_n` or `samples_n`, and how it compares.
json::object ToJson(const http::Part& part, const analysis::Comparison& comparison) {
  json::object object;
  object["filename"] = nullptr;
  if (part.filename) object["filename"] = *part.filename;
  for (auto& member : ToJson(comparison)) object.insert(std::move(member));
  return object;
}

http::Response Results(json::array results) {
  json::object body;
  body["results"] = std::move(results);
  return http::JsonResponse(base::WriteJson(body));
}

// The answer of `verify`: one part for the score and one for the template of the sample.
http::Response ScoreAndFeature(double score, const Template& feature, Encoding encoding) {
  http::Part score_part{
      .name = "score", .filename = {}, .headers = {{"Content-Type", "application/json"}}, .data = {}};
  const std::string score_text = base::WriteJson(json::object{{"score", score}});
  score_part.data.assign(score_text.begin(), score_text.end());
  http::Part feature_part{.name = "bio_feature",
                          .filename = "bio_feature",
                          .headers = {{"Content-Type", kOctetStream}},
                          .data = {}};
  if (encoding == Encoding::kBase64) feature_part.headers.emplace("Content-Transfer-Encoding", "base64");
  const std::string feature_text = Written(feature, encoding);
  feature_part.data.assign(feature_text.begin(), feature_text.end());

  const std::string boundary = http::NewBoundary();
  const std::array parts{std::move(score_part), std::move(feature_part)};
  http::Response response;
  response.content_type = "multipart/form-data; boundary=" + boundary;
  response.body = http::WriteMultipart(parts, boundary);
  return response;
}

// Plain handlers over what they share.
class Pattern {
 public:
  explicit Pattern(std::shared_ptr<const Samples> samples) : samples_(std::move(samples)) {}

  Answer Extract(const http::Request& request) const {
    const auto image = ImageBody(request);
    if (!image) return image.error();
    const auto extracted = samples_->Extract(*image, request.deadline);
    if (!extracted) return extracted.error();
    const auto encoding = EncodingOf(request);
    http::Response response;
    response.content_type = kOctetStream;
    response.body = Written(*extracted, *encoding);
    if (*encoding == Encoding::kBase64) response.headers.emplace("Content-Transfer-Encoding", "base64");
    return response;
  }

  Answer Compare(const http::Request& request) const {
    const auto form = Form::Of(request);
    if (!form) return form.error();
    const auto feature = TemplateIn(*form, "bio_feature");
    if (!feature) return feature.error();
    const auto stored = TemplateIn(*form, "bio_template");
    if (!stored) return stored.error();
    return http::JsonResponse(base::WriteJson(ToJson(Score(*feature, *stored))));
  }

  Answer Verify(const http::Request& request) const {
    const auto form = Form::Of(request);
    if (!form) return form.error();
    const auto stored = TemplateIn(*form, "bio_template");  // before the sample: it costs nothing to refuse
    if (!stored) return stored.error();
    const auto feature = SampleIn(*form, "sample", request.deadline);
    if (!feature) return feature.error();
    return ScoreAndFeature(Score(*feature, *stored).score, *feature, form->encoding());
  }

  Answer ExtractAndCompare(const http::Request& request) const {
    const auto form = Form::Of(request);
    if (!form) return form.error();
    const auto first = SampleIn(*form, "sample_1", request.deadline);
    if (!first) return first.error();
    const auto second = SampleIn(*form, "sample_2", request.deadline);
    if (!second) return second.error();
    return http::JsonResponse(base::WriteJson(ToJson(Score(*first, *second))));
  }

  Answer CompareN(const http::Request& request) const {
    const auto form = Form::Of(request);
    if (!form) return form.error();
    const auto probe = TemplateIn(*form, "template_1");
    if (!probe) return probe.error();
    return AgainstTemplates(*form, *probe);
  }

  Answer VerifyN(const http::Request& request) const {
    const auto form = Form::Of(request);
    if (!form) return form.error();
    const auto probe = SampleIn(*form, "sample_1", request.deadline);
    if (!probe) return probe.error();
    return AgainstTemplates(*form, *probe);
  }

  Answer ExtractAndCompareN(const http::Request& request) const {
    const auto form = Form::Of(request);
    if (!form) return form.error();
    const auto parts = form->All("samples_n");
    if (parts.empty()) return Fail(Fault::kSampleUnreadable, "The part `samples_n` is missing.");
    if (parts.size() + 1 > samples_->options().files) {
      return Fail(Fault::kSampleUnreadable, "The request holds more than " +
                                                std::to_string(samples_->options().files) +
                                                " files, the limit for a request.");
    }
    const auto probe = SampleIn(*form, "sample_1", request.deadline);
    if (!probe) return probe.error();
    json::array results;
    for (const http::Part* part : parts) {
      const auto extracted = Extracted(*form, *part, request.deadline);
      if (!extracted) return extracted.error();
      results.push_back(ToJson(*part, Score(*probe, *extracted)));
    }
    return Results(std::move(results));
  }

 private:
  analysis::Comparison Score(const Template& a, const Template& b) const {
    return samples_->analyst().Compare(a, b);
  }

  Result<Template> Decoded(const Form& form, const http::Part& part) const {
    const auto input = form.Template(part);
    if (!input) return input.error();
    return samples_->ReadTemplate(*input);
  }

  Result<Template> Extracted(const Form& form, const http::Part& part, const base::Deadline& deadline) const {
    const auto input = form.Media(part);
    if (!input) return input.error();
    return samples_->Extract(*input, deadline);
  }

  Result<Template> TemplateIn(const Form& form, std::string_view name) const {
    const auto part = form.One(name);
    if (!part) return part.error();
    if (!*part) return Fail(Fault::kTemplateUnreadable, "The part `" + std::string(name) + "` is missing.");
    return Decoded(form, **part);
  }

  Result<Template> SampleIn(const Form& form, std::string_view name, const base::Deadline& deadline) const {
    const auto part = form.One(name);
    if (!part) return part.error();
    if (!*part) return Fail(Fault::kSampleUnreadable, "The part `" + std::string(name) + "` is missing.");
    return Extracted(form, **part, deadline);
  }

  Answer AgainstTemplates(const Form& form, const Template& probe) const {
    const auto parts = form.All("templates_n");
    if (parts.empty()) return Fail(Fault::kTemplateUnreadable, "The part `templates_n` is missing.");
    if (parts.size() > samples_->options().templates) {
      return Fail(Fault::kTemplateUnreadable, "The request holds more than " +
                                                  std::to_string(samples_->options().templates) +
                                                  " templates, the limit for a request.");
    }
    json::array results;
    results.reserve(parts.size());
    for (const http::Part* part : parts) {
      const auto decoded = Decoded(form, *part);
      if (!decoded) return decoded.error();
      results.push_back(ToJson(*part, Score(probe, *decoded)));
    }
    return Results(std::move(results));
  }

  std::shared_ptr<const Samples> samples_;
};

}  // namespace

void AddPatternRoutes(http::Router& router, const std::shared_ptr<const Samples>& samples) {
  const auto pattern = std::make_shared<const Pattern>(samples);
  const auto add = [&](std::string name, Answer (Pattern::*call)(const http::Request&) const) {
    router.Add(
        {.method = "POST",
         .pattern = "/v1/face/pattern/" + std::move(name),
         .dialect = http::Dialect::kLitePattern,
         .handler = InDialect(http::Dialect::kLitePattern, [pattern, call](const http::Request& request) {
           return ((*pattern).*call)(request);
         })});
  };
  add("extract", &Pattern::Extract);
  add("compare", &Pattern::Compare);
  add("verify", &Pattern::Verify);
  add("extract_and_compare", &Pattern::ExtractAndCompare);
  add("compare_n", &Pattern::CompareN);
  add("verify_n", &Pattern::VerifyN);
  add("extract_and_compare_n", &Pattern::ExtractAndCompareN);

  const auto health = std::make_shared<Health>([samples] { return samples->analyst().CheckMatching(); },
                                               samples->options().health_age);
  router.Add({.method = "GET",
              .pattern = "/v1/face/pattern/health",
              .dialect = http::Dialect::kLitePattern,
              .handler = [health](const http::Request&) { return health->Report(); }});
}

}  // namespace ozma::lite
