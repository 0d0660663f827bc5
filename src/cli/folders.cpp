#include "cli/folders.hpp"

#include <map>

namespace ozma::cli {
namespace {

void AddCollection(CLI::App& command, std::string& collection, std::string& company) {
  command.add_option("--collection", collection, "The collection: its id, or its alias with --company")
      ->required();
  command.add_option("--company", company, "The company whose collection it is: an id or a name");
}

void AddImport(CLI::App& gallery, int& exit_code) {
  auto import = std::make_shared<Import>();
  auto* command =
      gallery.add_subcommand("import", "Enrol folders of photos; again and again, nothing is enrolled twice");
  command->footer(
      "A folder in FOLDER is a person, with all photos in and below it; a photo in FOLDER itself is a "
      "person, "
      "too,\nnamed as its file. A photo shows exactly one face. Photos that were enrolled before are passed "
      "over.");
  command->add_option("FOLDER", import->folder, "Persons: folders of photos, or photos")
      ->required()
      ->check(CLI::ExistingDirectory);
  AddCollection(*command, import->collection, import->company);
  command->add_flag("--create", import->create,
                    "Make the collection where the company has none of this alias");
  command->add_option("--report", import->report,
                      "Write the files that were not enrolled, and why: CSV, or JSON to a .json");
  command
      ->add_option("--duplicate-persons", import->refuse_duplicates,
                   "refuse: nobody is enrolled who is in the collection by another name; off: nobody looks")
      ->transform(CLI::CheckedTransformer(std::map<std::string, bool>{{"refuse", true}, {"off", false}}))
      ->envname("OZMA_DUPLICATE_PERSONS");
  command->add_option("--collection-threshold", import->threshold, "The score from which two persons are one")
      ->envname("OZ_SERVICE_O2N_SEARCH_THRESHOLD")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command->add_option("--attachment-max-size", import->file_bytes, "Bytes of a photo at most")
      ->envname("OZ_ATTACHMENT_MAX_SIZE")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1} << 30))
      ->capture_default_str();
  AddStorage(*command, import->storage);
  AddGalleryOptions(*command, import->gallery);
  AddCommon(*command, import->common);
  command->callback([import, &exit_code] { exit_code = RunImport(*import); });
}

void AddExport(CLI::App& gallery, int& exit_code) {
  auto order = std::make_shared<Export>();
  auto* command =
      gallery.add_subcommand("export", "Write the persons of a collection as folders of their photos");
  command->footer("What is written can be imported again. It is personal data: only you may read it.");
  command->add_option("FOLDER", order->folder, "Made; must not be there yet, or be empty")->required();
  AddCollection(*command, order->collection, order->company);
  AddStorage(*command, order->storage);
  command->callback([order, &exit_code] { exit_code = RunExport(*order); });
}

}  // namespace

void AddFolders(CLI::App& app, int& exit_code) {
  auto* gallery = app.add_subcommand("gallery", "Collections of persons from folders of photos, and back");
  gallery->require_subcommand(1);
  AddImport(*gallery, exit_code);
  AddExport(*gallery, exit_code);
}

}  // namespace ozma::cli
