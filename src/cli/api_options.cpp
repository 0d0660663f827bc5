#include "cli/api_options.hpp"

#include <algorithm>

namespace ozma::cli {
namespace {

using base::Fail;
using base::Fault;

constexpr double kYears100 = 3.2e9;  // seconds

}  // namespace

void AddSessionOptions(CLI::App& command, ApiOptions& options) {
  auto& sessions = options.sessions;
  command.add_option("--session-ttl", sessions.ttl, "Seconds a session lasts after its last use")
      ->envname("OZ_SESSION_TTL")
      ->check(CLI::Range(1.0, kYears100))
      ->capture_default_str();
  command.add_option("--session-longlive-ttl", sessions.service_ttl, "The same of service accounts")
      ->envname("OZ_SESSION_LONGLIVE_TTL")
      ->check(CLI::Range(1.0, kYears100))
      ->capture_default_str();
  command.add_option("--session-admin-longlive", sessions.admin_longlive, "ADMINs' sessions last as long")
      ->envname("OZ_SESSION_ADMIN_LONGLIVE")
      ->capture_default_str();
  command.add_option("--session-sliding", sessions.sliding, "Each call prolongs the session")
      ->envname("OZ_SESSION_SLIDING")
      ->capture_default_str();
  command
      .add_option("--password-policy", options.password_policy,
                  "What new passwords must hold, as in min=8,upper,lower,digit,symbol")
      ->envname("OZ_PASSWORD_POLICY");
  command
      .add_option("--throttling-rates", options.throttling,
                  "As in auth=10/m,rest_unauthorized=60/m,rps_with_token=20/s (default: off)")
      ->envname("OZ_THROTTLING_RATES");
}

void AddLinkOptions(CLI::App& command, ApiOptions& options) {
  command
      .add_option(
          "--public-url", options.public_url,
          "Address clients reach this server by, as in https://faces.example (default: SCHEME, HOST and "
          "PORT, else as the request says)")
      ->envname("OZMA_PUBLIC_URL");
  command.add_option("--public-scheme", options.scheme, "http or https, in links")
      ->envname("SCHEME")
      ->check(CLI::IsMember({"http", "https"}));
  command.add_option("--public-host", options.host, "Host in links")->envname("HOST");
  command.add_option("--public-port", options.port, "Port in links")->envname("PORT");
}

void AddApiOptions(CLI::App& command, ApiOptions& options) {
  auto& settings = options.settings;
  command
      .add_option("--app-components", options.words,
                  "auth,stateful: the persistent API. stateless: Instant alone, without a database. "
                  "auth,stateless: Instant for who has logged in")
      ->delimiter(',')
      ->envname("OZ_APP_COMPONENTS")
      ->capture_default_str();
  AddSessionOptions(command, options);
  AddLinkOptions(command, options);
  command.add_option("--attachment-max-count", settings.files, "Media in one request")
      ->envname("OZ_ATTACHMENT_MAX_COUNT")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command.add_option("--attachment-max-size", settings.file_bytes, "Bytes of one medium")
      ->envname("OZ_ATTACHMENT_MAX_SIZE")
      ->check(CLI::Range(1u << 10, 1u << 30))
      ->capture_default_str();
  command
      .add_option("--permissions-for-static", settings.permissions_for_static,
                  "Files of folders only to who may read the folder")
      ->envname("OZ_USE_PERMISSIONS_FOR_STATIC")
      ->capture_default_str();
  command
      .add_option("--single-request-timeout", settings.single_request_timeout,
                  "Seconds a single request waits for its analyses")
      ->envname("OZ_SINGLE_REQUEST_TIMEOUT")
      ->check(CLI::Range(1.0, 3600.0))
      ->capture_default_str();
  command
      .add_option("--duplicate-persons", options.duplicates,
                  "refuse: no two persons of a collection are the same; off: nobody looks")
      ->envname("OZMA_DUPLICATE_PERSONS")
      ->check(CLI::IsMember({"off", "refuse"}))
      ->capture_default_str();
  command
      .add_option("--collection-threshold", settings.collection.decision_threshold,
                  "Scores from here up are matches of a COLLECTION analysis")
      ->envname("OZ_SERVICE_O2N_SEARCH_THRESHOLD")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command
      .add_option("--collection-count", settings.collection.decision_count,
                  "Persons that a COLLECTION analysis names for a medium, at most")
      ->envname("OZ_SERVICE_O2N_SEARCH_LIMIT")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  command.add_option("--time-zone", settings.time_zone, "What /api/config says; times are UTC")
      ->envname("TIME_ZONE")
      ->capture_default_str();
}

void AddWorkOptions(CLI::App& command, work::Options& options) {
  command.add_option("--workers", options.threads, "Analyses at once in this process (0: as many as cores)")
      ->envname("OZMA_WORKERS")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  command.add_option("--retry-max-count", options.attempts, "Attempts at an analysis, then it has failed")
      ->envname("OZ_CELERY_RETRY_MAX_COUNT")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  command
      .add_option("--retry-step", options.retry_step,
                  "Seconds before the second attempt; each next is longer")
      ->envname("OZ_CELERY_RETRY_STEP")
      ->check(CLI::Range(0.0, 3600.0))
      ->capture_default_str();
  command
      .add_option("--processing-expire-timeout", options.processing_expiry,
                  "Seconds after which an analysis that has not ended has failed")
      ->envname("OZ_ANALYSE_PROCESSING_EXPIRE_TIMEOUT")
      ->check(CLI::Range(1.0, 1e7))
      ->capture_default_str();
  command
      .add_option("--delivery-expire-timeout", options.delivery_expiry,
                  "Seconds after which an analysis that no worker took has failed")
      ->envname("OZ_ANALYSE_DELIVERY_EXPIRE_TIMEOUT")
      ->check(CLI::Range(1.0, 1e7))
      ->capture_default_str();
  command.add_option("--expire-beat-period", options.expiry_period, "Seconds between looks for such")
      ->envname("OZ_ANALYSE_EXPIRE_BEAT_PERIOD")
      ->check(CLI::Range(0.1, 1e6))
      ->capture_default_str();
  command.add_option("--previews", options.previews, "Make videos to play of videos and frame archives")
      ->envname("OZMA_PREVIEWS")
      ->capture_default_str();
  command
      .add_option("--webhook-secret", options.webhook_secret, "Signs webhooks (better by OZ_WEBHOOK_SECRET)")
      ->envname("OZ_WEBHOOK_SECRET");
  command
      .add_option("--webhook-allow-private", options.webhook_allow_private,
                  "Webhooks may go to loopback and private addresses")
      ->envname("OZ_WEBHOOK_ALLOW_PRIVATE")
      ->capture_default_str();
}

base::Result<Mode> ModeOf(const ApiOptions& options) {
  Mode mode{.stateful = false, .tokens = false, .collections = false};
  bool stateless = false;
  for (const std::string& word : options.words) {
    if (word == "auth") {
      mode.tokens = true;
    } else if (word == "stateful") {
      mode.stateful = true;
    } else if (word == "stateless") {
      stateless = true;
    } else if (word == "oz_collections") {
      mode.collections = true;
    } else {
      return Fail(
          Fault::kConfiguration,
          "OZ_APP_COMPONENTS knows auth, stateful, stateless and oz_collections, not \"" + word + "\".");
    }
  }
  if (mode.stateful == stateless)
    return Fail(Fault::kConfiguration, "OZ_APP_COMPONENTS needs one of stateful and stateless.");
  if (mode.stateful && !mode.tokens)
    return Fail(Fault::kConfiguration,
                "OZ_APP_COMPONENTS: stateful needs auth, for objects belong to users.");
  return mode;
}

std::string PublicUrl(const ApiOptions& options, bool tls) {
  std::string url = options.public_url;
  if (url.empty() && !options.host.empty()) {
    url = (options.scheme.empty() ? (tls ? "https" : "http") : options.scheme) + "://" + options.host;
    if (!options.port.empty()) url += ":" + options.port;
  }
  while (url.ends_with('/')) url.pop_back();
  return url;
}

base::Result<std::shared_ptr<const api::Context>> MakeContext(const ApiOptions& options, bool tls,
                                                              const Chain& chain, const Opened& opened,
                                                              const std::string& secret,
                                                              std::shared_ptr<gallery::Finder> finder) {
  const auto mode = ModeOf(options);
  if (!mode) return mode.error();
  auto policy = access::PasswordPolicy::Parse(options.password_policy);
  if (!policy) return policy.error();
  auto throttle = access::Throttle::Parse(options.throttling);
  if (!throttle) return throttle.error();

  auto context = std::make_shared<api::Context>();
  context->settings = options.settings;
  context->settings.version = OZMA_VERSION;
  context->settings.public_url = PublicUrl(options, tls);
  context->settings.scheme = options.scheme.empty() ? (tls ? "https" : "http") : options.scheme;
  context->settings.instant_needs_token = mode->tokens;
  context->settings.collections = mode->stateful && mode->collections;
  context->settings.refuse_duplicates = options.duplicates == "refuse";
  context->settings.passwords = *policy;
  context->throttle = std::move(*throttle);
  context->database = opened.database;
  context->blobs = opened.blobs;
  if (opened.database) {
    auto sessions = options.sessions;
    sessions.secret = secret;
    context->sessions = std::make_shared<access::Sessions>(opened.database, std::move(sessions));
  }
  context->analyst = chain.analyst;
  context->decoder = chain.decoder;
  context->finder = std::move(finder);
  return std::shared_ptr<const api::Context>(std::move(context));
}

}  // namespace ozma::cli
