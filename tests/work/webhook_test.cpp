// Webhooks to a real server on the loopback.
#include <condition_variable>
#include <mutex>

#include "http/server.hpp"
#include "work/signature.hpp"
#include "work/workplace.hpp"

namespace ozma::work {
namespace {

constexpr char kSecret[] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

// Made with Python's hmac module.
TEST(Signature, IsThatOfStandardWebhooks) {
  EXPECT_EQ(
      Sign(KeyOf(kSecret).value(), "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, R"({"test": 2432232314})"),
      "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(Signature, ASecretIsTextOrBase64BehindItsPrefix) {
  EXPECT_EQ(base::AsText(KeyOf("plain").value()), "plain");
  EXPECT_EQ(KeyOf("whsec_!").error().fault, base::Fault::kConfiguration);
  EXPECT_EQ(KeyOf("whsec_").error().fault, base::Fault::kConfiguration);
}

// Notes what it is sent, and answers with the statuses given, the last of them again and again.
class Receiver {
 public:
  explicit Receiver(std::vector<unsigned> statuses = {204}, bool held = false)
      : statuses_(std::move(statuses)), held_(held) {
    http::Router router;
    router.Add({.method = "POST", .pattern = "/hook", .handler = [this](const http::Request& request) {
                  return Take(request);
                }});
    http::Options options;
    options.port = 0;
    options.workers = 4;
    server_ = http::Server::Start(options, std::move(router)).value();
  }
  ~Receiver() { LetGo(); }

  std::string Url() const { return "http://127.0.0.1:" + std::to_string(server_->port()) + "/hook?token=x"; }
  void Await(std::size_t count) {
    std::unique_lock lock(mutex_);
    ASSERT_TRUE(changed_.wait_for(lock, 1min, [&] { return seen_.size() >= count; }));
  }
  std::vector<http::Request> seen() const {
    const std::lock_guard lock(mutex_);
    return seen_;
  }
  void LetGo() {
    {
      const std::lock_guard lock(mutex_);
      held_ = false;
    }
    changed_.notify_all();
  }

 private:
  http::Response Take(const http::Request& request) {
    std::unique_lock lock(mutex_);
    seen_.push_back(request);
    changed_.notify_all();
    changed_.wait(lock, [&] { return !held_; });
    return http::JsonResponse("{}", statuses_[std::min(seen_.size(), statuses_.size()) - 1]);
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<unsigned> statuses_;
  bool held_;
  std::vector<http::Request> seen_;
  std::unique_ptr<http::Server> server_;  // the last: it stops first
};

class Webhooks : public Workplace {
 protected:
  // Names what it was given.
  static work::Options Sending() {
    auto options = Quick();
    options.render_folder = [](const store::Folder& folder, const std::vector<store::Media>& media,
                               const std::vector<store::Analysis>& analyses) {
      return folder.folder_id + " " + std::to_string(media.size()) + " " + analyses.at(0).state;
    };
    return options;
  }

  // A folder whose analysis has just ended, so that its webhook waits.
  store::Folder Finished(const std::string& endpoint) {
    const auto folder = AddFolder(endpoint);
    const auto begun = Begin(folder, {});
    const auto job = Claimed(store::JobKind::kAnalysis);
    Write([&](Transaction& in) {
      ASSERT_TRUE(FinishAnalysis(in, Ended(begun, "SUCCESS")));
      ASSERT_TRUE(Complete(in, job.job_id, job.attempt));
    });
    return folder;
  }
  bool AllSent() {
    return Await([&] { return QueueIsEmpty(store::JobKind::kWebhook); }, store::Channel::kJobs);
  }
};

TEST_P(Webhooks, AFinishedGroupIsSentOnceAndSigned) {
  Receiver receiver;
  const auto folder = AddFolder(receiver.Url());
  const auto begun = Begin(folder, {AddMedium(folder, "person-a-1.jpg")});
  auto options = Sending();
  options.webhook_secret = kSecret;
  const auto runner = Start(options);
  EXPECT_EQ(AwaitEnd(begun).state, "FINISHED");
  receiver.Await(1);
  ASSERT_TRUE(AllSent());
  const auto seen = receiver.seen();
  ASSERT_EQ(seen.size(), 1u);
  const auto body = base::AsText(seen[0].body);
  EXPECT_EQ(body, folder.folder_id + " 1 FINISHED");
  EXPECT_EQ(seen[0].query.at("token"), "x");
  EXPECT_EQ(http::Find(seen[0].headers, "Content-Type"), "application/json");
  const auto id = http::Find(seen[0].headers, "webhook-id");
  const auto timestamp = std::stoll(std::string(http::Find(seen[0].headers, "webhook-timestamp")));
  EXPECT_NEAR(static_cast<double>(timestamp), base::UnixSeconds(), 60);
  EXPECT_EQ(http::Find(seen[0].headers, "webhook-signature"),
            Sign(KeyOf(kSecret).value(), id, timestamp, body));
}

TEST_P(Webhooks, WithoutASecretNothingIsSigned) {
  Receiver receiver;
  (void)Finished(receiver.Url());
  const auto runner = Start(Sending());
  receiver.Await(1);
  EXPECT_EQ(http::Find(receiver.seen()[0].headers, "webhook-signature"), "");
  EXPECT_NE(http::Find(receiver.seen()[0].headers, "webhook-id"), "");
}

TEST_P(Webhooks, ARefusalIsTriedAgainUnderTheSameId) {
  Receiver receiver({500, 404, 200});
  (void)Finished(receiver.Url());
  const auto runner = Start(Sending());
  receiver.Await(3);
  ASSERT_TRUE(AllSent());
  const auto seen = receiver.seen();
  ASSERT_EQ(seen.size(), 3u);
  for (const auto& request : seen) {
    EXPECT_EQ(http::Find(request.headers, "webhook-id"), http::Find(seen[0].headers, "webhook-id"));
  }
}

TEST_P(Webhooks, AreGivenUpAfterTheirTime) {
  Receiver receiver({500});
  auto options = Sending();
  options.webhook_give_up = 0;
  (void)Finished(receiver.Url());
  const auto runner = Start(options);
  ASSERT_TRUE(AllSent());
  EXPECT_EQ(receiver.seen().size(), 1u);
}

TEST_P(Webhooks, GoIntoNoPrivateNetworkUnlessAllowed) {
  Receiver receiver;
  auto options = Sending();
  options.webhook_allow_private = false;
  (void)Finished(receiver.Url());
  const auto runner = Start(options);
  ASSERT_TRUE(AllSent());
  EXPECT_TRUE(receiver.seen().empty());
}

// https where no scheme is named: the server, which speaks http, is called in a tongue it does not know.
TEST_P(Webhooks, AnAddressWithoutASchemeIsCalledByHttps) {
  Receiver receiver;
  auto options = Sending();
  options.webhook_give_up = 0;
  (void)Finished(receiver.Url().substr(std::string("http://").size()));
  const auto runner = Start(options);
  ASSERT_TRUE(AllSent());
  EXPECT_TRUE(receiver.seen().empty());
}

TEST_P(Webhooks, AnOlderResultIsNotSentBesideANewerOne) {
  Receiver receiver;
  const auto folder = Finished(receiver.Url());
  const auto again = Begin(folder, {});
  const auto job = Claimed(store::JobKind::kAnalysis);
  Write([&](Transaction& in) {
    ASSERT_TRUE(FinishAnalysis(in, Ended(again, "DECLINED")));
    ASSERT_TRUE(Complete(in, job.job_id, job.attempt));
  });
  ASSERT_EQ(Queue(store::JobKind::kWebhook).waiting, 2);
  const auto runner = Start(Sending());
  ASSERT_TRUE(AllSent());
  EXPECT_EQ(receiver.seen().size(), 1u);
}

TEST_P(Webhooks, OfADeletedFolderAreNotSent) {
  Receiver receiver;
  const auto folder = Finished(receiver.Url());
  const auto job = Claimed(store::JobKind::kWebhook);
  Write([&](Transaction& in) { DeleteFolder(in, folder.folder_id); });
  Hold hold(job, base::UnixSeconds());
  EXPECT_TRUE(DoWebhook(TheTools(Sending()), job, hold));
  EXPECT_TRUE(receiver.seen().empty());
}

TEST_P(Webhooks, StoppingGivesBackWhatIsUnderWay) {
  Receiver receiver({200}, /*held=*/true);
  (void)Finished(receiver.Url());
  auto runner = Start(Sending());
  receiver.Await(1);
  runner->Stop(0ms);
  const auto length = Queue(store::JobKind::kWebhook);
  EXPECT_EQ(length.waiting, 1);
  EXPECT_EQ(length.running, 0);
  EXPECT_EQ(Claimed(store::JobKind::kWebhook).attempt, 1);  // as if it had not been claimed
}

OZMA_ON_BOTH_DATABASES(Webhooks);

}  // namespace
}  // namespace ozma::work
