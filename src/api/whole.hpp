// Folders as they are answered whole.
#pragma once

#include "api/call.hpp"
#include "store/query.hpp"

namespace ozma::api {

// Which of its lists a folder is answered with.
struct Wholeness {
  bool media = true, analyses = false;
};

// The folders in that order, each with its media and analyses as asked for.
json::array RenderFolders(store::Transaction& in, const std::vector<store::Folder>& folders,
                          const Wholeness& with, std::string_view base_url);
json::object RenderFolder(store::Transaction& in, const store::Folder& folder, const Wholeness& with,
                          std::string_view base_url);

// Removes the files that a committed deletion freed. What cannot be removed now the clean-up removes later,
// so the deletion stands all the same.
void RemoveFreed(const Context& context);

}  // namespace ozma::api
