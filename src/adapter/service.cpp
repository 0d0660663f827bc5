#include "adapter/service.hpp"

#include "base/log.hpp"
#include "base/metrics.hpp"

namespace ozma::adapter {

http::Response Json(const json::value& body, unsigned status) {
  return http::JsonResponse(base::WriteJson(body), status);
}

void AddRoute(http::Router& router, const std::shared_ptr<Service>& service, std::string method,
              std::string pattern, Handler handler, Pool pool, std::size_t body_bytes) {
  http::Route route;
  route.method = std::move(method);
  route.dialect = http::Dialect::kWeb;
  route.inline_ = pool == Pool::kInline;
  route.waits = pool == Pool::kWaiters;
  route.cors = service->cors;
  route.body_bytes = body_bytes;
  route.handler = [service, handler = std::move(handler), pattern](const http::Request& request) {
    auto answer = handler(*service, request);
    if (answer) return std::move(*answer);
    const std::string code(NameOf(answer.error().code));
    base::Log(base::Level::kInfo, "refused", {{"id", request.id}, {"route", pattern}, {"code", code}});
    base::Counter("ozma_adapter_refusals_total", "Calls of browsers that were refused.", {{"code", code}})
        .Increment();
    return ResponseOf(answer.error());
  };
  route.pattern = std::move(pattern);
  router.Add(std::move(route));
}

}  // namespace ozma::adapter
