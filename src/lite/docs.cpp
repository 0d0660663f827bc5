#include "lite/docs.hpp"

#include <string_view>

// Files of the repository as bytes of the program; CMakeLists.txt says where they lie.
asm(".pushsection .rodata\n"
    "ozma_lite_page: .incbin \"" OZMA_LITE_PAGE
    "\"\n"
    "ozma_lite_page_end:\n"
    "ozma_lite_openapi: .incbin \"" OZMA_LITE_OPENAPI
    "\"\n"
    "ozma_lite_openapi_end:\n"
    ".popsection");
extern "C" const char ozma_lite_page[], ozma_lite_page_end[], ozma_lite_openapi[], ozma_lite_openapi_end[];

namespace ozma::lite {
namespace {

http::Route Page(std::string pattern, std::string type, std::string_view text) {
  return {.method = "GET",
          .pattern = std::move(pattern),
          .dialect = http::Dialect::kLitePattern,
          .handler = [type = std::move(type), text](const http::Request&) {
            http::Response response;
            response.content_type = type;
            response.body = text;
            response.headers.emplace("Content-Security-Policy",
                                     "frame-ancestors 'none'");  // the page adds its own
            response.headers.emplace("X-Content-Type-Options", "nosniff");
            return response;
          }};
}

}  // namespace

void AddDocsRoutes(http::Router& router, bool front_page) {
  constexpr char kHtml[] = "text/html; charset=utf-8";
  if (front_page) router.Add(Page("/docs", kHtml, {ozma_lite_page, ozma_lite_page_end}));
  router.Add(Page("/docs/lite", kHtml, {ozma_lite_page, ozma_lite_page_end}));
  router.Add(Page("/docs/lite.yaml", "application/yaml", {ozma_lite_openapi, ozma_lite_openapi_end}));
}

}  // namespace ozma::lite
