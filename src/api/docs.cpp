#include "api/docs.hpp"

#include <string_view>

// Files of the repository as bytes of the program; CMakeLists.txt says where they lie.
asm(".pushsection .rodata\n"
    "ozma_oz_page: .incbin \"" OZMA_OZ_PAGE
    "\"\n"
    "ozma_oz_page_end:\n"
    "ozma_oz_openapi: .incbin \"" OZMA_OZ_OPENAPI
    "\"\n"
    "ozma_oz_openapi_end:\n"
    "ozma_docs_index: .incbin \"" OZMA_DOCS_INDEX
    "\"\n"
    "ozma_docs_index_end:\n"
    ".popsection");
extern "C" const char ozma_oz_page[], ozma_oz_page_end[], ozma_oz_openapi[], ozma_oz_openapi_end[],
    ozma_docs_index[], ozma_docs_index_end[];

namespace ozma::api {
namespace {

void AddPage(http::Router& router, std::string pattern, std::string type, std::string_view text) {
  http::Route route;
  route.method = "GET";
  route.pattern = std::move(pattern);
  route.waits = true;
  route.handler = [type = std::move(type), text](const http::Request&) {
    http::Response response;
    response.content_type = type;
    response.body = text;
    response.headers.emplace("Content-Security-Policy", "frame-ancestors 'none'");  // the page adds its own
    response.headers.emplace("X-Content-Type-Options", "nosniff");
    return response;
  };
  router.Add(std::move(route));
}

}  // namespace

void AddDocsRoutes(http::Router& router) {
  constexpr std::string_view kHtml = "text/html; charset=utf-8";
  AddPage(router, "/docs", std::string(kHtml), {ozma_docs_index, ozma_docs_index_end});
  AddPage(router, "/docs/oz", std::string(kHtml), {ozma_oz_page, ozma_oz_page_end});
  AddPage(router, "/docs/oz.yaml", "application/yaml", {ozma_oz_openapi, ozma_oz_openapi_end});
}

}  // namespace ozma::api
