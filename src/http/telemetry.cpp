#include "http/telemetry.hpp"

#include <array>
#include <cmath>

#include "base/log.hpp"

namespace ozma::http {
namespace {

// A client may make up methods; labels and log lines take none of them.
std::string_view KnownMethod(std::string_view sent) {
  static constexpr std::array<std::string_view, 7> kKnown = {"GET",   "HEAD",   "POST",   "PUT",
                                                             "PATCH", "DELETE", "OPTIONS"};
  for (const auto known : kKnown)
    if (sent == known) return known;
  return "other";
}

}  // namespace

void Telemetry::Ended(const Record& record) {
  const std::string_view method = KnownMethod(record.method);
  auto& counter = counters_[{record.route, method, record.status}];
  if (!counter)
    counter = &base::Counter("ozma_http_requests_total", "Requests answered.",
                             {{"route", std::string(record.route)},
                              {"method", std::string(method)},
                              {"status", std::to_string(record.status)}});
  counter->Increment();
  auto& times = times_[record.route];
  if (!times)
    times =
        &base::Seconds("ozma_http_request_seconds", "From a request's first byte to the end of its answer.",
                       {{"route", std::string(record.route)}});
  times->Observe(record.seconds);

  base::Log(base::Level::kInfo, "request",
            {{"id", record.id},
             {"method", method},
             {"route", record.route},
             {"status", record.status},
             {"bytes_in", record.bytes_in},
             {"bytes_out", record.bytes_out},
             {"ms", std::round(record.seconds * 1e5) / 100}});
}

void Telemetry::Rejected(const char* why) {
  base::Counter("ozma_http_rejected_total", "Requests and connections refused for want of room or patience.",
                {{"why", why}})
      .Increment();
}

}  // namespace ozma::http
