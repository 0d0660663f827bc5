// The index that nodes share: faces in a PostgreSQL with pgvector.
#pragma once

#include <atomic>
#include <memory>

#include "gallery/index.hpp"
#include "gallery/index_state.hpp"
#include "store/shared_gallery.hpp"

namespace ozma::work {

// Any node applies the log of changes, and all find what one applied. What the database names as nearest is
// compared here, exactly as the index in memory compares it. One generation of the shared gallery: when
// another node begins it anew, this answers kIo, and the next one goes on with the new generation.
class SharedIndex : public gallery::Index {
 public:
  // As it stands. kDatabase.
  static base::Result<std::shared_ptr<SharedIndex>> Open(std::shared_ptr<store::SharedGallery> gallery,
                                                         const gallery::Shape& shape);
  // Empty: the successor of that generation, maybe one that another node has begun to fill. kDatabase.
  static base::Result<std::shared_ptr<SharedIndex>> BeginAnew(std::shared_ptr<store::SharedGallery> gallery,
                                                              const gallery::Shape& shape,
                                                              std::uint64_t generation);

  base::Result<void> Apply(std::span<const gallery::Change> changes) override;
  base::Result<std::vector<std::vector<gallery::Match>>> Search(
      const gallery::Question& question) const override;
  // Of the database, now; 0 where it does not answer.
  std::uint64_t position() const override { return Head().position; }
  std::size_t size() const override { return Head().faces; }
  std::uint64_t forgotten() const override { return Head().forgotten; }
  base::Result<std::uint64_t> Forget(std::uint64_t position) override;

  std::uint64_t generation() const { return generation_; }

 private:
  SharedIndex(std::shared_ptr<store::SharedGallery> gallery, const gallery::Shape& shape,
              std::uint64_t generation)
      : gallery_(std::move(gallery)), shape_(shape), generation_(generation) {}
  store::SharedHead Head() const;

  const std::shared_ptr<store::SharedGallery> gallery_;
  const gallery::Shape shape_;
  const std::uint64_t generation_;
};

// The indexes of one process, one after the other, as a Searcher asks for them (MakeIndex). Thread-safe.
class SharedIndexes {
 public:
  SharedIndexes(std::shared_ptr<store::SharedGallery> gallery, const gallery::Shape& shape)
      : gallery_(std::move(gallery)), shape_(shape) {}

  // What there is; if `anew`, the successor of what this made last, which another process may have begun.
  // kDatabase.
  base::Result<std::shared_ptr<gallery::Index>> Make(bool anew);

 private:
  const std::shared_ptr<store::SharedGallery> gallery_;
  const gallery::Shape shape_;
  std::atomic<std::uint64_t> generation_ = 0;  // of the last one; 0: none
};

// The name of the gallery of a database (its EpochOfGallery) and a shape: different ones share nothing.
std::string SharedNameOf(const std::string& epoch, const gallery::Shape& shape);

}  // namespace ozma::work
