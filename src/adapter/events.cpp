// POST /event: what happens on the page, by name and time. Counted and logged; `data` is read by nobody yet.
#include <cmath>

#include "adapter/service.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"

namespace ozma::adapter {
namespace {

constexpr std::size_t kEvents = 100;    // of one call
constexpr int kEventsOfSession = 1000;  // beyond, they are dropped

Outcome<json::array> EventsOf(const json::object& body) {
  const auto* events = body.if_contains("events");
  if (!events || !events->is_array() || events->get_array().size() > kEvents)
    return Refuse(Code::kBadRequest, "The field events must be a list of at most 100 events.");
  json::array read;
  for (const auto& event : events->get_array()) {
    if (!event.is_object()) return Refuse(Code::kBadRequest, "An event is an object.");
    const auto name = NeededText(event.get_object(), "name", 64);
    if (!name) return name.error();
    if (!IsPlainId(*name))
      return Refuse(Code::kBadRequest, "The name of an event holds letters, digits, - and _.");
    const auto time = NumberIn(event.get_object(), "t_ms");
    if (!time) return time.error();
    read.push_back(json::object{{"name", *name}, {"t_ms", std::round(time->value_or(0))}});
  }
  return read;
}

Answer Take(Service& service, const http::Request& request) {
  const auto body = ObjectOf(base::AsText(request.body), 64u << 10);
  if (!body) return body.error();
  const auto session_id = NeededText(*body, "session_id", 64);
  if (!session_id) return session_id.error();
  const auto entry = service.sessions->Find(*session_id);
  if (!entry) return entry.error();
  auto events = EventsOf(*body);
  if (!events) return events.error();
  std::string event_session_id;
  {
    const std::lock_guard work((*entry)->work);
    Session& session = (*entry)->session;
    const bool room = session.events < kEventsOfSession;
    session.events += static_cast<int>(events->size());
    if (room) event_session_id = session.event_session_id;
  }
  base::Counter("ozma_adapter_events_total", "Events that pages told of.")
      .Increment(static_cast<double>(events->size()));
  if (!event_session_id.empty() && !events->empty())
    base::Log(base::Level::kInfo, "page",
              {{"event_session_id", event_session_id}, {"events", std::move(*events)}});
  http::Response response;
  response.status = 204;
  response.content_type.clear();
  return response;
}

}  // namespace

void AddEventRoute(http::Router& router, const std::shared_ptr<Service>& service) {
  AddRoute(router, service, "POST", "/event", Take);
}

}  // namespace ozma::adapter
