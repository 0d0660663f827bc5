#include "http/client.hpp"

#include <curl/curl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <mutex>

#include "http/address.hpp"
#include "http/text.hpp"

namespace ozma::http {
namespace {

using base::Fail;
using base::Fault;

struct CloseCurl {
  void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Handle = std::unique_ptr<CURL, CloseCurl>;
using List = std::unique_ptr<curl_slist, CloseCurl>;

// What one call has come to; libcurl calls back into it.
struct Exchange {
  const Outgoing& outgoing;
  Response response;
  bool full = false;     // as much of the body as is read has come
  bool refused = false;  // an address that is not public

  // After the name was looked up: what is connected to is what was looked at.
  static curl_socket_t Open(void* self, curlsocktype, curl_sockaddr* address) {
    auto& exchange = *static_cast<Exchange*>(self);
    if (!exchange.outgoing.allow_private && !IsPublic(address->addr)) {
      exchange.refused = true;
      return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  }

  static std::size_t Header(char* data, std::size_t, std::size_t size, void* self) {
    auto& response = static_cast<Exchange*>(self)->response;
    const std::string_view line(data, size);
    const auto colon = line.find(':');
    if (line.starts_with("HTTP/")) response.headers.clear();  // of an interim answer (100)
    if (colon == std::string_view::npos) return size;
    const auto value = Trim(line.substr(colon + 1, line.find_last_not_of("\r\n") - colon));
    response.headers.emplace(line.substr(0, colon), value);
    return size;
  }

  static std::size_t Body(char* data, std::size_t, std::size_t size, void* self) {
    auto& exchange = *static_cast<Exchange*>(self);
    auto& body = exchange.response.body;
    const std::size_t most = exchange.outgoing.most;
    body.append(data, std::min(size, most - body.size()));
    exchange.full = body.size() == most;
    return exchange.full ? 0 : size;
  }

  static int Progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<Exchange*>(self)->outgoing.stop.stop_requested() ? 1 : 0;
  }
};

List HeadersOf(const Headers& headers) {
  List list;
  const auto add = [&](const std::string& line) {
    auto* longer = curl_slist_append(list.get(), line.c_str());
    if (longer == nullptr) return;
    (void)list.release();
    list.reset(longer);
  };
  add("Expect:");  // ask for no 100 before the body
  for (const auto& [name, value] : headers) add(std::string(name).append(": ").append(value));
  return list;
}

void SetUp(CURL* curl, Exchange& exchange, curl_slist* headers) {
  const Outgoing& outgoing = exchange.outgoing;
  const auto milliseconds = static_cast<long>(outgoing.timeout.count());
  curl_easy_setopt(curl, CURLOPT_URL, outgoing.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_PROXY, "");  // none, whatever the environment says
  curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, milliseconds);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, milliseconds);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "ozma");
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  if (outgoing.method == "GET") {
    curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
  } else if (outgoing.method == "HEAD") {
    curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
  } else {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(outgoing.body.size()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, outgoing.body.c_str());
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, outgoing.method.c_str());
  }
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, &Exchange::Open);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, &exchange);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &Exchange::Header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &exchange);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &Exchange::Body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &exchange);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &Exchange::Progress);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &exchange);
}

// The system's certificates and those of the operator, since a blob takes the place of the system's file.
std::string Bundle(const std::string& extra) {
  std::string bundle = extra + '\n';
  if (const auto system = base::ReadFile("/etc/ssl/certs/ca-certificates.crt"))
    bundle += base::AsText(*system);
  return bundle;
}

// No message names the URL: it may hold secrets.
base::Error Refusal(CURLcode code, const Exchange& exchange) {
  if (code == CURLE_URL_MALFORMAT) return Fail(Fault::kInvalidValue, "The URL is malformed.");
  if (code == CURLE_UNSUPPORTED_PROTOCOL)
    return Fail(Fault::kInvalidValue, "The URL is neither http nor https.");
  if (code == CURLE_COULDNT_CONNECT && exchange.refused) {
    return Fail(
        Fault::kInvalidValue,
        "The URL leads into a private network; allow that in the configuration, or use a public one.");
  }
  return Fail(Fault::kUpstream, std::string("The connection failed: ") + curl_easy_strerror(code) + ".");
}

}  // namespace

base::Result<Response> Send(const Outgoing& outgoing) {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  const Handle curl(curl_easy_init());
  if (!curl) return Fail(Fault::kInternal, "libcurl cannot be started.");
  Exchange exchange{outgoing, {}};
  const auto headers = HeadersOf(outgoing.headers);
  SetUp(curl.get(), exchange, headers.get());

  if (!outgoing.extra_ca.empty()) {
    std::string bundle = Bundle(outgoing.extra_ca);
    curl_blob blob{bundle.data(), bundle.size(), CURL_BLOB_COPY};
    curl_easy_setopt(curl.get(), CURLOPT_CAINFO_BLOB, &blob);
  }

  const CURLcode code = curl_easy_perform(curl.get());
  if (code != CURLE_OK && !exchange.full) return Refusal(code, exchange);
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  exchange.response.status = static_cast<unsigned>(status);
  exchange.response.content_type = std::string(Find(exchange.response.headers, "Content-Type"));
  return std::move(exchange.response);
}

}  // namespace ozma::http
