#include "api/system.hpp"

#include <array>
#include <mutex>

#include "store/jobs.hpp"

namespace ozma::api {
namespace {

// The level of the API that is spoken here; the server's own version is another matter.
constexpr std::string_view kApiVersion = "6.0.1";

constexpr int kWorks = 0, kDoesNotWork = 3;

Answer Version(const Call& call) {
  json::array models;
  for (const auto& network : call.context.analyst->Networks())
    models.push_back(json::object{{"name", network.name}, {"version", network.version}});
  return Ok(json::object{{"core", call.context.settings.version},
                         {"api", kApiVersion},
                         {"tfss", call.context.analyst->EngineName()},
                         {"models", std::move(models)}});
}

Answer Config(const Call& call) {
  return Ok(json::object{{"timezone", call.context.settings.time_zone},
                         {"version", call.context.settings.version}});
}

json::object ServiceOf(const base::Result<void>& check, std::string_view works, std::string_view fails) {
  return {{"status", check ? kWorks : kDoesNotWork}, {"message", check ? works : fails}};
}

json::object Engine(const analysis::Analyst& analyst) {
  auto check = analyst.CheckMatching();
  if (check) check = analyst.CheckLiveness();
  return ServiceOf(check, "All networks answer.", check ? "" : check.error().message);
}

json::object Queues(store::Database& database) {
  const double now = base::UnixSeconds();
  using store::JobKind;
  constexpr std::array kKinds{JobKind::kAnalysis, JobKind::kPreview, JobKind::kWebhook};
  using Lengths = std::array<store::QueueLength, kKinds.size()>;
  const auto lengths = database.Read([&](store::Transaction& in) -> base::Result<Lengths> {
    Lengths read;
    for (std::size_t i = 0; i < kKinds.size(); ++i) read[i] = store::Length(in, kKinds[i], now);
    return read;
  });
  if (!lengths) return ServiceOf(lengths.error(), "", "The queues cannot be read.");
  json::object queues = ServiceOf({}, "The queues can be read.", "");
  for (std::size_t i = 0; i < kKinds.size(); ++i) {
    const auto& length = (*lengths)[i];
    queues[store::NameOf(kKinds[i])] =
        json::object{{"waiting", length.waiting}, {"running", length.running}, {"oldest", length.oldest}};
  }
  return queues;
}

// While the index is being loaded, searches wait for it, and work.
json::object Search(gallery::Finder& finder) {
  const auto checked = finder.Check(base::Deadline(std::chrono::milliseconds(200)));
  if (!checked && checked.error().fault == base::Fault::kTimedOut)
    return ServiceOf({}, "The index of the collections is being loaded; searches wait for it.", "");
  return ServiceOf(checked, "The index has every change of the collections.",
                   checked ? "" : checked.error().message);
}

// Asked by anybody as often as they like, so it is looked at once in a while. Thread-safe: one looks, the
// others get what was seen before.
class Health {
 public:
  http::Response Report(const Context& context) {
    std::unique_lock looking(looking_, std::try_to_lock);
    if (!looking) {
      const std::lock_guard lock(mutex_);
      if (last_) return *last_;
    }
    if (!looking) looking.lock();
    {
      const std::lock_guard lock(mutex_);
      if (fresh_until_ && !fresh_until_->Passed()) return *last_;
    }
    http::Response seen = Look(context);
    const std::lock_guard lock(mutex_);
    last_ = seen;
    fresh_until_.emplace(kAge);
    return seen;
  }

 private:
  static constexpr std::chrono::seconds kAge{5};

  static http::Response Look(const Context& context) {
    json::object services{
        {"db", nullptr}, {"broker", nullptr}, {"tfss", nullptr}, {"o2n", nullptr}, {"queues", nullptr}};
    services["tfss"] = Engine(*context.analyst);
    if (context.database) {
      const auto database = context.database->Check();
      const auto files = context.blobs ? context.blobs->Check() : base::Result<void>();
      services["db"] = !database ? ServiceOf(database, "", "The database does not answer.")
                                 : ServiceOf(files, "The database answers and files can be written.",
                                             "Files cannot be written.");
      // Jobs are rows of the database.
      services["broker"] = ServiceOf(database, "The database answers.", "The database does not answer.");
      services["queues"] =
          database ? Queues(*context.database) : ServiceOf(database, "", "The database does not answer.");
    }
    if (context.finder) services["o2n"] = Search(*context.finder);
    bool works = true;
    for (const auto& service : services)
      works = works && (service.value().is_null() || service.value().at("status") == kWorks);
    const json::object body{{"status", works ? kWorks : kDoesNotWork}, {"services", std::move(services)}};
    return http::JsonResponse(base::WriteJson(body), works ? 200 : 503);
  }

  std::mutex looking_, mutex_;
  std::optional<http::Response> last_;
  std::optional<base::Deadline> fresh_until_;
};

}  // namespace

void AddOpenPages(http::Router& router, const std::shared_ptr<const Context>& context) {
  AddOpenCall(router, context, "GET", "/api/version", Version);
  AddOpenCall(router, context, "GET", "/api/healthcheck",
              [health = std::make_shared<Health>()](const Call& call) -> Answer {
                return health->Report(call.context);
              });
}

void AddConfigRoutes(http::Router& router, const std::shared_ptr<const Context>& context) {
  AddCall(router, context, "GET", "/api/config", Config);
}

}  // namespace ozma::api
