// The persistent API over a real database, real files and the real decoder, called without sockets.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "api/context.hpp"
#include "base/json.hpp"
#include "http/router.hpp"
#include "store/objects.hpp"

namespace ozma::api::testing {

namespace json = base::json;

struct Sent {
  std::string body;
  std::vector<http::Part> parts;  // any: multipart
  http::Headers headers;
};

struct Answered {
  unsigned status = 0;
  http::Response response;
  json::value body;  // null where it is no JSON

  const json::value& operator[](std::string_view key) const { return body.as_object().at(key); }
  std::string Text(std::string_view key) const { return std::string((*this)[key].as_string()); }
  std::int64_t code() const { return (*this)["error_code"].as_int64(); }
};

class World {
 public:
  explicit World(std::function<void(Settings&)> change = {},
                 std::shared_ptr<const analysis::Analyst> analyst = nullptr);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // A new user of that role; "a" and "b" are companies. Calls are made by the user that was made last, until
  // As() says otherwise.
  store::User NewUser(store::Role role, const std::string& company = "a");
  void As(const store::User& user);
  void AsNobody() { token_.clear(); }
  void Search(std::shared_ptr<gallery::Finder> finder) { context_->finder = std::move(finder); }

  // `target` with its query.
  Answered Call(const std::string& method, const std::string& target, const Sent& sent = {});

  std::string NewFolder(const std::vector<http::Part>& parts = {});  // its id
  std::size_t Files() const;
  std::int64_t Folders() const;

  const Context& context() const { return *context_; }

 private:
  std::filesystem::path folder_;
  std::shared_ptr<Context> context_;
  http::Router router_;
  std::string token_;
  std::map<std::string, std::string> companies_, tokens_;
};

// One for the whole program: its children take a moment to start.
std::shared_ptr<media::Decoder> SharedDecoder();

base::Bytes SampleFile(const std::string& name);
http::Part File(const std::string& name, const std::string& sample);
http::Part Payload(const std::string& text);

}  // namespace ozma::api::testing
