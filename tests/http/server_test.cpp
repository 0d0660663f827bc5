// What an ordinary client sees.
#include "http/server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/ids.hpp"
#include "base/json.hpp"
#include "http/test_client.hpp"

namespace ozma::http {
namespace {

using testing::HasSubstr;

// Answers what it was given.
Response Echo(const Request& request) {
  base::json::array parts;
  for (const Part& part : request.parts)
    parts.push_back(base::json::object{
        {"name", part.name}, {"filename", part.filename.value_or("-")}, {"data", base::AsText(part.data)}});
  base::json::object query, captures;
  for (const auto& [name, value] : request.query) query.emplace(name, value);
  for (const auto& [name, value] : request.captures) captures.emplace(name, value);
  return JsonResponse(base::WriteJson(base::json::object{{"method", request.method},
                                                         {"path", request.path},
                                                         {"query", query},
                                                         {"captures", captures},
                                                         {"body", base::AsText(request.body)},
                                                         {"parts", parts}}));
}

Router Echoes() {
  Router router;
  router.Add(Route{.method = "POST", .pattern = "/echo", .dialect = Dialect::kOz, .handler = Echo});
  router.Add(Route{.method = "GET", .pattern = "/echo", .dialect = Dialect::kOz, .handler = Echo});
  router.Add(Route{
      .method = "GET", .pattern = "/api/folders/{folder_id}", .dialect = Dialect::kOz, .handler = Echo});
  router.Add(Route{.method = "POST", .pattern = "/lite", .dialect = Dialect::kLiteLiveness, .handler = Echo});
  router.Add(
      Route{.method = "GET",
            .pattern = "/throw",
            .dialect = Dialect::kLitePattern,
            .handler = [](const Request&) -> Response { throw std::runtime_error("secret file /etc/x"); }});
  router.Add(
      Route{.method = "GET", .pattern = "/split", .dialect = Dialect::kOz, .handler = [](const Request&) {
              Response response;
              response.status = 201;
              response.content_type = "text/plain";
              response.headers = {
                  {"X-A", "1\r\nX-Evil: 2"}, {"Cache-Control", "max-age=5"}, {"Content-Length", "3"}};
              response.body = "hello";
              return response;
            }});
  return router;
}

TEST(Server, AnswersManyRequestsOnOneConnection) {
  const auto server = Serve(Echoes());
  Client client(server->port());
  for (int i = 0; i < 50; ++i) {
    const Reply reply = client.Ask(i % 2 ? Get("/ping") : Post("/echo", "body " + std::to_string(i)));
    ASSERT_EQ(reply.status, 200u) << i;
    const std::string expected = "body " + std::to_string(i);
    EXPECT_EQ(i % 2 ? expected : TextAt(reply, "body"), expected);
  }
}

TEST(Server, AnswersPipelinedRequestsInOrder) {
  const auto server = Serve(Echoes());
  Client client(server->port());
  client.Send(Post("/echo", "one") + Get("/ping") + Post("/echo", "two") + Get("/nowhere"));
  EXPECT_EQ(TextAt(client.Read(), "body"), "one");
  EXPECT_EQ(client.Read().body, "\"pong\"");
  EXPECT_EQ(TextAt(client.Read(), "body"), "two");
  EXPECT_EQ(client.Read().status, 404u);
}

TEST(Server, ReadsARequestThatComesByteByByte) {
  const auto server = Serve(Echoes());
  Client client(server->port());
  for (const char c : Post("/echo", "slowly")) client.Send(std::string_view(&c, 1));
  EXPECT_EQ(TextAt(client.Read(), "body"), "slowly");
}

TEST(Server, ReadsChunkedBodiesWithExtensionsAndTrailers) {
  const auto server = Serve(Echoes());
  Client client(server->port());
  const Reply reply = client.Ask(
      "POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n"
      "4;x=y\r\nwiki\r\n5\r\npedia\r\n0\r\nX-Trailer: a\r\n\r\n");
  EXPECT_EQ(TextAt(reply, "body"), "wikipedia");
  EXPECT_EQ(client.Ask(Get("/ping")).status, 200u);
}

TEST(Server, TellsAClientThatAsksToContinue) {
  const auto server = Serve(Echoes());
  Client client(server->port());
  client.Send("POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.Read(true).status, 100u);
  const Reply reply = client.Ask("later");
  EXPECT_EQ(TextAt(reply, "body"), "later");
  EXPECT_EQ(client.Ask(Post("/echo", "", "Expect: miracles\r\n")).status, 417u);
}

TEST(Server, HandsOutPartsOfMultipart) {
  const auto server = Serve(Echoes());
  Client client(server->port());
  const std::string body =
      "--B\r\nContent-Disposition: form-data; name=\"payload\"\r\n\r\n{}\r\n"
      "--B\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a.jpg\"\r\n\r\nbytes\r\n--B--\r\n";
  const Reply reply = client.Ask(Post("/echo", body, "Content-Type: multipart/form-data; boundary=B\r\n"));
  EXPECT_EQ(
      base::WriteJson(JsonOf(reply)["parts"]),
      R"([{"name": "payload", "filename": "-", "data": "{}"}, {"name": "photo", "filename": "a.jpg", "data": "bytes"}])");
}

TEST(Server, RefusesBrokenMultipartInTheRoutesWords) {
  const auto server = Serve(Echoes());
  const std::string part = "--B\r\nContent-Disposition: form-data; name=a\r\n\r\nx";
  for (const auto& [type, body] :
       {std::pair{"multipart/form-data", part},
        {"multipart/form-data; boundary=B", part},
        {"multipart/form-data; boundary=B", "--B\r\nContent-Disposition: form-data\r\n\r\nx\r\n--B--"}}) {
    Client client(server->port());
    const Reply reply = client.Ask(Post("/lite", body, std::string("Content-Type: ") + type + "\r\n"));
    EXPECT_EQ(reply.status, 400u);
    EXPECT_EQ(TextAt(reply, "code"), "LDE-002001");
  }
}

TEST(Server, DecodesPathAndQuery) {
  const auto server = Serve(Echoes());
  Client client(server->port());
  auto seen = JsonOf(client.Ask(Get("/api/folders/a%2Fb%20c/?x=1&y=%C3%A9+z&x=2&&flag")));
  EXPECT_EQ(base::WriteJson(seen["captures"]), R"({"folder_id": "a/b c"})");
  EXPECT_EQ(base::WriteJson(seen["query"]), R"({"flag": "", "x": "1", "y": "é z"})");
  EXPECT_EQ(TextAt(client.Ask(Get("http://other.host/echo?q=1")), "path"), "/echo");
  EXPECT_EQ(TextAt(client.Ask(Get("/echo/")), "path"), "/echo");
  for (const char* bad : {"/api/folders/%zz", "/api/folders/%", "/api/folders/%00", "/api/folders/%ff",
                          "/echo?a=%f", "/echo?%ff"})
    EXPECT_EQ(client.Ask(Get(bad)).status, 400u) << bad;
}

TEST(Server, KnowsItsPathsAndMethods) {
  const auto server = Serve(Echoes());
  Client client(server->port());
  Reply reply = client.Ask(Get("/nowhere"));
  EXPECT_EQ(reply.status, 404u);
  EXPECT_EQ(reply.body,
            R"({"error_code": 10, "error_message": "There is nothing at this path.", "details": null})");
  reply = client.Ask(Post("/ping", "x"));
  EXPECT_EQ(reply.status, 405u);
  EXPECT_EQ(Find(reply.headers, "Allow"), "GET, HEAD, OPTIONS");
  reply = client.Ask(Get("/lite"));
  EXPECT_EQ(reply.status, 400u);
  EXPECT_EQ(TextAt(reply, "code"), "LDE-002002");
  reply = client.Ask("BREW /lite HTTP/1.1\r\nHost: t\r\n\r\n");
  EXPECT_EQ(reply.status, 400u);
  EXPECT_EQ(TextAt(reply, "code"), "LDE-002002");
}

TEST(Server, AnswersHeadWithTheHeaderOfGet) {
  const auto server = Serve(Echoes());
  Client client(server->port());
  client.Send("HEAD /ping HTTP/1.1\r\nHost: t\r\n\r\n");
  const Reply reply = client.Read(true);
  EXPECT_EQ(reply.status, 200u);
  EXPECT_EQ(Find(reply.headers, "Content-Length"), "6");
  EXPECT_EQ(client.Ask(Get("/ping")).body, "\"pong\"");
}

TEST(Server, AnswersPreflightAndOptions) {
  const auto server = Serve(Echoes());
  Client client(server->port());
  Reply reply = client.Ask(
      "OPTIONS /lite HTTP/1.1\r\nHost: t\r\nOrigin: https://a.example\r\nAccess-Control-Request-Method: "
      "POST\r\n"
      "Access-Control-Request-Headers: x-evil\r\n\r\n");
  EXPECT_EQ(reply.status, 204u);
  EXPECT_EQ(Find(reply.headers, "Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(Find(reply.headers, "Access-Control-Allow-Methods"), "GET, POST, OPTIONS, PATCH, DELETE");
  EXPECT_THAT(std::string(Find(reply.headers, "Access-Control-Allow-Headers")),
              HasSubstr("Content-Transfer-Encoding, X-Forensic-Access-Token"));
  EXPECT_EQ(Find(reply.headers, "Access-Control-Max-Age"), "86400");
  reply = client.Ask("OPTIONS /echo HTTP/1.1\r\nHost: t\r\n\r\n");
  EXPECT_EQ(reply.status, 204u);
  EXPECT_EQ(Find(reply.headers, "Allow"), "GET, HEAD, OPTIONS, POST");
  EXPECT_EQ(client.Ask("OPTIONS * HTTP/1.1\r\nHost: t\r\n\r\n").status, 204u);
  EXPECT_EQ(client.Ask("OPTIONS /nowhere HTTP/1.1\r\nHost: t\r\n\r\n").status, 404u);
  EXPECT_EQ(Find(client.Ask(Get("/nowhere")).headers, "Access-Control-Allow-Origin"), "*");
}

TEST(Server, SendsItsDefaultHeaders) {
  const auto server = Serve(Echoes());
  Client client(server->port());
  Reply reply = client.Ask(Get("/ping", "X-Request-Id: abc.DEF-1_2\r\n"));
  EXPECT_EQ(Find(reply.headers, "X-Request-Id"), "abc.DEF-1_2");
  EXPECT_EQ(Find(reply.headers, "X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(Find(reply.headers, "Cache-Control"), "no-store");
  EXPECT_EQ(Find(reply.headers, "Server"), "ozma");
  EXPECT_THAT(std::string(Find(reply.headers, "Content-Security-Policy")), HasSubstr("default-src 'none'"));
  for (const std::string& bad : {std::string("a b"), std::string(65, 'a'), std::string("a\"b")}) {
    reply = client.Ask(Get("/ping", "X-Request-Id: " + bad + "\r\n"));
    EXPECT_THAT(std::string(Find(reply.headers, "X-Request-Id")), testing::MatchesRegex("[0-9a-f-]{36}"));
  }
}

TEST(Server, LetsAHandlerOverrideDefaultsButNotSplitTheAnswer) {
  const auto server = Serve(Echoes());
  Client client(server->port());
  const Reply reply = client.Ask(Get("/split"));
  EXPECT_EQ(reply.status, 201u);
  EXPECT_EQ(reply.body, "hello");
  EXPECT_EQ(reply.headers.count("X-Evil"), 0u);
  EXPECT_EQ(reply.headers.count("Content-Length"), 1u);
  EXPECT_EQ(reply.headers.count("Cache-Control"), 1u);
  EXPECT_EQ(Find(reply.headers, "Cache-Control"), "max-age=5");
}

TEST(Server, TurnsAnExceptionIntoAnInternalErrorWithoutItsWords) {
  const auto server = Serve(Echoes());
  Client client(server->port());
  const Reply reply = client.Ask(Get("/throw"));
  EXPECT_EQ(reply.status, 500u);
  EXPECT_EQ(TextAt(reply, "code"), "BPE-001001");
  EXPECT_THAT(reply.body, testing::Not(HasSubstr("secret")));
  EXPECT_EQ(client.Ask(Get("/ping")).status, 200u);
}

TEST(Server, ClosesWhenTheClientAsks) {
  const auto server = Serve();
  Client modern(server->port());
  Reply reply = modern.Ask(Get("/ping", "Connection: close\r\n"));
  EXPECT_EQ(Find(reply.headers, "Connection"), "close");
  EXPECT_TRUE(modern.Ended());
  Client old(server->port());
  EXPECT_EQ(old.Ask("GET /ping HTTP/1.0\r\n\r\n").status, 200u);
  EXPECT_TRUE(old.Ended());
  Client kept(server->port());
  for (int i = 0; i < 2; ++i)
    EXPECT_EQ(kept.Ask("GET /ping HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").status, 200u);
}

TEST(Server, PassesOverEmptyLinesBetweenRequests) {
  const auto server = Serve(Echoes());
  Client client(server->port());
  EXPECT_EQ(client.Ask(Post("/echo", "a") + "\r\n").status, 200u);
  EXPECT_EQ(client.Ask("\r\n" + Get("/ping")).status, 200u);
}

TEST(Server, CountsWhatItAnswers) {
  const auto server = Serve(Echoes());
  Client client(server->port());
  client.Ask(Get("/api/folders/private-name?token=secret"));
  client.Ask("BREW /secret HTTP/1.1\r\nHost: t\r\n\r\n");
  const Reply reply = client.Ask(Get("/metrics"));
  EXPECT_THAT(
      reply.body,
      HasSubstr(R"(ozma_http_requests_total{method="GET",route="/api/folders/{folder_id}",status="200"})"));
  EXPECT_THAT(reply.body,
              HasSubstr(R"(ozma_http_requests_total{method="other",route="unmatched",status="404"})"));
  EXPECT_THAT(reply.body, HasSubstr("ozma_http_connections 1\n"));
  EXPECT_THAT(reply.body, HasSubstr("ozma_http_request_seconds_bucket"));
  EXPECT_THAT(reply.body, testing::Not(HasSubstr("secret")));
}

TEST(Server, LogsNoPathQueryOrBody) {
  const auto server = Serve(Echoes());
  Client client(server->port());
  testing::internal::CaptureStderr();
  client.Ask(Get("/api/folders/private-name?token=secret", "X-Request-Id: log-me\r\n"));
  client.Ask(Get("/ping"));  // once this is answered, the line before is written
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_THAT(
      log,
      HasSubstr(
          R"("event": "request", "id": "log-me", "method": "GET", "route": "/api/folders/{folder_id}", "status": 200)"));
  EXPECT_THAT(log, testing::Not(HasSubstr("private-name")));
  EXPECT_THAT(log, testing::Not(HasSubstr("secret")));
}

TEST(Server, SaysWhatIsWrongWithItsOptions) {
  Options options;
  options.address = "not an address";
  EXPECT_EQ(Server::Start(options, {}).error().fault, base::Fault::kConfiguration);
  const auto server = Serve();
  options.address = "127.0.0.1";
  options.port = server->port();
  EXPECT_EQ(Server::Start(options, {}).error().fault, base::Fault::kIo);
  options.port = 0;
  options.tls_key = "key.pem";
  EXPECT_EQ(Server::Start(options, {}).error().fault, base::Fault::kConfiguration);
  options.tls_certificate = "/nonexistent/certificate.pem";
  EXPECT_THAT(Server::Start(options, {}).error().message, HasSubstr("/nonexistent/certificate.pem"));
}

}  // namespace
}  // namespace ozma::http
