#include "nn/catalog.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>

#include "base/bytes.hpp"

namespace ozma::nn {
namespace {

namespace json = base::json;
using base::Fault;
using ::testing::HasSubstr;

const std::filesystem::path kShipped = std::filesystem::path(OZMA_SOURCE_DIR) / "models" / "catalog.json";

json::value Shipped() {
  const auto bytes = base::ReadFile(kShipped);
  return base::ReadJson(base::AsText(bytes.value())).value();
}

// The place of the first network in `role`, as a JSON pointer.
std::string In(const json::value& catalog, std::string_view role) {
  const auto& networks = catalog.at("networks").as_array();
  for (std::size_t i = 0; i < networks.size(); ++i) {
    if (networks[i].at("role").as_string() == role) return "/networks/" + std::to_string(i);
  }
  return "";
}

// Sets the member that the pointer leads to, adding it where it is new.
void Set(json::value& root, const std::string& pointer, std::string_view text) {
  const auto last = pointer.rfind('/');
  root.at_pointer(pointer.substr(0, last)).as_object()[pointer.substr(last + 1)] =
      json::parse({text.data(), text.size()});
}

std::string ErrorOf(const json::value& catalog) {
  const auto parsed = Catalog::Parse(json::serialize(catalog), "/models");
  if (parsed) return "";
  EXPECT_EQ(parsed.error().fault, Fault::kConfiguration);
  return parsed.error().message;
}

TEST(Catalog, ReadsTheShippedFile) {
  const auto catalog = Catalog::Load(kShipped);
  ASSERT_TRUE(catalog) << catalog.error().message;
  const auto recognizers = catalog->InRole("recognizer");
  ASSERT_TRUE(recognizers) << recognizers.error().message;
  const Entry& entry = *recognizers->front();
  EXPECT_EQ(entry.name, "fr_feature");
  EXPECT_TRUE(entry.file.is_absolute());
  EXPECT_EQ(entry.file.filename(), "fr_feature.onnx");
  EXPECT_EQ(entry.source.registry, "npm");
  EXPECT_EQ(entry.source.package, "faceplugin-face-recognition-js");
  EXPECT_EQ(entry.source.conversion, "flush-denormals");
  EXPECT_EQ(entry.input.colour, Colour::kBgr);
  EXPECT_EQ(entry.input.width, 112);
  EXPECT_EQ(entry.input.mean[2], 127);
  EXPECT_EQ(entry.input.scale[0], 128);
  EXPECT_EQ(entry.parameters.at("dimension").as_int64(), 512);
}

TEST(Catalog, EveryRoleOfTheChainIsServed) {
  const auto catalog = Catalog::Load(kShipped);
  ASSERT_TRUE(catalog) << catalog.error().message;
  for (const char* role : {"detector", "landmarks", "recognizer", "liveness", "pose", "eye"}) {
    EXPECT_TRUE(catalog->InRole(role)) << role;
  }
  const auto none = catalog->InRole("mesh");
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().message, HasSubstr("mesh"));
}

struct Wrong {
  const char* role;
  const char* field;  // a JSON pointer inside the entry
  const char* value;  // JSON
  const char* named;  // how the sentence calls the field
};

TEST(Catalog, NamesTheEntryAndTheFieldThatIsWrong) {
  const Wrong cases[] = {
      {"detector", "/input/width", "0", "`input.width`"},
      {"detector", "/input/width", "320.5", "`input.width`"},
      {"detector", "/input/colour", "\"yuv\"", "`input.colour`"},
      {"detector", "/input/mean", "[1, 2]", "`input.mean`"},
      {"detector", "/input/scale", "[1, 0, 1]", "`input.scale`"},
      {"detector", "/input/depth", "3", "`input.depth`"},
      {"detector", "/sha256", "\"12\"", "`sha256`"},
      {"detector", "/role", "\"oracle\"", "`role`"},
      {"detector", "/file", "\"../../etc/passwd\"", "`file`"},
      {"detector", "/file", "\"/etc/passwd\"", "`file`"},
      {"detector", "/outputs", "[]", "`outputs`"},
      {"detector", "/outputs", "[1]", "`outputs`"},
      {"detector", "/licence", "\"\"", "`licence`"},
      {"detector", "/source/package", "\"nowhere\"", "`source.package`"},
      {"detector", "/source/conversion", "\"prayer\"", "`source.conversion`"},
      {"detector", "/parameters/treshold", "0.5", "`parameters.treshold`"},
      {"detector", "/parameters/threshold", "1.5", "`parameters.threshold`"},
      {"detector", "/parameters/decode", "\"ssd\"", "`parameters.decode`"},
      {"landmarks", "/parameters/points", "5", "`parameters.points`"},
      {"recognizer", "/parameters/dimension", "\"512\"", "`parameters.dimension`"},
      {"recognizer", "/parameters/flip", "true", "`parameters.flip`"},
      {"recognizer", "/parameters/calibration/knots", "[[0, 0.5], [0, 0.6]]",
       "`parameters.calibration.knots`"},
      {"recognizer", "/parameters/calibration/knots", "[[0, 0.5], [1, 0.4]]",
       "`parameters.calibration.knots`"},
      {"recognizer", "/parameters/calibration/knots", "[[0, 0.5, 1]]", "`parameters.calibration.knots`"},
      {"recognizer", "/parameters/calibration/band", "[0.9, 0.8]", "`parameters.calibration.band`"},
      {"liveness", "/parameters/crop", "\"square\"", "`parameters.crop`"},
      {"liveness", "/parameters/real", "-1", "`parameters.real`"},
      {"pose", "/parameters/bins", "1", "`parameters.bins`"},
      {"eye", "/parameters/open", "true", "`parameters.open`"},
  };
  for (const Wrong& wrong : cases) {
    json::value catalog = Shipped();
    const std::string entry = In(catalog, wrong.role);
    const std::string name(catalog.at_pointer(entry).at("name").as_string());
    Set(catalog, entry + wrong.field, wrong.value);
    const std::string message = ErrorOf(catalog);
    EXPECT_THAT(message, HasSubstr("network " + name + ",")) << wrong.field;
    EXPECT_THAT(message, HasSubstr(wrong.named)) << wrong.value;
  }
}

TEST(Catalog, NamesEveryFieldThatIsMissing) {
  for (const char* field :
       {"version", "role", "file", "sha256", "licence", "training_data", "input", "outputs"}) {
    json::value catalog = Shipped();
    catalog.at("networks").as_array().at(0).as_object().erase(field);
    EXPECT_THAT(ErrorOf(catalog), HasSubstr("`" + std::string(field) + "` is missing"));
  }
  json::value catalog = Shipped();
  catalog.at("networks").as_array().at(0).as_object().erase("name");
  EXPECT_THAT(ErrorOf(catalog), HasSubstr("`networks[0].name` is missing"));
}

TEST(Catalog, RefusesTwoNetworksForOneRole) {
  json::value catalog = Shipped();
  auto& networks = catalog.at("networks").as_array();
  networks.push_back(catalog.at_pointer(In(catalog, "recognizer")));
  networks.back().as_object()["name"] = "second";
  EXPECT_THAT(ErrorOf(catalog), HasSubstr("two networks in the role recognizer"));
}

TEST(Catalog, TakesSeveralNetworksForLiveness) {
  json::value catalog = Shipped();
  auto& networks = catalog.at("networks").as_array();
  networks.push_back(catalog.at_pointer(In(catalog, "liveness")));
  EXPECT_THAT(ErrorOf(catalog), HasSubstr("two networks named fr_liveness"));
  networks.back().as_object()["name"] = "second";
  EXPECT_EQ(ErrorOf(catalog), "");
}

TEST(Catalog, RefusesWhatIsNoCatalog) {
  for (const char* text : {"", "[]", "{", "{}", R"({"format": 2, "packages": {}, "networks": []})",
                           R"({"format": 1, "packages": {"a": 1}, "networks": []})",
                           R"({"format": 1, "packages": {}, "networks": [7]})"}) {
    const auto parsed = Catalog::Parse(text, "/models");
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().fault, Fault::kConfiguration);
  }
}

TEST(Catalog, NetworksOfYourOwnTakeThePlaceOfTheirRole) {
  const std::filesystem::path folder = std::filesystem::path(::testing::TempDir()) / "catalog_local";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder / "local");
  const json::value shipped = Shipped();
  json::value own = {{"format", 1}, {"packages", json::object()}, {"networks", json::array()}};
  json::object entry = shipped.at_pointer(In(shipped, "liveness")).as_object();
  entry["name"] = "mine";
  entry["file"] = "mine.onnx";
  entry.erase("source");
  own.at("networks").as_array().push_back(entry);
  ASSERT_TRUE(base::WriteFile(folder / "catalog.json", base::AsBytes(json::serialize(shipped))));
  ASSERT_TRUE(base::WriteFile(folder / "local" / "catalog.json", base::AsBytes(json::serialize(own))));

  const auto catalog = Catalog::Load(folder / "catalog.json");
  ASSERT_TRUE(catalog) << catalog.error().message;
  const auto& networks = shipped.at("networks").as_array();
  const auto replaced = std::count_if(networks.begin(), networks.end(), [](const json::value& network) {
    return network.at("role") == "liveness";
  });
  EXPECT_GT(replaced, 1) << "one of your own replaces them all";
  EXPECT_EQ(catalog->entries().size(), networks.size() - static_cast<std::size_t>(replaced) + 1);
  const auto liveness = catalog->InRole("liveness");
  ASSERT_TRUE(liveness);
  ASSERT_EQ(liveness->size(), 1u);
  EXPECT_EQ(liveness->front()->name, "mine");
  EXPECT_EQ(liveness->front()->file, folder / "local" / "mine.onnx");
}

TEST(Catalog, AMissingFileIsNamed) {
  const auto catalog = Catalog::Load("/nowhere/catalog.json");
  ASSERT_FALSE(catalog);
  EXPECT_EQ(catalog.error().fault, Fault::kConfiguration);
  EXPECT_THAT(catalog.error().message, HasSubstr("/nowhere/catalog.json"));
}

}  // namespace
}  // namespace ozma::nn
