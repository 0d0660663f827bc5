// What every handler of the persistent API shares.
#pragma once

#include <memory>
#include <string>

#include "access/sessions.hpp"
#include "access/throttle.hpp"
#include "analysis/analyst.hpp"
#include "analysis/job.hpp"
#include "gallery/finder.hpp"
#include "http/router.hpp"
#include "media/decoder.hpp"
#include "store/blobs.hpp"
#include "store/database.hpp"

namespace ozma::api {

struct Settings {
  std::string version;
  std::string public_url;  // "https://host:port" before /static/...; empty: from the request's Host header
  std::string scheme = "http";  // of links made from the Host header
  std::string time_zone = "Etc/UTC";
  std::size_t files = 10;               // of a request (OZ_ATTACHMENT_MAX_COUNT)
  std::size_t file_bytes = 10u << 20;   // (OZ_ATTACHMENT_MAX_SIZE)
  bool permissions_for_static = false;  // (OZ_USE_PERMISSIONS_FOR_STATIC)
  double single_request_timeout = 60;   // seconds (OZ_SINGLE_REQUEST_TIMEOUT)
  std::size_t single_requests = 24;     // that may wait at once; fewer than http::Options::waiters
  bool instant_needs_token = false;     // Instant answers only who is logged in
  access::PasswordPolicy passwords;     // (OZ_PASSWORD_POLICY)
  bool collections = true;              // whether there are any (OZ_APP_COMPONENTS has oz_collections)
  bool refuse_duplicates = false;  // no two persons of a collection are the same (OZMA_DUPLICATE_PERSONS)
  analysis::Parameters quality, biometry, collection;  // defaults of new analyses
};

// Where nothing is stored (stateless mode), database, blobs and sessions are null.
struct Context {
  Settings settings;
  std::shared_ptr<store::Database> database;
  std::shared_ptr<store::Blobs> blobs;
  std::shared_ptr<access::Sessions> sessions;
  std::shared_ptr<access::Throttle> throttle;
  std::shared_ptr<const analysis::Analyst> analyst;
  std::shared_ptr<media::Decoder> decoder;
  std::shared_ptr<gallery::Finder> finder;  // null where this process searches nothing
};

}  // namespace ozma::api
