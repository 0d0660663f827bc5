// The job of one preview: a film that browsers play, made of a medium's frames.
#include "base/log.hpp"
#include "media/preview.hpp"
#include "store/folders.hpp"
#include "work/leases.hpp"
#include "work/tools.hpp"

namespace ozma::work {
namespace {

using base::Result;
using store::Transaction;

// The medium, if it can still do with a preview.
std::optional<store::Media> Wanting(Transaction& in, const std::string& media_id) {
  auto medium = store::FindMedia(in, media_id);
  if (!medium || medium->original_key.empty() || !medium->preview_key.empty()) return std::nullopt;
  return medium;
}

Result<End> Write(const Tools& tools, const store::Job& job, const store::Media& medium,
                  const std::string& key) {
  auto written = tools.database->Write([&](Transaction& in) -> Result<End> {
    // The row is read anew under the lock: its tags and metadata may have been changed meanwhile.
    const auto folder = store::LockFolder(in, medium.folder_id);
    auto now = folder && !folder->is_cleared ? Wanting(in, job.subject) : std::nullopt;
    if (now) {
      now->preview_key = key;
      store::Update(in, *now);
    }
    if (!store::Complete(in, job.job_id, job.attempt))
      return base::Fail(base::Fault::kLogic, "The job is another's.");
    return now ? End::kDone : End::kGone;
  });
  if (!written && written.error().fault == base::Fault::kLogic) return End::kFenced;
  return written;
}

}  // namespace

Result<End> DoPreview(const Tools& tools, const store::Job& job, Hold& hold) {
  const auto medium = tools.database->Read(
      [&](Transaction& in) -> Result<std::optional<store::Media>> { return Wanting(in, job.subject); });
  if (!medium) return medium.error();
  if (!*medium) return Drop(tools, job);

  const auto decoded = Decoded(tools, **medium);
  if (!decoded) return decoded.error();
  const auto film = media::EncodeMp4(decoded->frames);
  if (!film) return film.error();
  const auto key = tools.blobs->Put(*film);
  if (!key) return key.error();

  Result<End> end = hold.BeginToEnd() ? Write(tools, job, **medium, *key) : End::kFenced;
  if (end && *end != End::kDone) {
    if (const auto removed = tools.blobs->Remove(*key); !removed)
      base::Log(base::Level::kWarning, "file not removed", {{"message", removed.error().message}});
  }
  return end;
}

}  // namespace ozma::work
