#include "nn/network.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "base/bytes.hpp"

namespace ozma::nn {
namespace {

namespace json = base::json;
using base::Fault;
using ::testing::HasSubstr;

const std::filesystem::path kSource(OZMA_SOURCE_DIR);

const Catalog& Shipped() {
  static const Catalog catalog = Catalog::Load(kSource / "models" / "catalog.json").value();
  return catalog;
}

Entry EntryOf(std::string_view role) {
  return *Shipped().InRole(role).value().front();
}

std::filesystem::path EmptyFolder(const std::string& name) {
  const std::filesystem::path folder = std::filesystem::path(::testing::TempDir()) / name;
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  return folder;
}

// The input that make_reference.py gives to ONNX Runtime: a slanted ramp with a little noise.
class Picture {
 public:
  explicit Picture(const InputSpec& input, std::uint32_t seed = 1) : input_(input) {
    std::uint32_t state = seed;
    for (int y = 0; y < input.height; ++y) {
      for (int x = 0; x < input.width; ++x) {
        for (int channel = 0; channel < Channels(); ++channel) {
          state = state * 1664525u + 1013904223u;
          const auto value = static_cast<std::uint32_t>(3 * x + 5 * y + 40 * channel) + (state >> 28);
          bytes_.push_back(static_cast<std::uint8_t>(value));
        }
      }
    }
  }
  Pixels View() const { return {bytes_.data(), input_.width, input_.height, Channels()}; }

 private:
  int Channels() const { return input_.colour == Colour::kGrey ? 1 : 3; }
  InputSpec input_;
  std::vector<std::uint8_t> bytes_;
};

std::unique_ptr<Network> Loaded(const Entry& entry, const Options& options = {2, {}}) {
  auto network = Network::Load(entry, options);
  EXPECT_TRUE(network) << network.error().message;
  return network ? std::move(*network) : nullptr;
}

std::vector<Tensor> Answer(const Network& network, const Picture& picture) {
  const Pixels view = picture.View();
  auto answers = network.Run({&view, 1});
  EXPECT_TRUE(answers) << answers.error().message;
  return answers ? answers->front() : std::vector<Tensor>{};
}

std::string LoadError(const Entry& entry) {
  const auto network = Network::Load(entry, {1, {}});
  if (network) return "";
  EXPECT_EQ(network.error().fault, Fault::kEngine);
  return network.error().message;
}

TEST(Network, AnswersAsTheReferenceFramework) {
  const auto text = base::ReadFile(kSource / "tests" / "nn" / "reference.json");
  const json::value reference = base::ReadJson(base::AsText(text.value())).value();
  for (const Entry& entry : Shipped().entries()) {
    SCOPED_TRACE(entry.name);
    ASSERT_TRUE(reference.as_object().contains(entry.name)) << "run tests/nn/make_reference.py";
    const json::value& expected = reference.at(entry.name);
    ASSERT_EQ(expected.at("sha256").as_string(), entry.sha256) << "run tests/nn/make_reference.py";
    const auto network = Loaded(entry);
    ASSERT_NE(network, nullptr);
    const auto tensors = Answer(*network, Picture(entry.input));
    ASSERT_EQ(tensors.size(), entry.outputs.size());
    for (std::size_t i = 0; i < tensors.size(); ++i) {
      const json::value& output = expected.at("outputs").at(entry.outputs[i]);
      EXPECT_EQ(tensors[i].shape, json::value_to<std::vector<std::size_t>>(output.at("shape")));
      const auto stride = static_cast<std::size_t>(output.at("stride").as_int64());
      const auto& values = output.at("values").as_array();
      for (std::size_t k = 0; k < values.size(); ++k) {
        ASSERT_LT(k * stride, tensors[i].data.size());
        EXPECT_NEAR(tensors[i].data[k * stride], values[k].to_number<double>(), 1e-3)
            << entry.outputs[i] << '[' << k * stride << ']';
      }
    }
  }
}

TEST(Network, ManyInputsGiveTheirAnswersInOrder) {
  const Entry entry = EntryOf("eye");
  const auto network = Loaded(entry);
  ASSERT_NE(network, nullptr);
  std::vector<Picture> pictures;
  for (std::uint32_t seed = 1; seed <= 20; ++seed) pictures.emplace_back(entry.input, seed);
  std::vector<Pixels> views;
  for (const Picture& picture : pictures) views.push_back(picture.View());
  const auto answers = network->Run(views);
  ASSERT_TRUE(answers) << answers.error().message;
  ASSERT_EQ(answers->size(), pictures.size());
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    EXPECT_EQ((*answers)[i][0].data, Answer(*network, pictures[i])[0].data) << i;
  }
  EXPECT_NE((*answers)[0][0].data, (*answers)[1][0].data);
  EXPECT_TRUE(network->Run({})->empty());
}

TEST(Network, EightThreadsGetIdenticalAnswers) {
  const Entry entry = EntryOf("landmarks");
  const auto network = Loaded(entry);
  ASSERT_NE(network, nullptr);
  const Picture one(entry.input, 1), two(entry.input, 2);
  const std::vector<Pixels> views{one.View(), two.View(), one.View()};
  const auto first = Answer(*network, one)[0].data, second = Answer(*network, two)[0].data;
  std::atomic<int> different = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 25; ++round) {
        const auto answers = network->Run(views);
        const bool same = answers && (*answers)[0][0].data == first && (*answers)[1][0].data == second &&
                          (*answers)[2][0].data == first;
        if (!same) ++different;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(different, 0);
}

TEST(Network, PixelsOfAnotherGeometryAreRefused) {
  const Entry entry = EntryOf("eye");
  const auto network = Loaded(entry);
  ASSERT_NE(network, nullptr);
  const std::vector<std::uint8_t> bytes(24 * 24 * 3);
  for (const Pixels& wrong : {Pixels{bytes.data(), 24, 24, 3}, Pixels{bytes.data(), 23, 24, 1}}) {
    const auto answers = network->Run({&wrong, 1});
    ASSERT_FALSE(answers);
    EXPECT_EQ(answers.error().fault, Fault::kInternal);
    EXPECT_THAT(answers.error().message, HasSubstr(entry.name));
  }
}

TEST(Network, AMissingTruncatedOrAlteredFileIsNamed) {
  const auto folder = EmptyFolder("network_files");
  Entry entry = EntryOf("eye");
  const base::Bytes whole = base::ReadFile(entry.file).value();

  entry.file = folder / "gone.onnx";
  EXPECT_THAT(LoadError(entry), HasSubstr("gone.onnx"));

  entry.file = folder / "short.onnx";
  ASSERT_TRUE(base::WriteFile(entry.file, base::ByteView(whole).first(whole.size() / 2)));
  EXPECT_THAT(LoadError(entry), HasSubstr("short.onnx"));

  base::Bytes altered = whole;
  altered[altered.size() / 2] ^= 1;
  entry.file = folder / "altered.onnx";
  ASSERT_TRUE(base::WriteFile(entry.file, altered));
  EXPECT_THAT(LoadError(entry), HasSubstr("altered.onnx"));
}

TEST(Network, AFileThatIsNoNetworkIsNamed) {
  Entry entry = EntryOf("eye");
  entry.file = EmptyFolder("network_garbage") / "garbage.onnx";
  const base::Bytes garbage(1000, 0x55);
  ASSERT_TRUE(base::WriteFile(entry.file, garbage));
  entry.sha256 = base::Sha256Hex(garbage);
  EXPECT_THAT(LoadError(entry), HasSubstr("garbage.onnx"));
}

TEST(Network, AnEntryThatDoesNotFitItsFileIsRefused) {
  Entry entry = EntryOf("recognizer");
  entry.input.name = "pixels";
  EXPECT_THAT(LoadError(entry), HasSubstr(entry.file.string()));

  entry = EntryOf("recognizer");
  entry.outputs = {"opinion"};
  EXPECT_THAT(LoadError(entry), HasSubstr(entry.file.string()));

  entry = EntryOf("recognizer");
  entry.input.width = 64;
  EXPECT_THAT(LoadError(entry), HasSubstr(entry.file.string()));
}

TEST(Network, CompiledFormsComeFromTheCacheAndADamagedOneIsReplaced) {
  const auto folder = EmptyFolder("network_cache");
  const Entry entry = EntryOf("eye");
  const Picture picture(entry.input);
  const auto fresh = Answer(*Loaded(entry, {1, folder}), picture)[0].data;

  std::vector<std::filesystem::path> blobs;
  for (const auto& file : std::filesystem::directory_iterator(folder)) blobs.push_back(file.path());
  ASSERT_EQ(blobs.size(), 1u);
  EXPECT_EQ(Answer(*Loaded(entry, {1, folder}), picture)[0].data, fresh);

  const base::Bytes whole = base::ReadFile(blobs[0]).value();
  for (const std::size_t kept : {std::size_t{0}, std::size_t{10}, whole.size() / 2, whole.size() - 1}) {
    ASSERT_TRUE(base::WriteFile(blobs[0], base::ByteView(whole).first(kept)));
    const auto network = Loaded(entry, {1, folder});
    ASSERT_NE(network, nullptr) << kept;
    EXPECT_EQ(Answer(*network, picture)[0].data, fresh) << kept;
  }
}

TEST(Network, TheEngineIsNamed) {
  EXPECT_THAT(EngineName(), ::testing::StartsWith("OpenVINO 20"));
}

}  // namespace
}  // namespace ozma::nn
