#include "http/multipart.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace ozma::http {
namespace {

using base::Fault;

base::Result<std::vector<Part>> ReadIn(const std::vector<std::string_view>& pieces,
                                       std::string_view boundary = "B", MultipartLimits limits = {},
                                       std::size_t memory = 1u << 30) {
  Budget budget(memory);
  Budget::Share share(budget);
  MultipartReader reader(boundary, limits, share);
  for (const auto piece : pieces)
    if (auto fed = reader.Feed(base::AsBytes(piece)); !fed) return fed.error();
  return reader.Finish();
}

base::Result<std::vector<Part>> ReadWhole(std::string_view body, std::string_view boundary = "B",
                                          MultipartLimits limits = {}) {
  return ReadIn({body}, boundary, limits);
}

std::string PartOf(std::string_view header, std::string_view data) {
  return "--B\r\n" + std::string(header) + "\r\n\r\n" + std::string(data) + "\r\n";
}

std::string Named(std::string_view name, std::string_view data) {
  return PartOf("Content-Disposition: form-data; name=\"" + std::string(name) + "\"", data);
}

// The parts as one comparable text.
std::string Shown(const base::Result<std::vector<Part>>& parts) {
  if (!parts) return std::string("error: ") + parts.error().message;
  std::string text;
  for (const Part& part : *parts) {
    text += "[" + part.name + "|" + part.filename.value_or("-") + "|";
    for (const auto& [name, value] : part.headers) text += name + "=" + value + ";";
    text += "|" + std::string(base::AsText(part.data)) + "]";
  }
  return text;
}

TEST(Multipart, ReadsPartsInOrder) {
  const auto parts = ReadWhole("preamble\r\n" + Named("payload", "{}") +
                               PartOf("Content-Disposition: form-data; name=photo; filename=\"a b.jpg\"\r\n"
                                      "Content-Type: image/jpeg",
                                      "\r\n-\xff\r\n--\r\n--C\n--\r") +
                               Named("empty", "") + "--B--\r\nepilogue --B--");
  ASSERT_TRUE(parts) << parts.error().message;
  ASSERT_EQ(parts->size(), 3u);
  EXPECT_EQ((*parts)[0].name, "payload");
  EXPECT_EQ((*parts)[0].filename, std::nullopt);
  EXPECT_EQ(base::AsText((*parts)[0].data), "{}");
  EXPECT_EQ((*parts)[1].filename, "a b.jpg");
  EXPECT_EQ(Find((*parts)[1].headers, "content-type"), "image/jpeg");
  EXPECT_EQ(base::AsText((*parts)[1].data), "\r\n-\xff\r\n--\r\n--C\n--\r");
  EXPECT_TRUE((*parts)[2].data.empty());
}

TEST(Multipart, IsMildWithRealClients) {
  const std::pair<std::string, std::string> cases[] = {
      {"--B\nContent-Disposition: form-data; name=a\n\nx\n--B--",
       "[a|-|Content-Disposition=form-data; name=a;|x]"},
      {PartOf("Content_type: multipart/form-data\r\nContent-Disposition: form-data; name=a", "x") + "--B--",
       "[a|-|Content-Disposition=form-data; name=a;Content-type=multipart/form-data;|x]"},
      {"--B  \t\r\ncontent-disposition:form-data ;NAME = \"a\" ; FileName = \"\" \r\n\r\nx\r\n--B--",
       "[a||content-disposition=form-data ;NAME = \"a\" ; FileName = \"\";|x]"},
      {PartOf("Content-Disposition: form-data;\r\n name=\"a\"", "x") + "--B--",
       "[a|-|Content-Disposition=form-data; name=\"a\";|x]"},
      {"--B\r\nContent-Disposition: form-data; name=a\r\n\r\n--B--",
       "[a|-|Content-Disposition=form-data; name=a;|]"},
      {"--B--", ""},
      {"--B--\r\n", ""},
      {"\r\n--B--", ""},
  };
  for (const auto& [body, expected] : cases) EXPECT_EQ(Shown(ReadWhole(body)), expected) << body;
}

TEST(Multipart, ReadsNamesInEveryWayTheyAreSent) {
  const std::pair<std::string, std::string> cases[] = {
      {R"(filename="say \"hi\".jpg")", R"(say "hi".jpg)"},
      {R"(filename="C:\photos\a.jpg")", R"(C:\photos\a.jpg)"},
      {R"(filename="a%22b%2Fc.jpg")", R"(a"b%2Fc.jpg)"},
      {"filename=\"\xd0\xb8\xd0\xbc\xd1\x8f.jpg\"", "\xd0\xb8\xd0\xbc\xd1\x8f.jpg"},
      {"filename=\"caf\xe9.jpg\"", "caf\xc3\xa9.jpg"},
      {"filename=plain; filename*=UTF-8''%d0%b8%20x.jpg", "\xd0\xb8 x.jpg"},
      {"filename*=iso-8859-1'en'caf%E9.jpg", "caf\xc3\xa9.jpg"},
      {"filename=plain; filename*=koi8-r''%d0", "plain"},
      {"filename=plain; filename*=UTF-8''%d", "plain"},
      {"filename=\"a;b=c.jpg\"", "a;b=c.jpg"},
      {"filename=\"open", "open"},
  };
  for (const auto& [parameter, expected] : cases) {
    const auto parts =
        ReadWhole(PartOf("Content-Disposition: form-data; name=a; " + parameter, "x") + "--B--");
    ASSERT_TRUE(parts) << parameter << ": " << parts.error().message;
    EXPECT_EQ(parts->at(0).filename, expected) << parameter;
  }
}

TEST(Multipart, TakesALookalikeOfTheDelimiterForData) {
  for (const std::string data :
       {"\r\n--BB", "\r\n--B-", "\r\n--B-x", "\r\n--B x", "\r\n--B\rx", "\n\n--", "\r\r\n--\r\n", "--C",
        "\r\n--B"
        "\r\r",
        "a\r"}) {
    const auto parts = ReadWhole(Named("a", data) + "--B--");
    ASSERT_TRUE(parts) << data;
    EXPECT_EQ(base::AsText(parts->at(0).data), data);
  }
}

TEST(Multipart, DoesNotDependOnWhereItIsCut) {
  const std::string body =
      "x\r\n" + Named("a", "1\r\n--\r\n--BX\r\n--B-") +
      PartOf("Content-Disposition: form-data; name=b; filename=f\r\nA: b\r\n c", "\r\n\n\r") + "--B--\r\nend";
  const std::string whole = Shown(ReadWhole(body));
  ASSERT_THAT(whole, testing::HasSubstr("[b|f|A=b c;"));
  const std::string_view view = body;
  for (std::size_t i = 0; i <= view.size(); ++i) {
    ASSERT_EQ(Shown(ReadIn({view.substr(0, i), view.substr(i)})), whole) << i;
    for (std::size_t k = i; k <= view.size(); ++k)
      ASSERT_EQ(Shown(ReadIn({view.substr(0, i), view.substr(i, k - i), view.substr(k)})), whole)
          << i << " " << k;
  }
}

TEST(Multipart, ReadsLargeRandomDataInRandomPieces) {
  std::mt19937 random(7);
  // Few symbols, so that line ends and parts of the delimiter are everywhere.
  const std::string symbols = "\r\n-B\rx\n-";
  for (int round = 0; round < 30; ++round) {
    std::vector<Part> parts(3);
    for (std::size_t p = 0; p < parts.size(); ++p) {
      parts[p].name = "part" + std::to_string(p);
      parts[p].data.resize(random() % 100'000);
      for (auto& byte : parts[p].data) byte = static_cast<std::uint8_t>(symbols[random() % symbols.size()]);
    }
    const std::string boundary = "Bx-" + std::to_string(random());
    const std::string body = WriteMultipart(parts, boundary);
    std::vector<std::string_view> pieces;
    for (std::string_view rest = body; !rest.empty();) {
      pieces.push_back(rest.substr(0, 1 + random() % 5000));
      rest.remove_prefix(pieces.back().size());
    }
    const auto read = ReadIn(pieces, boundary);
    ASSERT_TRUE(read) << read.error().message;
    ASSERT_EQ(read->size(), parts.size());
    for (std::size_t p = 0; p < parts.size(); ++p) EXPECT_TRUE((*read)[p].data == parts[p].data) << p;
  }
}

TEST(Multipart, RefusesWhatIsBroken) {
  const std::string bodies[] = {
      "",
      "no delimiter at all",
      Named("a", "x"),                                                     // not closed
      Named("a", "x") + "--B-",                                            // almost closed
      "--B\r\n\r\nx\r\n--B--",                                             // no header
      PartOf("Content-Type: image/jpeg", "x") + "--B--",                   // no disposition
      PartOf("Content-Disposition: form-data", "x") + "--B--",             // no name
      PartOf("Content-Disposition: form-data; name=\"\"", "x") + "--B--",  // empty name
      PartOf("Content-Disposition: form-data; name=a\r\nnot a header", "x") + "--B--",
      PartOf("Content-Disposition: form-data; name=a\r\na b: c", "x") + "--B--",
      PartOf(" folded: first", "x") + "--B--",
      "--B\r\nContent-Disposition: form-data; name=a\r\n--B--",  // header without end
      "x--B--",                                                  // not at a line's start
  };
  for (const auto& body : bodies) {
    const auto parts = ReadWhole(body);
    ASSERT_FALSE(parts) << body;
    EXPECT_EQ(parts.error().fault, Fault::kInvalidRequest) << body;
  }
}

TEST(Multipart, KeepsItsLimits) {
  const MultipartLimits limits{.parts = 2, .part_bytes = 10, .header_bytes = 60, .headers = 2};
  const auto fault_of = [&](const std::string& body) {
    const auto parts = ReadWhole(body, "B", limits);
    return parts ? "none" : base::NameOf(parts.error().fault);
  };
  EXPECT_STREQ(fault_of(Named("a", "0123456789") + Named("b", "") + "--B--"), "none");
  EXPECT_STREQ(fault_of(Named("a", "0123456789x") + "--B--"), "too large");
  EXPECT_STREQ(fault_of(Named("a", "") + Named("b", "") + Named("c", "") + "--B--"), "too large");
  EXPECT_STREQ(fault_of(Named(std::string(30, 'n'), "") + "--B--"), "too large");
  EXPECT_STREQ(fault_of(PartOf("a: b\r\nc: d\r\ne: f", "") + "--B--"), "too large");
  EXPECT_STREQ(fault_of("--B\r\n" + std::string(61, 'x')), "too large");
}

TEST(Multipart, TakesNoMemoryBeyondTheBudgetAndGivesItBack) {
  Budget budget(100'000);
  {
    Budget::Share share(budget);
    MultipartReader reader("B", {}, share);
    ASSERT_TRUE(reader.Feed(base::AsBytes(Named("a", std::string(50'000, 'x')))));
    EXPECT_GE(budget.used(), 50'000u);
    const auto fed = reader.Feed(base::AsBytes(Named("b", std::string(60'000, 'x'))));
    ASSERT_FALSE(fed);
    EXPECT_EQ(fed.error().fault, Fault::kOverloaded);
    EXPECT_LE(budget.used(), 100'000u);
  }
  EXPECT_EQ(budget.used(), 0u);
}

TEST(Multipart, FindsTheBoundary) {
  EXPECT_EQ(*BoundaryOf("multipart/form-data; boundary=abc"), "abc");
  EXPECT_EQ(*BoundaryOf("Multipart/Form-Data;charset=utf-8; Boundary=\"a b:c\""), "a b:c");
  for (const std::string& type :
       {std::string("multipart/form-data"), std::string("multipart/form-data; boundary="),
        std::string("multipart/form-data; boundary=\"\""),
        "multipart/form-data; boundary=" + std::string(71, 'x'),
        std::string("multipart/form-data; boundary=\"a\xff\""),
        std::string("multipart/form-data; boundary=\"a \"")}) {
    ASSERT_FALSE(BoundaryOf(type)) << type;
    EXPECT_EQ(BoundaryOf(type).error().fault, Fault::kInvalidRequest);
  }
}

TEST(Multipart, ReadsWhatItWrites) {
  std::vector<Part> parts(2);
  parts[0].name = "score";
  parts[0].headers.emplace("Content-Type", "application/json");
  parts[0].data = {'{', '}'};
  parts[1].name = "a \"quoted\"\r\nname";
  parts[1].filename = "f;\"\\\\.bin\\";
  parts[1].data = {0, 255, '\r', '\n', '-', '-'};
  const std::string boundary = NewBoundary();
  const auto read = ReadWhole(WriteMultipart(parts, boundary), boundary);
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->size(), 2u);
  EXPECT_EQ(Find((*read)[0].headers, "Content-Type"), "application/json");
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ((*read)[i].name, parts[i].name);
    EXPECT_EQ((*read)[i].filename, parts[i].filename);
    EXPECT_EQ((*read)[i].data, parts[i].data);
  }
}

}  // namespace
}  // namespace ozma::http
