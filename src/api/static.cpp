#include "api/static.hpp"

#include "access/roles.hpp"
#include "api/byte_range.hpp"
#include "http/text.hpp"
#include "store/blobs.hpp"

namespace ozma::api {
namespace {

using base::Fail;
using base::Fault;

// Nothing in such a file may load or run anything, should a browser open it as a page.
constexpr std::string_view kPolicy =
    "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox; "
    "frame-ancestors 'none'";

struct File {
  store::BlobOwner owner;
  base::Bytes bytes;
};

base::Error NoSuchFile() {
  return Fail(Fault::kNotFound, "There is no such file.");
}

// The `inline` or `attachment` of a name that a client chose (RFC 6266, RFC 8187): only letters, digits,
// dots, dashes and underscores go plainly; the whole name goes percent-encoded.
std::string DispositionOf(const store::BlobOwner& owner) {
  const bool shown = owner.mime.starts_with("image/") || owner.mime.starts_with("video/");
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string plain, encoded;
  for (const char c : owner.original_name) {
    const bool safe = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '.' || c == '-' || c == '_';
    plain += safe ? c : '_';
    if (safe) {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded += {'%', kHex[byte >> 4], kHex[byte & 15]};
  }
  return std::string(shown ? "inline" : "attachment") + "; filename=\"" + plain + "\"; filename*=UTF-8''" +
         encoded;
}

// A list of entity tags that holds ours, or "*".
bool Matches(std::string_view header, std::string_view tag) {
  return header == "*" || header.find(tag) != std::string_view::npos;
}

base::Result<store::BlobOwner> OwnerOfFile(const Call& call, const std::string& key) {
  const auto owner = call.context.database->Read(
      [&](store::Transaction& in) -> base::Result<std::optional<store::BlobOwner>> {
        return store::OwnerOf(in, key);
      });
  if (!owner) return owner.error();
  if (!*owner) return NoSuchFile();
  if (call.context.settings.permissions_for_static) {
    const access::Owner whose{(*owner)->company_id, (*owner)->user_id};
    const auto object = (*owner)->of_person ? access::Object::kPersonImage : access::Object::kFolder;
    if (auto may = access::Check(call.user(), object, access::Verb::kRead, whose, "file"); !may)
      return NoSuchFile();
  }
  return **owner;
}

// A file never changes under its key. Where each call needs a permission, the browser must ask each time.
http::Headers HeadersOf(const Call& call, const store::BlobOwner& owner, const std::string& tag) {
  http::Headers headers;
  headers.emplace("ETag", tag);
  headers.emplace("Cache-Control", call.context.settings.permissions_for_static
                                       ? "private, no-cache"
                                       : "private, max-age=86400, immutable");
  headers.emplace("Content-Disposition", DispositionOf(owner));
  headers.emplace("X-Content-Type-Options", "nosniff");
  headers.emplace("Content-Security-Policy", kPolicy);
  headers.emplace("Accept-Ranges", "bytes");
  return headers;
}

Answer ShowFile(const Call& call) {
  const std::string& key = call.request.captures.at("key");
  const auto owner = OwnerOfFile(call, key);
  if (!owner) return owner.error();
  const std::string tag = "\"" + key + "\"";
  http::Response response;
  response.headers = HeadersOf(call, *owner, tag);
  if (Matches(http::Find(call.request.headers, "If-None-Match"), tag)) {
    response.status = 304;
    response.content_type.clear();
    return response;
  }
  const auto bytes = call.context.blobs->Get(key);
  if (!bytes && bytes.error().fault == Fault::kNotFound) return NoSuchFile();  // deleted since the look
  if (!bytes) return bytes.error();

  response.content_type = owner->mime;
  const auto range = RangeOf(http::Find(call.request.headers, "Range"), bytes->size());
  if (!range) {
    response.body = base::AsText(*bytes);
    return response;
  }
  const std::string size = std::to_string(bytes->size());
  if (range->length == 0) {
    response.status = 416;
    response.headers.emplace("Content-Range", "bytes */" + size);
    return response;
  }
  response.status = 206;
  response.headers.emplace("Content-Range", "bytes " + std::to_string(range->first) + "-" +
                                                std::to_string(range->first + range->length - 1) + "/" +
                                                size);
  response.body = base::AsText(*bytes).substr(range->first, range->length);
  return response;
}

}  // namespace

void AddStaticRoutes(http::Router& router, const std::shared_ptr<const Context>& context) {
  const auto add = context->settings.permissions_for_static ? AddCall : AddOpenCall;
  add(router, context, "GET", "/static/{key}", ShowFile, Pool::kWaiters);
}

}  // namespace ozma::api
