#include <fstream>
#include <iostream>
#include <map>

#include "base/log.hpp"
#include "cli/folders.hpp"
#include "cli/lookup.hpp"
#include "cli/person_folders.hpp"
#include "cli/table.hpp"

namespace ozma::cli {
namespace {

namespace fs = std::filesystem;
namespace json = base::json;
using base::Fail;
using base::Fault;
using base::Result;
using store::Transaction;

constexpr std::int64_t kPage = 500;

struct Page {
  std::vector<store::Person> persons;
  std::map<std::string, std::vector<store::PersonImage>> images;  // by person
};

Result<Page> ReadPage(store::Database& database, const std::string& collection_id,
                      const store::Person* after) {
  return database.Read([&](Transaction& in) -> Result<Page> {
    Page page{store::PersonsAfter(in, collection_id, after, kPage), {}};
    std::vector<std::string> ids;
    for (const auto& person : page.persons) ids.push_back(person.person_id);
    for (auto& image : store::ImagesOf(in, ids)) page.images[image.person_id].push_back(std::move(image));
    return page;
  });
}

// Only its owner may look into it.
Result<void> MakeFolder(const fs::path& folder) {
  std::error_code failure;
  fs::create_directories(folder, failure);
  if (!failure) fs::permissions(folder, fs::perms::owner_all, failure);
  if (failure)
    return Fail(Fault::kIo, "The folder " + folder.string() + " cannot be made: " + failure.message() + ".");
  return {};
}

// Under the photo's id, since its original name may be anything, and may come twice.
std::string FileOf(const store::PersonImage& image) {
  return image.media_id + (image.mime == "image/png" ? ".png" : ".jpg");
}

// The person's line; photos that were deleted meanwhile are left out.
Result<json::object> WritePerson(const store::Blobs& blobs, const fs::path& folder,
                                 const store::Person& person, const std::vector<store::PersonImage>& images) {
  if (auto made = MakeFolder(folder / person.person_id); !made) return made.error();
  json::array photos;
  for (const auto& image : images) {
    const auto bytes = blobs.Get(image.original_key);
    if (!bytes && bytes.error().fault == Fault::kNotFound) continue;
    if (!bytes) return bytes.error();
    if (auto written = base::WriteFile(folder / person.person_id / FileOf(image), *bytes); !written)
      return written.error();
    photos.push_back(json::object{{"file", FileOf(image)},
                                  {"original_name", image.original_name},
                                  {"tags", json::value_from(image.tags)},
                                  {"meta_data", image.meta_data}});
  }
  return json::object{{"folder", person.person_id},
                      {"person_id", person.person_id},
                      {"meta_data", person.meta_data},
                      {"photos", std::move(photos)}};
}

Result<void> ExportTo(const Export& order) {
  std::error_code failure;
  if (fs::exists(order.folder, failure) && !fs::is_empty(order.folder, failure))
    return Fail(Fault::kConfiguration, "The folder " + order.folder.string() + " is not empty.");
  const auto opened = Open(order.storage);
  if (!opened) return opened.error();
  const auto collection = opened->database->Read([&](Transaction& in) -> Result<store::Collection> {
    return FindCollection(in, order.collection, order.company);
  });
  if (!collection) return collection.error();
  if (auto made = MakeFolder(order.folder); !made) return made.error();
  std::ofstream lines(order.folder / kPersonsFile, std::ios::binary);
  Progress progress("export", static_cast<std::size_t>(std::max<std::int64_t>(1, collection->persons_count)));
  std::optional<store::Person> last;
  std::size_t persons = 0, photos = 0;
  for (;;) {
    const auto page = ReadPage(*opened->database, collection->collection_id, last ? &*last : nullptr);
    if (!page) return page.error();
    for (const auto& person : page->persons) {
      const auto images = page->images.find(person.person_id);
      const auto line =
          WritePerson(*opened->blobs, order.folder, person,
                      images == page->images.end() ? std::vector<store::PersonImage>() : images->second);
      if (!line) return line.error();
      lines << base::WriteJson(*line) << '\n';
      photos += line->at("photos").as_array().size();
      ++persons;
      progress.Step();
    }
    if (page->persons.size() < static_cast<std::size_t>(kPage)) break;
    last = page->persons.back();
  }
  if (!lines.flush()) return Fail(Fault::kIo, (order.folder / kPersonsFile).string() + " cannot be written.");
  std::cout << persons << " persons with " << photos << " photos written to " << order.folder.string()
            << '\n';
  return {};
}

}  // namespace

int RunExport(const Export& order) {
  base::StartLog(base::Level::kWarning);
  const auto done = ExportTo(order);
  return done ? kOk : Complain(done.error());
}

}  // namespace ozma::cli
