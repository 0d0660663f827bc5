// The API that judges, called by its address as any client would: the persistent one, Instant or Lite.
#pragma once

#include <stop_token>
#include <vector>

#include "adapter/config.hpp"
#include "adapter/session.hpp"
#include "http/message.hpp"

namespace ozma::adapter {

// Why a call came to nothing, and whether it is worth another try.
struct Trouble {
  bool again = false;
  Refusal refusal;  // what the browser is told if it is not
};
template <class T>
using Asked = boost::system::result<T, Trouble>;
[[noreturn]] inline void throw_exception_from_error(const Trouble& trouble, const boost::source_location&) {
  throw std::runtime_error(trouble.refusal.message);
}

// A folder as far as it matters here.
struct Folder {
  std::string folder_id;
  std::map<std::string, std::string> media;  // file name -> media id
  json::array analyses;
};

// Safe from any thread; each call waits for its answer, api_timeout at most, or until `stop`.
class Api {
 public:
  // `url`: config.api_url, or the address of this very process.
  Api(const Config& config, std::string url, std::stop_token stop);

  // The folder that carries this event_session_id; its id is empty where there is none.
  Asked<Folder> Find(const Session& session) const;
  // `files`: the media with their bytes.
  Asked<Folder> Create(const Session& session, const std::vector<http::Part>& files) const;
  Asked<Folder> Get(const Session& session, const std::string& folder_id) const;
  // Starts what the configuration asks for, over the media of that folder.
  Asked<void> Start(const Session& session, const Folder& folder) const;
  // Lite or Instant: media in, verdicts out.
  Asked<Folder> Judge(const Session& session, const std::vector<http::Part>& files) const;

 private:
  Asked<json::value> Call(const Session& session, const char* what, std::string method,
                          const std::string& path, std::string body, const std::string& type) const;
  json::object Payload(const Session& session) const;
  json::array Requests(const Session& session, const Folder* folder) const;
  Trouble Judged(const char* what, const http::Response& response) const;

  const Config& config_;
  std::string base_;  // without a slash at its end
  bool instant_ = false;
  std::stop_token stop_;
};

}  // namespace ozma::adapter
