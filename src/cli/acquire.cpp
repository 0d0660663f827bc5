#include "cli/acquire.hpp"

#include <algorithm>

#include "cli/pictures.hpp"

namespace ozma::cli {
namespace {

struct Taken {
  MaybeTemplate face_template;
  double quality = 0;
};

base::Result<Taken> Acquire(const Chain& chain, const base::Bytes& bytes, bool with_quality) {
  const auto medium = chain.decoder->Decode(bytes, base::Deadline(std::chrono::minutes(10)));
  if (!medium) return Taken();
  const auto sighting = chain.engine->Find(medium->frames.front().bgr);
  if (!sighting) return sighting.error();
  if (sighting->faces.empty()) return Taken();
  const cv::Point2f middle(static_cast<float>(sighting->bgr.cols) / 2,
                           static_cast<float>(sighting->bgr.rows) / 2);
  const auto distance = [&](const face::Face& face) {
    return cv::norm((face.box.tl() + face.box.br()) / 2 - middle);
  };
  const auto central =
      std::min_element(sighting->faces.begin(), sighting->faces.end(),
                       [&](const auto& a, const auto& b) { return distance(a) < distance(b); });
  auto made = chain.analyst->ExtractFace(sighting->bgr, *central);
  if (!made && made.error().fault == base::Fault::kEngine) return made.error();
  if (!made) return Taken();
  Taken taken{std::move(*made)};
  if (with_quality) {
    const auto quality = chain.engine->Measure(sighting->bgr, *central);
    if (!quality) return quality.error();
    taken.quality = quality->overall;
  }
  return taken;
}

}  // namespace

base::Result<Acquired> AcquireAll(const Chain& chain, const std::filesystem::path& list,
                                  const std::vector<std::string>& paths, int threads, bool with_quality) {
  const auto pictures = Pictures::Beside(list);
  if (!pictures) return pictures.error();
  Acquired all;
  std::vector<std::string> names;
  for (const auto& path : paths) {
    if (all.index.try_emplace(path, names.size()).second) names.push_back(path);
  }
  all.templates.resize(names.size());
  all.quality.resize(names.size());
  const auto acquire = [&](std::size_t i) -> base::Result<void> {
    const auto bytes = pictures->Read(names[i]);
    if (!bytes) return bytes.error();
    auto acquired = Acquire(chain, *bytes, with_quality);
    if (!acquired) return acquired.error();
    all.templates[i] = std::move(acquired->face_template);
    all.quality[i] = acquired->quality;
    return {};
  };
  const auto done = ForEach("templates", names.size(), threads, acquire);
  if (!done) return done.error();
  all.failures =
      static_cast<std::size_t>(std::count(all.templates.begin(), all.templates.end(), std::nullopt));
  return all;
}

}  // namespace ozma::cli
