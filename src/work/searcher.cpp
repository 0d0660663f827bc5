#include "work/searcher.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "base/log.hpp"
#include "base/metrics.hpp"
#include "store/gallery_log.hpp"
#include "work/tools.hpp"

namespace ozma::work {
namespace {

using base::Fail;
using base::Fault;
using base::Result;
using gallery::Findings;
using gallery::Found;
using gallery::Inquiry;
using store::Transaction;

constexpr std::int64_t kPage = 2000;        // changes applied at once: two megabytes of templates
constexpr std::size_t kLeastMatches = 32;   // asked of the index, since a person may have several photos
constexpr std::size_t kMostMatches = 1000;  // the index gives no more
constexpr std::size_t kMostPersons = 100;
constexpr int kTries = 5;

struct Page {
  store::GalleryHead head;
  std::vector<store::GalleryChange> changes;
};

base::Error Unusable(const base::Error& why) {
  return Fail(Fault::kEngine,
              "A photo of a collection cannot be searched. " + why.message + " Run `ozma sync-collections`.");
}

Result<gallery::Change> ChangeOf(const store::GalleryChange& stored, const gallery::NetworkId& network) {
  gallery::Change change{static_cast<std::uint64_t>(stored.position), stored.image, std::nullopt};
  if (stored.gone) return change;
  auto face = gallery::Template::Decode(stored.bytes, network);
  if (!face) return Unusable(face.error());
  change.entry = gallery::Entry{stored.image, stored.collection, std::move(*face)};
  return change;
}

// What can be had no more, so that a fresh index is needed.
bool IsBroken(const base::Error& error) {
  return error.fault == Fault::kIo;
}

}  // namespace

Searcher::Searcher(std::shared_ptr<store::Database> database, const gallery::NetworkId& network,
                   MakeIndex make)
    : database_(std::move(database)), network_(network), make_(std::move(make)) {}

Searcher::~Searcher() {
  Stop();
}

std::shared_ptr<gallery::Index> Searcher::index() const {
  const std::lock_guard lock(mutex_);
  return index_;
}

void Searcher::Stop() {
  stopped_ = true;
}

void Searcher::Warm() {
  warming_ = std::jthread([this] {
    const double begun = base::UnixSeconds();
    const auto loaded = Guarded([&] { return CatchUp(base::Deadline(std::chrono::hours(24))); });
    if (stopped_) return;
    if (!loaded)
      return base::Log(base::Level::kError, "index not loaded", {{"message", loaded.error().message}});
    base::Log(base::Level::kInfo, "index loaded",
              {{"faces", index()->size()}, {"seconds", base::UnixSeconds() - begun}});
  });
}

Result<void> Searcher::CatchUp(const base::Deadline& deadline) {
  const auto current = Current(deadline);
  if (!current) return current.error();
  return {};
}

// The index with everything that was committed before the call.
Result<Searcher::Index> Searcher::Current(const base::Deadline& deadline) {
  const auto head =
      database_->Read([](Transaction& in) -> Result<store::GalleryHead> { return store::HeadOfGallery(in); });
  if (!head) return head.error();
  const auto reached = [&](const Index& index) {
    return index && static_cast<std::int64_t>(index->position()) >= head->position;
  };
  if (auto now = index(); reached(now)) return now;
  const std::unique_lock lock(loading_, deadline.Left());
  if (!lock)
    return Fail(Fault::kTimedOut, "The faces of the collections are still being loaded; try again later.");
  if (auto now = index(); reached(now)) return now;  // somebody else applied it while we waited
  auto loaded = Load(deadline);
  if (!loaded && IsBroken(loaded.error())) {
    // A damaged file of the index: the database has everything that was in it.
    Abandon(index(), loaded.error());
    loaded = Load(deadline);
  }
  return loaded;
}

Result<Searcher::Index> Searcher::Load(const base::Deadline& deadline) {
  auto index = this->index();
  if (!index) {
    auto begun = Begin(false);
    if (!begun) return begun;
    index = std::move(*begun);
  }
  for (;;) {
    if (stopped_ || deadline.Passed())
      return Fail(Fault::kTimedOut, "The faces of the collections are still being loaded; try again later.");
    const auto left = Step(*index);
    if (!left) return left.error();
    if (*left == 0) break;
    if (*left < 0) {
      auto begun = Begin(true);
      if (!begun) return begun;
      index = std::move(*begun);
    }
  }
  base::Gauge("ozma_gallery_faces", "Faces in the index of this process.")
      .Set(static_cast<double>(index->size()));
  base::Gauge("ozma_gallery_position", "Changes of the collections that the index of this process has seen.")
      .Set(static_cast<double>(index->position()));
  return index;
}

// Applies the next page. 0: that was the last; below 0: what the index has missed is forgotten, so that it
// must begin anew.
Result<std::int64_t> Searcher::Step(gallery::Index& index) {
  const auto from = static_cast<std::int64_t>(index.position());
  const auto page = database_->Read([&](Transaction& in) -> Result<Page> {
    auto changes = store::ChangesAfter(in, from, kPage);
    if (!changes) return changes.error();
    return Page{store::HeadOfGallery(in), std::move(*changes)};
  });
  if (!page && page.error().fault == Fault::kTemplateUnreadable) return Unusable(page.error());
  if (!page) return page.error();
  // From nothing, what is left of the log is the whole truth, up to its end.
  if (from == 0) {
    const auto noted = index.Forget(static_cast<std::uint64_t>(page->head.pruned));
    if (!noted) return noted.error();
    // It is not empty any more: another process loads it, too.
    if (static_cast<std::int64_t>(*noted) != page->head.pruned) return 1;
    forgotten_ = static_cast<std::int64_t>(*noted);
  }
  bool missed = from < page->head.pruned && page->head.pruned != forgotten_;
  if (missed) {
    // Another process may have begun to load it from nothing.
    forgotten_ = static_cast<std::int64_t>(index.forgotten());
    missed = page->head.pruned != forgotten_;
  }
  // A position that was never given belongs to another database, or to one that was restored from a copy.
  if (missed || from > page->head.position) return -1;

  std::vector<gallery::Change> changes;
  changes.reserve(page->changes.size() + 1);
  for (const auto& stored : page->changes) {
    auto change = ChangeOf(stored, network_);
    if (!change) return change.error();
    changes.push_back(std::move(*change));
  }
  const bool last = page->changes.size() < static_cast<std::size_t>(kPage);
  const auto head = static_cast<std::uint64_t>(page->head.position);
  // The last positions may be those of photos that are gone and forgotten. No photo has the number.
  if (last && head > 0 && (changes.empty() || changes.back().position < head))
    changes.push_back({head, page->head.position, std::nullopt});
  if (auto applied = index.Apply(changes); !applied) return applied.error();
  return last ? 0 : 1;
}

Result<Searcher::Index> Searcher::Begin(bool anew) {
  {
    const std::lock_guard lock(mutex_);
    anew = anew || broken_;
  }
  auto made = make_(anew);
  if (!made) return made.error();
  forgotten_ = static_cast<std::int64_t>((*made)->forgotten());
  const std::lock_guard lock(mutex_);
  index_ = *made;
  broken_ = false;
  return *made;
}

void Searcher::Abandon(const Index& index, const base::Error& why) {
  const std::lock_guard lock(mutex_);
  if (index_ != index) return;  // somebody else did
  base::Log(base::Level::kWarning, "index begins anew", {{"message", why.message}});
  index_.reset();
  broken_ = true;
}

Result<Findings> Searcher::Find(const Inquiry& inquiry, const base::Deadline& deadline) {
  Findings nothing{0, std::vector<std::vector<Found>>(inquiry.probes.size())};
  for (int tries = 1;; ++tries) {
    const auto index = Current(deadline);
    if (!index) return index.error();
    nothing.position = static_cast<std::int64_t>((*index)->position());
    const auto collections = database_->Read([&](Transaction& in) -> Result<std::vector<std::int64_t>> {
      return store::NumbersOf(in, inquiry.collection_ids);
    });
    if (!collections) return collections.error();
    if (collections->empty() || inquiry.probes.empty()) return nothing;
    bool moved = false;
    auto found = Search(*index, inquiry, *collections, moved);
    if (!found && IsBroken(found.error()) && tries < kTries) {
      Abandon(*index, found.error());
      continue;
    }
    if (!found) return found;
    // A photo that was found has gone since; one whose template was made anew has got another number.
    if (!moved || tries == kTries) return found;
  }
}

namespace {

// The persons of the matches of one probe, each by its most alike photo. `moved`: a photo was not there.
std::vector<Found> PersonsOf(const std::vector<gallery::Match>& matches, std::size_t most,
                             const std::unordered_map<std::int64_t, store::ImageOwner>& owners, bool& moved) {
  std::vector<Found> persons;
  std::unordered_set<std::string_view> seen;
  for (const auto& match : matches) {
    if (persons.size() == most) break;
    const auto owner = owners.find(match.image);
    if (owner == owners.end()) {
      moved = true;
      continue;
    }
    const store::ImageOwner& one = owner->second;
    if (seen.insert(one.person_id).second)
      persons.push_back({one.person_id, one.collection_id, one.media_id, match.cosine});
  }
  return persons;
}

std::vector<std::int64_t> ImagesOf(const std::vector<std::vector<gallery::Match>>& matches) {
  std::unordered_set<std::int64_t> images;
  for (const auto& of_probe : matches)
    for (const auto& match : of_probe) images.insert(match.image);
  return {images.begin(), images.end()};
}

}  // namespace

// Asks for more matches until they are of persons enough.
Result<Findings> Searcher::Search(const Index& index, const Inquiry& inquiry,
                                  const std::vector<std::int64_t>& collections, bool& moved) {
  const std::size_t persons = std::clamp<std::size_t>(inquiry.persons, 1, kMostPersons);
  for (std::size_t most = std::max(2 * persons, kLeastMatches);; most = std::min(4 * most, kMostMatches)) {
    Findings findings{static_cast<std::int64_t>(index->position()), {}};
    const auto matches = index->Search({inquiry.probes, collections, -1, most});
    if (!matches) return matches.error();
    const auto owners = database_->Read([&](Transaction& in) -> Result<std::vector<store::ImageOwner>> {
      return store::OwnersOf(in, ImagesOf(*matches));
    });
    if (!owners) return owners.error();
    std::unordered_map<std::int64_t, store::ImageOwner> by_image;
    for (const auto& owner : *owners) by_image.emplace(owner.image, owner);
    findings.of_probe.reserve(matches->size());
    bool enough = true;
    for (const auto& of_probe : *matches) {
      findings.of_probe.push_back(PersonsOf(of_probe, persons, by_image, moved));
      enough = enough && (findings.of_probe.back().size() == persons || of_probe.size() < most);
    }
    if (enough || most == kMostMatches) return findings;
  }
}

}  // namespace ozma::work
