#include "api/world.hpp"

#include <unistd.h>

#include <stdexcept>

#include "api/routes.hpp"
#include "api/system.hpp"
#include "http/text.hpp"
#include "store/accounts.hpp"
#include "store/folders.hpp"

namespace ozma::api::testing {
namespace {

template <class T>
T Must(base::Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

std::filesystem::path NewTemporaryFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "ozma-api-XXXXXX").string();
  if (!mkdtemp(pattern.data())) throw std::runtime_error("cannot make " + pattern);
  return pattern;
}

}  // namespace

std::shared_ptr<media::Decoder> SharedDecoder() {
  static const std::shared_ptr<media::Decoder> decoder = [] {
    media::DecoderOptions options;
    options.workers = 2;
    options.program = std::filesystem::path(OZMA_BINARY_DIR) / "ozma-decoder";
    options.allow_unsandboxed = true;  // sanitizers cannot live in the sandbox
    return std::shared_ptr<media::Decoder>(Must(media::Decoder::Start(options)));
  }();
  return decoder;
}

World::World(std::function<void(Settings&)> change, std::shared_ptr<const analysis::Analyst> analyst)
    : folder_(NewTemporaryFolder()) {
  context_ = std::make_shared<Context>();
  context_->settings.public_url = "http://here";
  if (change) change(context_->settings);
  store::DatabaseOptions database;
  database.sqlite = folder_ / "ozma.db";
  context_->database = Must(store::Database::Open(database));
  context_->blobs = Must(store::OpenFolder(folder_ / "blobs"));
  access::SessionOptions sessions;
  sessions.secret = "a secret that only tests know, of 32 bytes and more";
  context_->sessions = std::make_shared<access::Sessions>(context_->database, sessions);
  context_->throttle = Must(access::Throttle::Parse(""));
  context_->decoder = SharedDecoder();
  context_->analyst = std::move(analyst);
  AddRoutes(router_, context_);
  AddOpenPages(router_, context_);
  for (const std::string name : {"a", "b"}) {
    store::Company company;
    company.company_id = companies_[name] = base::NewUuid();
    company.name = name;
    Must(context_->database->Write([&](store::Transaction& in) -> base::Result<int> {
      if (auto inserted = store::Insert(in, company); !inserted) return inserted.error();
      return 0;
    }));
  }
}

World::~World() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

store::User World::NewUser(store::Role role, const std::string& company) {
  store::User user;
  user.user_id = base::NewUuid();
  user.company_id = role == store::Role::kAdmin || role == store::Role::kOperator
                        ? std::string(store::kSystemCompany)
                        : companies_.at(company);
  user.email = user.user_id + "@example.com";
  user.role = role;
  user.first_name = user.last_name = "x";
  Must(context_->database->Write([&](store::Transaction& in) -> base::Result<int> {
    if (auto inserted = store::Insert(in, user); !inserted) return inserted.error();
    return 0;
  }));
  // A long-lived pair needs no password.
  tokens_[user.user_id] = Must(context_->sessions->IssueService(user)).tokens.access_token;
  As(user);
  return user;
}

void World::As(const store::User& user) {
  token_ = tokens_.at(user.user_id);
}

Answered World::Call(const std::string& method, const std::string& target, const Sent& sent) {
  http::Request request;
  request.method = method;
  const auto mark = target.find('?');
  request.path = target.substr(0, mark);
  if (mark != std::string::npos) request.query = Must(http::ParseQuery(target.substr(mark + 1)));
  request.headers = sent.headers;
  if (!token_.empty()) request.headers.emplace("X-Forensic-Access-Token", token_);
  request.body.assign(sent.body.begin(), sent.body.end());
  request.parts = sent.parts;
  request.multipart = !sent.parts.empty();

  const auto found = router_.Find(method, request.path);
  const auto* match = std::get_if<http::Match>(&found);
  if (!match) throw std::runtime_error("no route for " + method + " " + target);
  request.captures = match->captures;
  Answered answered;
  answered.response = match->route->handler(request);
  answered.status = answered.response.status;
  if (answered.response.content_type == "application/json")
    answered.body = Must(base::ReadJson(answered.response.body));
  return answered;
}

std::string World::NewFolder(const std::vector<http::Part>& parts) {
  const auto answer = Call("POST", "/api/folders", {.body = {}, .parts = parts, .headers = {}});
  if (answer.status != 201) throw std::runtime_error(answer.response.body);
  return answer.Text("folder_id");
}

std::size_t World::Files() const {
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_ / "blobs"))
    files += entry.is_regular_file();
  return files;
}

std::int64_t World::Folders() const {
  return *Must(
      context_->database->Read([](store::Transaction& in) -> base::Result<std::optional<std::int64_t>> {
        return store::ListFolders(in, {}).total;
      }));
}

base::Bytes SampleFile(const std::string& name) {
  return Must(base::ReadFile(std::filesystem::path(OZMA_SOURCE_DIR) / "samples" / name));
}

http::Part File(const std::string& name, const std::string& sample) {
  return {name, sample, {}, SampleFile(sample)};
}

http::Part Payload(const std::string& text) {
  return {"payload", std::nullopt, {}, base::Bytes(text.begin(), text.end())};
}

}  // namespace ozma::api::testing
