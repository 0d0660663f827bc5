#include "analysis/job.hpp"

#include "analysis/steps.hpp"
#include "analysis/tags.hpp"

namespace ozma::analysis {

namespace {

bool Takes(Type type, const Source& source) {
  if (type != Type::kQuality) return ShowsPerson(source.tags);
  return QualityTakes(source.tags) && (!source.film || SaysVideoSelfie(source.tags));
}

}  // namespace

std::vector<std::size_t> Choose(Type type, const std::vector<Source>& media) {
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < media.size(); ++i) {
    if (Takes(type, media[i])) chosen.push_back(i);
  }
  return chosen;
}

base::Result<Outcome> Run(const Analyst& analyst, Type type, const Parameters& parameters,
                          const std::vector<Source>& sources, const Frames& frames, const Search& search) {
  switch (type) {
    case Type::kQuality:
      return RunQuality(analyst, parameters, sources, frames);
    case Type::kBiometry:
      return RunBiometry(analyst, parameters, sources, frames);
    case Type::kCollection:
      return RunCollection(analyst, parameters, sources, frames, search);
  }
  return base::Fail(base::Fault::kInternal, "A type of analysis that nobody knows.");
}

Outcome Failed(int code, std::string message) {
  Outcome outcome;
  outcome.error_code = code;
  outcome.error_message = std::move(message);
  return outcome;
}

base::Result<Outcome> Blame(const base::Error& error, const Source& source) {
  using enum base::Fault;
  switch (error.fault) {
    case kNoFace:
      return Failed(kLogicCode, "Could not locate face on source media [" + source.media_id + "]");
    case kEvidenceInsufficient:
    case kExtractionFailed:
    case kManyFaces:
    case kSampleUnreadable:
    case kTooLarge:
    case kNotFound:
      return Failed(kLogicCode, error.message + " Source media [" + source.media_id + "]");
    default:
      return error;
  }
}

}  // namespace ozma::analysis
