#include "cli/person_folders.hpp"

#include <algorithm>

#include "api/metadata.hpp"
#include "api/payload.hpp"
#include "http/text.hpp"

namespace ozma::cli {
namespace {

namespace fs = std::filesystem;
namespace json = base::json;
using base::Fail;
using base::Fault;
using base::Result;

bool IsHidden(const fs::path& path) {
  return path.filename().native().starts_with('.');
}

using Files = std::map<std::string, std::vector<fs::path>>;

// Throws fs::filesystem_error.
Files FilesByPerson(const fs::path& folder) {
  Files persons;
  for (const auto& item : fs::directory_iterator(folder)) {
    if (IsHidden(item.path()) || item.path().filename() == kPersonsFile) continue;
    if (item.is_regular_file()) persons[item.path().stem().string()].push_back(item.path());
    if (!item.is_directory()) continue;
    auto& files = persons[item.path().filename().string()];
    for (fs::recursive_directory_iterator at(item.path()), end; at != end; ++at) {
      if (IsHidden(at->path())) {
        at.disable_recursion_pending();
      } else if (at->is_regular_file()) {
        files.push_back(at->path());
      }
    }
  }
  for (auto& [name, files] : persons) std::ranges::sort(files);
  return persons;
}

struct Said {
  json::object meta_data;
  std::map<std::string, json::object> photos;  // by file
};

Result<json::object> MetadataOf(const json::object& said) {
  const auto metadata = api::MetadataField(said, "meta_data");
  if (!metadata) return metadata.error();
  return metadata->value_or(json::object());
}

Result<std::map<std::string, Said>> ReadPersonsFile(const fs::path& path) {
  std::map<std::string, Said> persons;
  if (!fs::exists(path)) return persons;
  const auto bytes = base::ReadFile(path);
  if (!bytes) return bytes.error();
  std::string_view rest = base::AsText(*bytes);
  for (std::size_t number = 1; !rest.empty(); ++number) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (line.empty()) continue;
    const auto about = [&](const std::string& why) {
      return Fail(Fault::kConfiguration, path.string() + ", line " + std::to_string(number) + ": " + why);
    };
    const auto object = api::ParseObject(line);
    if (!object) return about(object.error().message);
    const auto folder = api::NeededText(*object, "folder");
    if (!folder) return about(folder.error().message);
    auto metadata = MetadataOf(*object);
    if (!metadata) return about(metadata.error().message);
    Said& said = persons[*folder];
    said.meta_data = std::move(*metadata);
    const auto* photos = object->if_contains("photos");
    if (!photos || !photos->is_array()) continue;
    for (const auto& photo : photos->get_array()) {
      if (!photo.is_object()) return about("A photo is an object.");
      const auto file = api::NeededText(photo.get_object(), "file");
      if (!file) return about(file.error().message);
      said.photos[*file] = photo.get_object();
    }
  }
  return persons;
}

Result<PhotoFile> PhotoOf(const fs::path& path, const Said* said) {
  PhotoFile photo{path, http::CleanText(path.filename().string()), {}, {}};
  if (!said) return photo;
  const auto found = said->photos.find(path.filename().string());
  if (found == said->photos.end()) return photo;
  if (const auto name = api::TextField(found->second, "original_name"); name && *name) photo.name = **name;
  auto metadata = MetadataOf(found->second);
  if (!metadata) return metadata.error();
  photo.meta_data = std::move(*metadata);
  if (const auto* tags = found->second.if_contains("tags")) {
    auto parsed = api::ParseTags(*tags, "tags");
    if (!parsed) return parsed.error();
    photo.tags = std::move(*parsed);
  }
  return photo;
}

}  // namespace

Result<std::vector<PersonFolder>> ReadPersonFolders(const fs::path& folder) {
  try {
    const auto said = ReadPersonsFile(folder / kPersonsFile);
    if (!said) return said.error();
    std::vector<PersonFolder> persons;
    for (const auto& [name, files] : FilesByPerson(folder)) {
      const auto found = said->find(name);
      const Said* of_person = found == said->end() ? nullptr : &found->second;
      PersonFolder person{name, json::object{{"name", http::CleanText(name)}}, {}};
      if (of_person) person.meta_data = of_person->meta_data;
      for (const auto& file : files) {
        auto photo = PhotoOf(file, of_person);
        if (!photo)
          return Fail(Fault::kConfiguration, (folder / kPersonsFile).string() + ", the photo " +
                                                 file.filename().string() + ": " + photo.error().message);
        person.photos.push_back(std::move(*photo));
      }
      persons.push_back(std::move(person));
    }
    return persons;
  } catch (const fs::filesystem_error& error) {
    return Fail(Fault::kConfiguration, std::string("The folder cannot be read: ") + error.what() + ".");
  }
}

}  // namespace ozma::cli
