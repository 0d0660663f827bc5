// The checks that docs/webhooks.md gives to receivers, run as they stand.
#include <cstdlib>
#include <fstream>

#include "store/databases.hpp"
#include "work/signature.hpp"

namespace ozma::work {
namespace {

constexpr char kBody[] = "{\"folder_id\": \"f\", \"name\": \"Zoë\"}\n";

std::string Block(const std::string& language) {
  const auto page = base::ReadFile(std::filesystem::path(OZMA_SOURCE_DIR) / "docs" / "webhooks.md").value();
  const std::string text(base::AsText(page)), fence = "```" + language + "\n";
  const auto from = text.find(fence) + fence.size();
  return text.substr(from, text.find("```", from) - from);
}

// Its exit status.
int StatusOf(const std::string& program, const std::string& script) {
  const store::TemporaryFolder folder;
  const auto path = folder.path() / "script";
  std::ofstream(path) << script;
  return std::system((program + " " + path.string()).c_str());
}

class WebhookDocs : public testing::TestWithParam<const char*> {
 protected:
  std::string Signature(std::int64_t timestamp) const {
    return Sign(KeyOf(GetParam()).value(), "id-1", timestamp, kBody);
  }
};

TEST_P(WebhookDocs, ThePythonCheckAgrees) {
  const auto now = static_cast<std::int64_t>(base::UnixSeconds());
  const auto ask = [&](std::int64_t timestamp, const std::string& signature, const std::string& body) {
    return StatusOf("python3", Block("python") +
                                   "import sys\nheaders = {'webhook-id': 'id-1', 'webhook-timestamp': '" +
                                   std::to_string(timestamp) + "', 'webhook-signature': '" + signature +
                                   "'}\nsys.exit(0 if genuine('" + GetParam() + "', headers, '''" + body +
                                   "'''.encode()) else 1)\n");
  };
  EXPECT_EQ(ask(now, Signature(now), kBody), 0);
  EXPECT_EQ(ask(now, "v1,b2xk " + Signature(now), kBody), 0);  // two, while a secret is being changed
  EXPECT_NE(ask(now, Signature(now), "{}"), 0);
  EXPECT_NE(ask(now - 3600, Signature(now - 3600), kBody), 0);
}

TEST_P(WebhookDocs, TheShellCheckAgrees) {
  const auto ask = [&](const std::string& signature, const std::string& body) {
    return StatusOf("sh", Block("sh") + "genuine '" + GetParam() + "' id-1 1744017549 '" + signature +
                              "' <<'EOF'\n" + body + "EOF\n");
  };
  EXPECT_EQ(ask(Signature(1744017549), kBody), 0);
  EXPECT_NE(ask(Signature(1744017549), "{}\n"), 0);
  EXPECT_NE(ask(Signature(1744017548), kBody), 0);
}

INSTANTIATE_TEST_SUITE_P(Secrets, WebhookDocs,
                         testing::Values("plain secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
                         [](const auto& parameter) { return parameter.index == 0 ? "Text" : "Base64"; });

}  // namespace
}  // namespace ozma::work
