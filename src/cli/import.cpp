#include <iostream>

#include "api/audit.hpp"
#include "api/limits.hpp"
#include "base/log.hpp"
#include "cli/bulk_enrol.hpp"
#include "cli/folders.hpp"
#include "cli/lookup.hpp"
#include "cli/pictures.hpp"
#include "http/text.hpp"

namespace ozma::cli {
namespace {

namespace json = base::json;
using base::Fail;
using base::Fault;
using base::Result;
using store::Transaction;

Result<store::Collection> Made(Transaction& in, const Import& import) {
  const auto company = FindCompany(in, import.company);
  if (!company) return company.error();
  store::Collection collection;
  collection.collection_id = base::NewUuid();
  collection.company_id = *company;
  collection.alias = http::Trim(import.collection);
  if (collection.alias.empty() || api::CharactersOf(collection.alias) > api::kNameCharacters)
    return Fail(Fault::kConfiguration, "--collection is an alias of 1 to 255 characters.");
  collection.meta_data = json::object();
  collection.time.created = collection.time.updated = base::UnixSeconds();
  if (auto inserted = store::Insert(in, collection); !inserted) return inserted.error();
  api::Audit(in, Program(), "collection", collection.collection_id, "create");
  return collection;
}

Result<store::Collection> CollectionOf(const Import& import, store::Database& database) {
  return database.Write([&](Transaction& in) -> Result<store::Collection> {
    auto found = FindCollection(in, import.collection, import.company);
    if (found || found.error().fault != Fault::kNotFound || !import.create) return found;
    return Made(in, import);
  });
}

std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

Result<void> WriteReport(const std::filesystem::path& path, const std::vector<RefusedFile>& refused) {
  std::string text;
  if (path.extension() == ".json") {
    json::array rows;
    for (const auto& one : refused)
      rows.push_back(json::object{{"path", http::CleanText(one.path.string())},
                                  {"person", http::CleanText(one.person)},
                                  {"reason", base::NameOf(one.why.fault)},
                                  {"message", one.why.message}});
    text = base::WriteJson(rows) + '\n';
  } else {
    text = "path,person,reason,message\n";
    for (const auto& one : refused)
      text += Quoted(one.path.string()) + ',' + Quoted(one.person) + ',' + base::NameOf(one.why.fault) + ',' +
              Quoted(one.why.message) + '\n';
  }
  return base::WriteFile(path, base::AsBytes(text));
}

// All persons, or up to the first error that is ours.
Result<void> EnrolAll(BulkEnrolment& enrolment, const std::vector<PersonFolder>& persons, int threads) {
  return ForEach("import", persons.size(), threads,
                 [&](std::size_t i) { return enrolment.Enrol(persons[i]); });
}

Result<void> ImportFolder(Import& import) {
  const auto persons = ReadPersonFolders(import.folder);
  if (!persons) return persons.error();
  const auto opened = Open(import.storage);
  if (!opened) return opened.error();
  const auto collection = CollectionOf(import, *opened->database);
  if (!collection) return collection.error();
  if (import.common.cache.empty()) import.common.cache = import.storage.data / "networks";
  const auto chain = OpenChain(import.common);
  if (!chain) return chain.error();

  api::Context context;
  context.settings.refuse_duplicates = import.refuse_duplicates;
  context.settings.collection.decision_threshold = import.threshold;
  context.settings.file_bytes = import.file_bytes;
  context.database = opened->database;
  context.blobs = opened->blobs;
  context.analyst = chain->analyst;
  context.decoder = chain->decoder;
  std::unique_ptr<Gallery> gallery;
  if (import.refuse_duplicates) {
    auto searched = Gallery::Open(import.gallery, import.storage, *opened, *chain);
    if (!searched) return searched.error();
    gallery = std::move(*searched);
    context.finder = gallery->searcher();
  }
  BulkEnrolment enrolment(context, *collection);
  const auto done = EnrolAll(enrolment, *persons, import.common.threads);
  const auto refused = enrolment.refused();
  std::cout << "collection " << collection->collection_id << ": " << enrolment.enrolled()
            << " photos enrolled, " << enrolment.persons() << " persons made, " << enrolment.known()
            << " photos known before, " << refused.size() << " not enrolled\n";
  if (!import.report.empty()) {
    if (auto written = WriteReport(import.report, refused); !written) return written.error();
  } else {
    for (const auto& one : refused)
      std::cout << "not enrolled: " << one.path.string() << ": " << one.why.message << '\n';
  }
  return done;
}

}  // namespace

int RunImport(Import import) {
  base::StartLog(base::Level::kWarning);
  const auto done = ImportFolder(import);
  return done ? kOk : Complain(done.error());
}

}  // namespace ozma::cli
