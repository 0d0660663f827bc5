// `ozma gallery`: collections from folders of photos, and back.
#pragma once

#include "cli/gallery.hpp"
#include "cli/program.hpp"
#include "cli/storage.hpp"

namespace ozma::cli {

struct Import {
  Common common;
  Storage storage;
  GalleryOptions gallery;
  std::filesystem::path folder, report;  // report: CSV, or JSON where it ends in .json; empty: none
  std::string collection, company;       // by id, or by alias and name
  bool create = false;                   // the collection, where the company has none of that alias
  bool refuse_duplicates = false;
  double threshold = 0.85;  // of duplicates
  std::size_t file_bytes = std::size_t{10} << 20;
};
int RunImport(Import import);

struct Export {
  Storage storage;
  std::filesystem::path folder;
  std::string collection, company;
};
int RunExport(const Export& order);

}  // namespace ozma::cli
