#include "adapter/sessions.hpp"

#include <algorithm>
#include <system_error>

#include "base/ids.hpp"
#include "base/log.hpp"

namespace ozma::adapter {
namespace {

using base::Fail;
using base::Fault;

// Sessions in memory, the ended ones too, to one that is live.
constexpr std::size_t kEndedPerLive = 10;
constexpr char kFile[] = "session.json";

std::size_t BytesOf(const Session& session) {
  std::size_t bytes = 0;
  for (const auto& [action, upload] : session.uploads)
    for (const Medium& medium : upload.media) bytes += medium.bytes;
  return bytes;
}

base::Result<Session> ReadSession(const std::filesystem::path& folder) {
  const auto bytes = base::ReadFile(folder / kFile);
  if (!bytes) return bytes.error();
  const auto value = base::ReadJson(base::AsText(*bytes));
  if (!value || !value->is_object()) return Fail(Fault::kIo, "a session's file is no JSON");
  return SessionOf(value->get_object());
}

void Remove(const std::filesystem::path& folder) {
  std::error_code failure;
  std::filesystem::remove_all(folder, failure);
  if (failure) base::Log(base::Level::kWarning, "session_left", {{"message", failure.message()}});
}

}  // namespace

base::Result<std::unique_ptr<Sessions>> Sessions::Open(std::filesystem::path root, SessionLimits limits) {
  std::error_code failure;
  std::filesystem::create_directories(root, failure);
  if (!failure) std::filesystem::permissions(root, std::filesystem::perms::owner_all, failure);
  if (failure)
    return Fail(Fault::kConfiguration,
                "The folder of sessions, " + root.string() + ", cannot be used: " + failure.message() + ".");
  std::unique_ptr<Sessions> sessions(new Sessions(std::move(root), limits));
  if (auto loaded = sessions->Load(); !loaded) return loaded.error();
  return sessions;
}

base::Result<void> Sessions::Load() {
  std::error_code failure;
  std::filesystem::directory_iterator entries(root_, failure);
  if (failure) return Fail(Fault::kIo, "cannot read " + root_.string() + ": " + failure.message());
  const double now = base::UnixSeconds();
  for (const auto& found : entries) {
    if (!found.is_directory(failure)) continue;
    auto session = ReadSession(found.path());
    if (!session || session->session_id != found.path().filename()) {
      // A folder without its file: the power went before the session was told to anybody.
      if (!std::filesystem::exists(found.path() / kFile, failure))
        Remove(found.path());
      else
        base::Log(base::Level::kWarning, "session_unreadable",
                  {{"folder", found.path().filename().string()}});
      continue;
    }
    if (!limits_.purge && !IsLive(*session) && now - session->created > limits_.kept) continue;
    used_ += BytesOf(*session);
    auto entry = std::make_shared<Entry>();
    entry->session = std::move(*session);
    for (const auto& [action, upload] : entry->session.uploads)
      for (const auto& hash : upload.hashes) frames_.emplace(hash, entry->session.session_id);
    entries_.emplace(entry->session.session_id, std::move(entry));
  }
  return {};
}

bool Sessions::IsExpired(const Session& session) const {
  return session.state == Session::State::kOpen && base::UnixSeconds() - session.created > limits_.lifetime;
}

bool Sessions::IsLive(const Session& session) const {
  if (session.state == Session::State::kSubmitted) return true;
  return session.state == Session::State::kOpen && !IsExpired(session);
}

std::vector<std::shared_ptr<Entry>> Sessions::All() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<Entry>> all;
  all.reserve(entries_.size());
  for (const auto& [id, entry] : entries_) all.push_back(entry);
  return all;
}

// Where memory holds very many, those that ended first are forgotten early.
Outcome<void> Sessions::MakeRoom() {
  std::size_t live = 0;
  std::shared_ptr<Entry> oldest;
  double oldest_created = 0;
  const auto all = All();
  for (const auto& entry : all) {
    const std::lock_guard work(entry->work);
    if (IsLive(entry->session)) {
      ++live;
    } else if (!oldest || entry->session.created < oldest_created) {
      oldest = entry;
      oldest_created = entry->session.created;
    }
  }
  if (live >= limits_.live)
    return Refuse(Code::kTooMany, "There are as many sessions as there may be; come back later.");
  if (all.size() >= limits_.live * kEndedPerLive && oldest) Forget(oldest, limits_.purge);
  return {};
}

Outcome<std::shared_ptr<Entry>> Sessions::Create(Session session) {
  if (auto room = MakeRoom(); !room) return room.error();
  auto entry = std::make_shared<Entry>();
  entry->session = std::move(session);
  const std::string& id = entry->session.session_id;
  std::error_code failure;
  std::filesystem::create_directory(FolderOf(id), failure);
  if (failure) return RefusalOf(Fail(Fault::kIo, "cannot make a session's folder: " + failure.message()));
  if (auto saved = Save(*entry); !saved) return RefusalOf(saved.error());
  const std::lock_guard lock(mutex_);
  entries_.emplace(id, entry);
  return entry;
}

Outcome<std::shared_ptr<Entry>> Sessions::Find(const std::string& session_id) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(session_id);
  if (found == entries_.end()) return Refuse(Code::kUnknownSession, "There is no such session.");
  return found->second;
}

base::Result<void> Sessions::Save(const Entry& entry) {
  const std::string text = base::WriteJson(ToJson(entry.session));
  return base::WriteFile(FolderOf(entry.session.session_id) / kFile, base::AsBytes(text));
}

Outcome<void> Sessions::Reserve(std::size_t bytes) {
  const std::size_t before = used_.fetch_add(bytes);
  if (before + bytes <= limits_.bytes) return {};
  used_ -= bytes;
  return Refuse(Code::kOverloaded, "The server holds as many media as it may; come back later.");
}

base::Result<void> Sessions::WriteMedium(const std::string& session_id, const std::string& key,
                                         base::ByteView bytes) {
  return base::WriteFile(FolderOf(session_id) / key, bytes);
}

base::Result<base::Bytes> Sessions::ReadMedium(const std::string& session_id, const std::string& key) const {
  return base::ReadFile(FolderOf(session_id) / key);
}

void Sessions::DropMedia(Entry& entry) {
  used_ -= BytesOf(entry.session);
  for (auto& [action, upload] : entry.session.uploads) {
    for (Medium& medium : upload.media) {
      std::error_code failure;
      std::filesystem::remove(FolderOf(entry.session.session_id) / medium.key, failure);
      if (failure) base::Log(base::Level::kWarning, "medium_left", {{"message", failure.message()}});
      medium.bytes = 0;
    }
  }
}

bool Sessions::NoteFrames(const std::string& session_id, const std::vector<std::string>& hashes) {
  const std::lock_guard lock(mutex_);
  bool elsewhere = false;
  for (const std::string& hash : hashes)
    elsewhere |= frames_.emplace(hash, session_id).first->second != session_id;
  return elsewhere;
}

// The entry's lock is not held: who has the entry may go on with it, and finds nothing on disk.
void Sessions::Forget(const std::shared_ptr<Entry>& entry, bool files) {
  std::string id;
  {
    const std::lock_guard work(entry->work);
    const Session& session = entry->session;
    id = session.session_id;
    const std::lock_guard lock(mutex_);
    entries_.erase(id);
    for (const auto& [action, upload] : session.uploads)
      for (const auto& hash : upload.hashes)
        if (const auto found = frames_.find(hash); found != frames_.end() && found->second == id)
          frames_.erase(found);
    used_ -= BytesOf(session);
  }
  if (files) Remove(FolderOf(id));
}

std::size_t Sessions::Purge() {
  const double now = base::UnixSeconds();
  std::size_t purged = 0;
  for (const auto& entry : All()) {
    bool old = false;
    {
      const std::lock_guard work(entry->work);
      const Session& session = entry->session;
      old = !IsLive(session) && !entry->uploading && now - session.created > limits_.kept;
    }
    if (!old) continue;
    Forget(entry, limits_.purge);
    ++purged;
  }
  return purged;
}

}  // namespace ozma::adapter
