// The licence of a Web SDK: a signed file that says on which sites it may run. Without a file it may run on
// all.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "adapter/config.hpp"

namespace ozma::adapter {

class License {
 public:
  // `file`: {"payload_b64", "signature", "enc_public_key"}, all base64. The signature is Ed25519's of the
  // bytes of the payload, by `license_public_key` of the configuration, else by the key in the file. The
  // payload is JSON {"id", "kind": "web" | "web_master", "origins": [...], "expires": Unix seconds or null}.
  // Never fails: a licence that cannot be used is one whose error says why. Empty: unlicensed, which is
  // allowed.
  static License Load(const std::filesystem::path& file, const Config& config);
  // As Load, of text already read.
  static License Parse(std::string_view text, const std::string& name, const Config& config);

  // Why the licence does not hold now for a page of this origin ("https://a.example:8443"; empty: unknown);
  // nothing where it does. Domains include their subdomains; scheme and port do not matter; the local host is
  // free.
  std::optional<std::string> Refuses(std::string_view origin) const;

  // {"valid", "expires", "origins", "error"}, and "note" where there is no licence.
  base::json::object Shown() const;

 private:
  bool present_ = false;
  bool any_origin_ = false;  // a master licence whose signature holds
  std::string error_;
  std::optional<double> expires_;
  std::vector<std::string> origins_;
};

}  // namespace ozma::adapter
