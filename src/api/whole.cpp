#include "api/whole.hpp"

#include <map>

#include "api/render.hpp"
#include "base/log.hpp"
#include "store/analyses.hpp"
#include "store/folders.hpp"

namespace ozma::api {
namespace {

template <class T>
std::map<std::string_view, std::vector<T>> ByFolder(std::vector<T> items,
                                                    const std::vector<std::string>& folder_ids) {
  std::map<std::string_view, std::vector<T>> sorted;
  for (const std::string& id : folder_ids) sorted[id];
  for (T& item : items) {
    const auto found = sorted.find(item.folder_id);
    if (found != sorted.end()) found->second.push_back(std::move(item));
  }
  return sorted;
}

}  // namespace

json::array RenderFolders(store::Transaction& in, const std::vector<store::Folder>& folders,
                          const Wholeness& with, std::string_view base_url) {
  std::vector<std::string> ids;
  ids.reserve(folders.size());
  for (const store::Folder& folder : folders) ids.push_back(folder.folder_id);
  // Analyses show their source media.
  const bool needs_media = !ids.empty() && (with.media || with.analyses);
  const auto media = ByFolder(needs_media ? store::MediaOf(in, ids) : std::vector<store::Media>(), ids);
  const auto analyses = ByFolder(
      with.analyses && !ids.empty() ? store::AnalysesOf(in, ids) : std::vector<store::Analysis>(), ids);

  json::array rendered;
  for (const store::Folder& folder : folders) {
    json::object object = Render(folder);
    const auto& its_media = media.at(folder.folder_id);
    if (with.media) object["media"] = RenderMedia(its_media, base_url);
    if (with.analyses)
      object["analyses"] = RenderAnalyses(analyses.at(folder.folder_id), its_media, base_url);
    rendered.push_back(std::move(object));
  }
  return rendered;
}

json::object RenderFolder(store::Transaction& in, const store::Folder& folder, const Wholeness& with,
                          std::string_view base_url) {
  return std::move(RenderFolders(in, {folder}, with, base_url).front().get_object());
}

void RemoveFreed(const Context& context) {
  if (const auto removed = store::RemoveDoomed(*context.database, *context.blobs); !removed)
    base::Log(base::Level::kWarning, "files_left", {{"message", removed.error().message}});
}

}  // namespace ozma::api
