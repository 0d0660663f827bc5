// From the parts of a request to media: checked, decoded, described, and stored as files.
#pragma once

#include "api/payload.hpp"
#include "base/crash_point.hpp"
#include "store/objects.hpp"

namespace ozma::api {

// Every part but `payload`. kTooLarge where there are too many of them, or one is too large.
base::Result<std::vector<const http::Part*>> MediaParts(const http::Request& request,
                                                        const Settings& settings);

// Decoded in the sandbox. The name of the part is in the message of kSampleUnreadable.
base::Result<media::Media> DecodePart(const Call& call, const http::Part& part,
                                      media::Pace pace = media::Pace::kUsual);

// The row of a decoded medium: id, type, name, info, times, and what the payload says of its part; without a
// folder and without files.
store::Media Describe(const http::Part& part, const media::Media& decoded, const FolderPayload& payload);

// The `info` of a picture, and of a JPEG that this server made.
json::object PictureInfo(const media::Info& info, std::string_view mime);
json::object PictureInfo(base::ByteView jpeg, int width, int height);

// A medium that was found sound. `part` points into the request.
struct Upload {
  const http::Part* part = nullptr;
  store::Media media;
  base::Bytes thumbnail;
};

// All media of the request, decoded in the sandbox one after another; not a byte is stored. The error of the
// first that is refused: kTooLarge, kSampleUnreadable, kTimedOut.
base::Result<std::vector<Upload>> ReadUploads(const Call& call, const FolderPayload& payload);

// Files that go again unless they are kept.
class NewFiles {
 public:
  explicit NewFiles(store::Blobs& blobs) : blobs_(blobs) {}
  ~NewFiles();
  NewFiles(const NewFiles&) = delete;
  NewFiles& operator=(const NewFiles&) = delete;

  base::Result<std::string> Put(base::ByteView bytes);
  void Keep() { keys_.clear(); }

 private:
  store::Blobs& blobs_;
  std::vector<std::string> keys_;
};

// Puts originals and thumbnails, and makes the media the folder's.
base::Result<std::vector<store::Media>> PutUploads(std::vector<Upload> uploads, const store::Folder& folder,
                                                   NewFiles& files);

// Their rows, and the jobs that make what is played of videos and archives.
void InsertMedia(store::Transaction& in, const std::vector<store::Media>& media);

// Runs the writing transaction that names the new files. Where it fails for certain, they go; where its
// outcome is not known (kDatabase: the connection broke while it committed) they stay, and the sweep of
// orphans decides.
template <class Work>
auto WriteWith(store::Database& database, NewFiles& files, Work&& work) {
  auto written = database.Write([&](store::Transaction& in) {
    auto done = work(in);
    base::CrashPoint("before-commit");
    return done;
  });
  if (written) base::CrashPoint("after-commit");
  if (written || written.error().fault == base::Fault::kDatabase) files.Keep();
  return written;
}

}  // namespace ozma::api
