#include "lite/inputs.hpp"

#include <gtest/gtest.h>

namespace ozma::lite {
namespace {

using base::Fault;

base::Bytes BytesOf(std::string_view text) {
  return {text.begin(), text.end()};
}

http::Request Bare(std::string type, std::string_view body) {
  http::Request request;
  request.headers.emplace("content-type", std::move(type));
  request.body = BytesOf(body);
  return request;
}

http::Part PartOf(std::string name, std::string type, std::string_view data) {
  http::Part part;
  part.name = std::move(name);
  if (!type.empty()) part.headers.emplace("Content-Type", std::move(type));
  part.data = BytesOf(data);
  return part;
}

http::Request FormOf(std::vector<http::Part> parts) {
  http::Request request;
  request.multipart = true;
  request.parts = std::move(parts);
  return request;
}

TEST(ImageBody, TakesTheTwoImageTypesAlone) {
  for (const char* type : {"image/jpeg", "IMAGE/PNG", "image/jpeg; charset=binary"}) {
    const auto request = Bare(type, "bytes");
    const auto body = ImageBody(request);
    ASSERT_TRUE(body) << type;
    EXPECT_EQ(base::AsText(body->bytes), "bytes");
  }
  for (const char* type : {"", "text/plain", "image/webp", "application/x-www-form-urlencoded"}) {
    const auto body = ImageBody(Bare(type, "bytes"));
    ASSERT_FALSE(body) << type;
    EXPECT_EQ(body.error().fault, Fault::kContentType);
  }
  EXPECT_EQ(ImageBody(Bare("image/jpeg", "")).error().fault, Fault::kSampleUnreadable);
}

TEST(ImageBody, HonoursTransferEncoding) {
  auto request = Bare("image/jpeg", "Ynl0\r\nZXM=");
  request.headers.emplace("content-transfer-encoding", " Base64 ");
  EXPECT_EQ(base::AsText(ImageBody(request)->bytes), "bytes");

  request.body = BytesOf("no base64!");
  EXPECT_EQ(ImageBody(request).error().fault, Fault::kSampleUnreadable);

  for (const char* unknown : {"gzip", ""}) {
    request = Bare("image/jpeg", "x");
    request.headers.emplace("Content-Transfer-Encoding", unknown);
    EXPECT_EQ(ImageBody(request).error().fault, Fault::kContentType);
  }
}

TEST(Form, TemplatesAreOctetStreams) {
  const auto request = FormOf({PartOf("a", "application/octet-stream", "x"), PartOf("b", "", "x"),
                               PartOf("c", "text/plain", "x"), PartOf("d", "", "")});
  const auto form = Form::Of(request);
  ASSERT_TRUE(form);
  EXPECT_TRUE(form->Template(request.parts[0]));
  EXPECT_TRUE(form->Template(request.parts[1]));
  EXPECT_EQ(form->Template(request.parts[2]).error().fault, Fault::kPartContentType);
  EXPECT_EQ(form->Template(request.parts[3]).error().fault, Fault::kTemplateUnreadable);
}

TEST(Form, MediaMayCallThemselvesAnything) {
  const auto request = FormOf({PartOf("a", "multipart/form-data", "x"), PartOf("b", "text/html", "x")});
  const auto form = Form::Of(request);
  for (const auto& part : request.parts) EXPECT_TRUE(form->Media(part));
}

TEST(Form, APartsOwnEncodingCountsBeforeTheRequests) {
  auto request = FormOf({PartOf("a", "", "Ynl0ZXM"), PartOf("b", "", "raw")});
  request.headers.emplace("Content-Transfer-Encoding", "base64");
  request.parts[1].headers.emplace("Content-Transfer-Encoding", "binary");
  const auto form = Form::Of(request);
  EXPECT_EQ(base::AsText(form->Media(request.parts[0])->bytes), "bytes");
  EXPECT_EQ(base::AsText(form->Media(request.parts[1])->bytes), "raw");
}

TEST(Form, JsonIsNeverTakenForBase64) {
  auto request = FormOf({PartOf("payload", "", " {\"a\": 1}"), PartOf("other", "image/png", "{}")});
  request.headers.emplace("Content-Transfer-Encoding", "base64");
  const auto form = Form::Of(request);
  EXPECT_EQ(base::AsText(form->Json(request.parts[0])->bytes), " {\"a\": 1}");
  EXPECT_EQ(form->Json(request.parts[1]).error().fault, Fault::kPartContentType);
}

TEST(Form, NamesOneOrAll) {
  const auto request = FormOf({PartOf("n", "", "1"), PartOf("n", "", "2"), PartOf("m", "", "3")});
  const auto form = Form::Of(request);
  EXPECT_EQ(form->All("n").size(), 2u);
  EXPECT_EQ(form->One("n").error().fault, Fault::kInvalidRequest);
  EXPECT_EQ(*form->One("m"), &request.parts[2]);
  EXPECT_EQ(*form->One("none"), nullptr);
  EXPECT_EQ(Form::Of(Bare("image/jpeg", "x")).error().fault, Fault::kContentType);
}

}  // namespace
}  // namespace ozma::lite
