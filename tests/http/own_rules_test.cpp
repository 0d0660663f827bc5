// What a route may have of its own: who may call from other origins, and how long a body may be.
#include <gmock/gmock.h>

#include "http/test_client.hpp"

namespace ozma::http {
namespace {

using ::testing::HasSubstr;

Route Echo(std::string pattern) {
  Route route;
  route.method = "POST";
  route.pattern = std::move(pattern);
  route.dialect = Dialect::kWeb;
  route.handler = [](const Request& request) { return JsonResponse(std::to_string(request.body.size())); };
  return route;
}

std::unique_ptr<Server> ServeOwn(const Cors& cors, std::size_t body_bytes = 0) {
  Router router;
  Route route = Echo("/own");
  route.cors = std::make_shared<const Cors>(cors);
  route.body_bytes = body_bytes;
  router.Add(std::move(route));
  router.Add(Echo("/common"));
  return Serve(std::move(router));
}

std::string Origin(std::string_view origin) {
  return "Origin: " + std::string(origin) + "\r\n";
}

TEST(OwnRules, OriginsOfARouteRuleOverTheServers) {
  const auto server = ServeOwn({{"https://a.example"}, "POST", "Content-Type"});
  Client client(server->port());
  const auto allowed = client.Ask(Post("/own", "{}", Origin("https://a.example")));
  EXPECT_EQ(Find(allowed.headers, "Access-Control-Allow-Origin"), "https://a.example");
  EXPECT_EQ(Find(allowed.headers, "Vary"), "Origin");
  for (const auto& headers : {Origin("https://b.example"), Origin("https://a.example.b"), std::string()})
    EXPECT_EQ(client.Ask(Post("/own", "{}", headers)).headers.count("Access-Control-Allow-Origin"), 0u)
        << headers;
  const auto common = client.Ask(Post("/common", "{}", Origin("https://b.example")));
  EXPECT_EQ(Find(common.headers, "Access-Control-Allow-Origin"), "*");
  // Refusals carry the same headers, lest the page cannot read them.
  const auto refused = client.Ask(Get("/own", Origin("https://a.example")));
  EXPECT_EQ(refused.status, 405u);
  EXPECT_EQ(Find(refused.headers, "Access-Control-Allow-Origin"), "https://a.example");
}

TEST(OwnRules, PreflightIsAnsweredByTheRoute) {
  const auto server = ServeOwn({{"https://a.example"}, "POST", "X-Own"});
  Client client(server->port());
  const auto ask = [&](std::string_view path, std::string_view origin) {
    return client.Ask("OPTIONS " + std::string(path) +
                      " HTTP/1.1\r\nHost: a\r\nAccess-Control-Request-Method: POST\r\n" + Origin(origin) +
                      "\r\n");
  };
  const auto allowed = ask("/own", "https://a.example");
  EXPECT_EQ(allowed.status, 204u);
  EXPECT_EQ(Find(allowed.headers, "Access-Control-Allow-Methods"), "POST");
  EXPECT_EQ(Find(allowed.headers, "Access-Control-Allow-Headers"), "X-Own");
  const auto refused = ask("/own", "https://b.example");
  EXPECT_EQ(refused.status, 204u);
  EXPECT_EQ(refused.headers.count("Access-Control-Allow-Origin"), 0u);
  EXPECT_EQ(refused.headers.count("Access-Control-Allow-Methods"), 0u);
  EXPECT_THAT(std::string(Find(ask("/common", "https://b.example").headers, "Access-Control-Allow-Methods")),
              HasSubstr("PATCH"));
}

TEST(OwnRules, BodiesBeyondTheRoutesLimitAreRefusedByTheirHeader) {
  const auto server = ServeOwn({}, 10);
  Client client(server->port());
  EXPECT_EQ(client.Ask(Post("/own", "0123456789")).status, 200u);
  const auto refused = client.Ask(Post("/own", "0123456789a"));
  EXPECT_EQ(refused.status, 413u);
  EXPECT_EQ(JsonOf(refused).at("error").at("code"), "too_large");
  EXPECT_EQ(client.Ask(Post("/common", "0123456789a")).status, 200u);
  const auto chunked = client.Ask(
      "POST /own HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
      "chunked\r\n\r\n6\r\n012345\r\n6\r\n012345\r\n0\r\n\r\n");
  EXPECT_EQ(chunked.status, 413u);
}

TEST(OwnRules, WebWordsItsErrors) {
  const auto told = [](base::Fault fault) {
    const auto response = Problem(Dialect::kWeb, base::Fail(fault, "Why."));
    const auto body = base::ReadJson(response.body);
    return std::to_string(response.status) + " " + std::string(body->at("error").at("code").as_string());
  };
  EXPECT_EQ(told(base::Fault::kInvalidRequest), "400 bad_request");
  EXPECT_EQ(told(base::Fault::kContentType), "400 bad_request");
  EXPECT_EQ(told(base::Fault::kNotFound), "404 not_found");
  EXPECT_EQ(told(base::Fault::kMethodNotAllowed), "405 method_not_allowed");
  EXPECT_EQ(told(base::Fault::kTooLarge), "413 too_large");
  EXPECT_EQ(told(base::Fault::kThrottled), "429 too_many");
  EXPECT_EQ(told(base::Fault::kOverloaded), "503 overloaded");
  EXPECT_EQ(told(base::Fault::kUpstream), "502 service_unavailable");
  EXPECT_EQ(told(base::Fault::kInternal), "500 internal");
}

}  // namespace
}  // namespace ozma::http
