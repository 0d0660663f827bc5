#include "gallery/memory_index.hpp"

#include <thread>

#include "gallery/index_candidates.hpp"
#include "gallery/snapshot.hpp"

namespace ozma::gallery {
namespace {

using base::Fail;
using base::Fault;

// The products of so many values fit 32 bits; no template has more.
constexpr std::size_t kMostDimension = 4096;

// A sketch of 512 bits puts a photo at a cosine of 0.4 among the nearest two-hundredth with a probability of
// 0.99, and one at 0.35 with 0.96, where the cosines of strangers spread by 0.06: the bits are tosses of a
// coin (sketch.hpp).
constexpr std::size_t kLeastCandidates = 4096, kMostCandidates = 100'000, kCandidateShare = 200;

}  // namespace

MemoryIndex::MemoryIndex(const IndexOptions& options, const Kernel& kernel, std::size_t threads)
    : options_(options), kernel_(kernel), threads_(threads), helpers_(threads - 1) {}

base::Result<std::unique_ptr<MemoryIndex>> MemoryIndex::Create(const IndexOptions& options) {
  const Kernel* kernel = KernelNamed(options.kernel);
  if (kernel == nullptr) {
    return Fail(Fault::kConfiguration,
                "This processor does not run the search kernel " + options.kernel + ".");
  }
  if (options.shape.dimension == 0 || options.shape.dimension > kMostDimension) {
    return Fail(Fault::kConfiguration, "Templates of a gallery have 1 to 4096 values.");
  }
  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  const std::size_t threads = options.threads == 0 ? cores : options.threads;
  return std::unique_ptr<MemoryIndex>(new MemoryIndex(options, *kernel, threads));
}

base::Result<std::unique_ptr<MemoryIndex>> MemoryIndex::Open(const std::filesystem::path& folder,
                                                             const IndexOptions& options) {
  auto index = Create(options);
  if (!index) return index;
  auto snapshot = OpenSnapshot(options.shape, folder);
  if (!snapshot) return snapshot.error();
  (*index)->mapped_bytes_ = snapshot->bytes;
  (*index)->Publish(std::make_shared<State>(std::move(snapshot->state)));
  return index;
}

base::Result<void> MemoryIndex::Save(const std::filesystem::path& folder) const {
  const std::scoped_lock lock(saving_);
  return WriteSnapshot(*Now(), options_.shape, folder);
}

base::Result<void> MemoryIndex::Apply(std::span<const Change> changes) {
  const std::scoped_lock lock(changing_);
  const auto before = Now();
  if (changes.empty() || changes.back().position <= before->position) return {};
  auto after = AfterChanges(*before, changes, options_.shape, options_.most_bytes);
  if (!after) return after.error();
  Publish(std::make_shared<State>(std::move(*after)));
  return {};
}

base::Result<std::vector<std::vector<Match>>> MemoryIndex::Search(const Question& question) const {
  const auto hunt = Hunt::For(question, options_.shape, kernel_);
  if (!hunt) return hunt.error();
  const auto now = Now();
  std::vector<BestMatches> best = hunt->NoMatches();
  if (!hunt->nothing()) {
    const Crew crew(helpers_, now->size > options_.parallel_above ? threads_ : 1);
    const auto done =
        now->size > options_.approximate_above
            ? ScanCandidates(*hunt, now->blocks, CandidatesOf(now->size, question.most), crew, best)
            : ScanAll(*hunt, now->blocks, crew, best);
    if (!done) return done.error();
  }
  std::vector<std::vector<Match>> answer;
  answer.reserve(best.size());
  for (const BestMatches& matches : best) answer.push_back(matches.InOrder());
  return answer;
}

std::size_t MemoryIndex::CandidatesOf(std::size_t size, std::size_t most) const {
  if (options_.candidates != 0) return std::max(options_.candidates, most);
  return std::clamp(size / kCandidateShare, kLeastCandidates, kMostCandidates);
}

IndexStatistics MemoryIndex::statistics() const {
  const auto now = Now();
  return {.faces = now->size,
          .blocks = now->blocks.size(),
          .heap_bytes = now->heap_bytes,
          .mapped_bytes = mapped_bytes_,
          .approximate = now->size > options_.approximate_above,
          .threads = threads_,
          .kernel = kernel_.name};
}

std::shared_ptr<const State> MemoryIndex::Now() const {
  const std::scoped_lock lock(state_);
  return now_;
}

// The state before is let go outside the lock: its last blocks may take a while to free.
void MemoryIndex::Publish(std::shared_ptr<const State> state) {
  const std::scoped_lock lock(state_);
  now_.swap(state);
}

}  // namespace ozma::gallery
