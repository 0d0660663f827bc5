#include "base/named_id.hpp"

#include "base/bytes.hpp"

namespace ozma::base {

std::string UuidOf(std::string_view parent, std::string_view name) {
  std::string text(parent);
  text += '/';
  text += name;
  std::string id = Sha256Hex(AsBytes(text)).substr(0, 32);
  id[12] = '8';                                        // the version
  id[16] = "89ab"[static_cast<unsigned>(id[16]) % 4];  // the variant
  for (const std::size_t at : {8, 13, 18, 23}) id.insert(at, 1, '-');
  return id;
}

}  // namespace ozma::base
