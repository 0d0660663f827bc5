// All sessions, in memory and on disk: a restart loses none.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "adapter/session.hpp"

namespace ozma::adapter {

// A session and its lock. `work` is held while a session is looked at or changed, never over a call
// elsewhere.
struct Entry {
  std::mutex work;
  Session session;
  std::atomic<bool> uploading{false};  // a request with media is being taken
};

struct SessionLimits {
  double lifetime = 1800;          // seconds from the start to submit
  double kept = 7200;              // seconds from the start to the purge
  bool purge = true;               // false: what is over leaves the memory; its files stay
  std::size_t live = 1000;         // sessions that are open or with the API
  std::size_t bytes = 4ull << 30;  // of their media on disk
};

// ROOT/<session_id>/session.json and the media beside it. Safe from any thread.
class Sessions {
 public:
  // Makes the folder (mode 0700) and reads what is there; what cannot be read is logged and left alone. kIo.
  static base::Result<std::unique_ptr<Sessions>> Open(std::filesystem::path root, SessionLimits limits);

  // Stores it and gives its entry. kTooMany: as many are live as may be. kInternal: the disk failed.
  Outcome<std::shared_ptr<Entry>> Create(Session session);

  // kUnknownSession.
  Outcome<std::shared_ptr<Entry>> Find(const std::string& session_id) const;

  // After a change, with `entry.work` held. kIo; then the change is in memory alone.
  base::Result<void> Save(const Entry& entry);

  // Room for an upload, taken before it is written. kOverloaded.
  Outcome<void> Reserve(std::size_t bytes);
  void GiveBack(std::size_t bytes) { used_ -= bytes; }

  base::Result<void> WriteMedium(const std::string& session_id, const std::string& key, base::ByteView bytes);
  base::Result<base::Bytes> ReadMedium(const std::string& session_id, const std::string& key) const;
  // The media are with the API: their files and their room go. With `entry.work` held.
  void DropMedia(Entry& entry);

  // Notes the frames of an upload; true: one of them came in another session that is not purged yet.
  bool NoteFrames(const std::string& session_id, const std::vector<std::string>& hashes);

  bool IsExpired(const Session& session) const;
  // Deletes what is older than `kept`, but not what the API is being asked about. Gives how many.
  std::size_t Purge();

  std::vector<std::shared_ptr<Entry>> All() const;
  std::size_t used() const { return used_; }

 private:
  Sessions(std::filesystem::path root, SessionLimits limits) : root_(std::move(root)), limits_(limits) {}
  base::Result<void> Load();
  std::filesystem::path FolderOf(const std::string& session_id) const { return root_ / session_id; }
  void Forget(const std::shared_ptr<Entry>& entry, bool files);
  bool IsLive(const Session& session) const;
  Outcome<void> MakeRoom();

  const std::filesystem::path root_;
  const SessionLimits limits_;
  mutable std::mutex mutex_;  // of the maps; taken after no entry's lock but for Find and NoteFrames
  std::unordered_map<std::string, std::shared_ptr<Entry>> entries_;
  std::unordered_map<std::string, std::string> frames_;  // SHA-256 -> the session it came in first
  std::atomic<std::size_t> used_{0};
};

}  // namespace ozma::adapter
