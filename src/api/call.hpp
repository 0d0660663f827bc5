// One call: who makes it, and how its answer is written. Every handler has the form Answer(const Call&).
#pragma once

#include <functional>
#include <string>

#include "api/context.hpp"
#include "base/json.hpp"
#include "base/result.hpp"
#include "http/message.hpp"

namespace ozma::api {

namespace json = base::json;
using Answer = base::Result<http::Response>;

struct Call {
  const Context& context;
  const http::Request& request;
  access::Caller caller;  // empty where the route is open
  std::string base_url;   // "https://host:port", for links

  const store::User& user() const { return caller.user; }
  // A path capture, "{folder_id}"; kNotFound where it is no UUID, since nothing has such an id.
  base::Result<std::string> Id(std::string_view name) const;
  // The body as a JSON object, whatever its Content-Type; {} where there is none. kInvalidRequest.
  base::Result<json::object> Body() const;
};

using Handler = std::function<Answer(const Call&)>;

// Which threads run a handler: the many that wait for the database and for work to end, or the few that
// compute.
enum class Pool { kWaiters, kWorkers };

// Adds a route whose caller is known: throttles, authenticates, words errors. `method` "GET" etc.; the
// pattern without a trailing slash.
void AddCall(http::Router& router, const std::shared_ptr<const Context>& context, std::string method,
             std::string pattern, Handler handler, Pool pool = Pool::kWaiters);
// The same for everybody.
void AddOpenCall(http::Router& router, const std::shared_ptr<const Context>& context, std::string method,
                 std::string pattern, Handler handler, Pool pool = Pool::kWaiters);

// What the token header holds, in either spelling; empty where there is none.
std::string_view TokenOf(const http::Request& request);

http::Response Ok(const json::value& body);
http::Response Created(const json::value& body);  // 201
http::Response Gone();                            // 204

// A JSON object of a body or a part; {} where the text is blank. kInvalidRequest: no JSON, or no object.
// kInvalidValue: a text in it holds U+0000, which no database takes.
base::Result<json::object> ParseObject(std::string_view text);

// Fields of a request body. Null counts as absent; a wrong type is kInvalidType naming the key.
base::Result<std::optional<std::string>> TextField(const json::object& body, std::string_view key);
base::Result<std::optional<bool>> BoolField(const json::object& body, std::string_view key);
base::Result<std::optional<double>> NumberField(const json::object& body, std::string_view key);
base::Result<std::optional<json::object>> ObjectField(const json::object& body, std::string_view key);
// kInvalidRequest "Could not locate field for key_path <k> from provided dict data" where it is absent.
base::Result<std::string> NeededText(const json::object& body, std::string_view key);

}  // namespace ozma::api
