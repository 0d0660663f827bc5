// The plugin's build as it is read: what is served, and what no manifest can make it serve.
#include "adapter/assets.hpp"

#include <gmock/gmock.h>

#include <fstream>

namespace ozma::adapter {
namespace {

class Web : public ::testing::Test {
 protected:
  Web() {
    std::string folder = std::filesystem::temp_directory_path() / "ozma-web-XXXXXX";
    root_ = mkdtemp(folder.data());
    Write("ozliveness.js", "void 0;");
    Write("assets/ort.wasm", std::string(10'000, 'w'));
    Write("secret.txt", "secret");
  }
  ~Web() override { std::filesystem::remove_all(root_); }
  void Write(const std::string& name, const std::string& text) {
    std::filesystem::create_directories((root_ / name).parent_path());
    std::ofstream(root_ / name, std::ios::binary) << text;
  }
  void Manifest(const std::string& assets, const std::string& version = "1.2.3") {
    Write("manifest.json",
          R"({"version": ")" + version + R"(", "script": "ozliveness.js", "assets": )" + assets + "}");
  }
  std::filesystem::path root_;
};

TEST_F(Web, ServesWhatTheManifestNamesAndNothingElse) {
  Manifest(R"(["assets/ort.wasm"])");
  Write("net.onnx", "network");
  const auto plugin = LoadPlugin(root_, {{"detector", root_ / "net.onnx", {{"input", {{"width", 320}}}}},
                                         {"landmarks", root_ / "missing.onnx", {}}});
  ASSERT_TRUE(plugin);
  EXPECT_EQ(plugin->version, "1.2.3");
  EXPECT_TRUE(plugin->files.contains("ozliveness.js"));
  EXPECT_EQ(plugin->files.at("assets/ort.wasm")->type, "application/wasm");
  EXPECT_LT(plugin->files.at("assets/ort.wasm")->gzip.size(), 1000u);
  EXPECT_EQ(plugin->files.at("detector.onnx")->bytes, "network");
  EXPECT_FALSE(plugin->files.contains("landmarks.onnx"));
  EXPECT_EQ(plugin->files.at("networks.json")->bytes,
            R"({"detector": {"input": {"width": 320}, "file": "detector.onnx"}})");
  EXPECT_FALSE(plugin->files.contains("secret.txt"));
}

TEST_F(Web, AssetsMayBeNamedWithoutTheirFolder) {
  Write("assets/ort.wasm.gz", "packed by the build");
  Manifest(R"(["ort.wasm.gz"])");
  const auto plugin = LoadPlugin(root_, {});
  ASSERT_TRUE(plugin);
  EXPECT_EQ(plugin->files.at("ort.wasm.gz")->type, "application/gzip");
  EXPECT_TRUE(plugin->files.at("ort.wasm.gz")->gzip.empty());
}

TEST_F(Web, NoBuildIsNoError) {
  const auto plugin = LoadPlugin(root_, {});
  ASSERT_TRUE(plugin);
  EXPECT_TRUE(plugin->version.empty());
  EXPECT_TRUE(LoadPlugin({}, {}));
}

TEST_F(Web, ManifestsThatLeadOutsideAreRefused) {
  for (const char* assets :
       {R"(["../secret.txt"])", R"(["/etc/passwd"])", R"(["assets/../secret.txt"])", R"(["./secret.txt"])",
        R"(["missing.js"])", R"(["ozliveness.exe"])", R"([""])", "1"}) {
    Manifest(assets);
    EXPECT_FALSE(LoadPlugin(root_, {})) << assets;
  }
  Manifest("[]", "../..");
  EXPECT_FALSE(LoadPlugin(root_, {}));
}

TEST_F(Web, DemoPagesAreReadFromTheirFolderAlone) {
  Write("demo/index.html", "<!doctype html>");
  Write("demo/sub/page.js", "1");
  std::filesystem::create_symlink(root_ / "secret.txt", root_ / "demo/link.txt");
  const auto pages = LoadPages(root_ / "demo");
  ASSERT_TRUE(pages);
  EXPECT_EQ(pages->size(), 2u);
  EXPECT_TRUE(pages->contains("sub/page.js"));
  EXPECT_TRUE(LoadPages(root_ / "nothing")->empty());
}

}  // namespace
}  // namespace ozma::adapter
