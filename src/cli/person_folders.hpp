// Persons as folders of photos: what `ozma gallery import` reads and `ozma gallery export` writes.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"

namespace ozma::cli {

// Beside the folders: a line of JSON for each person, {"folder", "person_id", "meta_data", "photos":
// [{"file", "original_name", "tags", "meta_data"}]}. Import needs none of it; where a person or a photo is in
// it, its metadata, tags and names come from there.
inline constexpr const char* kPersonsFile = "persons.jsonl";

struct PhotoFile {
  std::filesystem::path path;
  std::string name;  // to be kept as its original name
  std::vector<std::string> tags;
  base::json::object meta_data;
};

struct PersonFolder {
  std::string name;  // unique
  base::json::object meta_data;
  std::vector<PhotoFile> photos;  // in the order of their paths
};

// One person for each folder in `folder`, with all files in and below it; and one for each file that lies in
// `folder` itself, named as the file is without its ending: files of the same name are photos of one person,
// and of the folder of that name. What begins with a dot is passed over. In the order of names.
// kConfiguration: no folder, or a line of persons.jsonl that cannot be read.
base::Result<std::vector<PersonFolder>> ReadPersonFolders(const std::filesystem::path& folder);

}  // namespace ozma::cli
