#include "http/router.hpp"

#include <gtest/gtest.h>

#include "http/text.hpp"

namespace ozma::http {
namespace {

using base::Fault;

Router Routes() {
  Router router;
  const auto add = [&](const char* method, const char* pattern, Dialect dialect) {
    Route route;
    route.method = method;
    route.pattern = pattern;
    route.dialect = dialect;
    router.Add(std::move(route));
  };
  add("GET", "/", Dialect::kOz);
  add("GET", "/api/folders/{folder_id}", Dialect::kOz);
  add("DELETE", "/api/folders/{folder_id}", Dialect::kOz);
  add("POST", "/api/folders/export", Dialect::kOz);
  add("GET", "/api/folders/export", Dialect::kOz);
  add("GET", "/api/{kind}/{id}/media/{media_id}/", Dialect::kOz);
  add("POST", "/v1/face/pattern/extract", Dialect::kLitePattern);
  return router;
}

std::string PatternFor(const Router& router, std::string_view method, std::string_view path) {
  const auto found = router.Find(method, path);
  const auto* match = std::get_if<Match>(&found);
  return match ? match->route->pattern : base::NameOf(std::get<Router::Miss>(found).error.fault);
}

TEST(Router, FindsTheMostLiteralPattern) {
  const Router router = Routes();
  EXPECT_EQ(PatternFor(router, "GET", "/"), "/");
  EXPECT_EQ(PatternFor(router, "GET", "/api/folders/export"), "/api/folders/export");
  EXPECT_EQ(PatternFor(router, "GET", "/api/folders/export/"), "/api/folders/export");
  EXPECT_EQ(PatternFor(router, "GET", "/api/folders/%65xport"), "/api/folders/export");
  EXPECT_EQ(PatternFor(router, "GET", "/api/folders/7"), "/api/folders/{folder_id}");
  EXPECT_EQ(PatternFor(router, "HEAD", "/api/folders/7"), "/api/folders/{folder_id}");
  EXPECT_EQ(PatternFor(router, "DELETE", "/api/folders/export"), "/api/folders/{folder_id}");
}

TEST(Router, HandsOutDecodedCaptures) {
  const Router router = Routes();
  const auto found = router.Find("GET", "/api/persons/a%2Fb/media/%C3%A9");
  ASSERT_TRUE(std::holds_alternative<Match>(found));
  const std::map<std::string, std::string> expected{
      {"kind", "persons"}, {"id", "a/b"}, {"media_id", "\u00e9"}};
  EXPECT_EQ(std::get<Match>(found).captures, expected);
}

TEST(Router, SaysWhyNothingFits) {
  const Router router = Routes();
  for (const char* path : {"/nowhere", "/api/folders", "/api/folders/", "/api/folders//", "/api//folders/7"})
    EXPECT_EQ(PatternFor(router, "GET", path), "not found") << path;
  for (const char* path : {"", "api", "/%", "/%4", "/%0g", "/%00", "/a%0ab", "/%ff", "/%ed%a0%80"})
    EXPECT_EQ(PatternFor(router, "GET", path), "invalid request") << path;

  const auto found = router.Find("GET", "/v1/face/pattern/extract");
  const auto& miss = std::get<Router::Miss>(found);
  EXPECT_EQ(miss.error.fault, Fault::kMethodNotAllowed);
  EXPECT_EQ(miss.dialect, Dialect::kLitePattern);
  EXPECT_EQ(miss.allow, "OPTIONS, POST");
  EXPECT_EQ(std::get<Router::Miss>(router.Find("PUT", "/api/folders/7")).allow, "DELETE, GET, HEAD, OPTIONS");
}

TEST(Text, KnowsUtf8) {
  for (const char* good : {"", "a", "\u00e9", "\u20ac", "\U0001f600", "\xf4\x8f\xbf\xbf"})
    EXPECT_TRUE(IsUtf8(good)) << good;
  for (const char* bad : {"\x80", "\xc3", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80",
                          "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xe2\x82", "a\xff"})
    EXPECT_FALSE(IsUtf8(bad)) << bad;
}

TEST(Text, CleansWhatIsNotUtf8) {
  EXPECT_EQ(CleanText("a\r\nb\x7f"), "ab");
  EXPECT_EQ(CleanText("caf\xe9"), "caf\u00e9");
  EXPECT_EQ(CleanText("\u20ac"), "\u20ac");
}

TEST(Text, ReadsParameters) {
  using Map = std::map<std::string, std::string>;
  EXPECT_EQ(ParametersOf("form-data; a=1; B = \"x;y=\\\"z\\\\\" ; a=2; flag; c="),
            (Map{{"a", "1"}, {"b", "x;y=\"z\\"}, {"c", ""}}));
  EXPECT_EQ(ParametersOf("no parameters"), Map{});
  EXPECT_EQ(ParametersOf(";;;=;a"), Map{});
  EXPECT_EQ(ParametersOf("x; a=\"never closed"), (Map{{"a", "never closed"}}));
}

TEST(Headers, FindTheFirstWhateverTheCase) {
  const Headers headers{{"Content-Type", "a"}, {"content-type", "b"}, {"X", "c"}};
  EXPECT_EQ(Find(headers, "CONTENT-TYPE"), "a");
  EXPECT_EQ(Find(headers, "y"), "");
  EXPECT_EQ(MediaTypeOf(" Multipart/Form-Data ; boundary=x"), "multipart/form-data");
}

}  // namespace
}  // namespace ozma::http
