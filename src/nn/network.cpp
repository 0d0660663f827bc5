#include "nn/network.hpp"

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <openvino/openvino.hpp>
#include <openvino/runtime/intel_cpu/properties.hpp>
#include <optional>
#include <thread>

#include "base/bytes.hpp"

namespace ozma::nn {
namespace {

using base::Fail;
using base::Fault;

// One for the process: it holds the plugins and their threads.
ov::Core& Core() {
  static ov::Core core;
  return core;
}

std::size_t ChannelsOf(const InputSpec& input) {
  return input.colour == Colour::kGrey ? 1 : 3;
}

// The network takes 8-bit pixels as they lie in memory; colour order and normalisation become part of its
// graph.
std::shared_ptr<ov::Model> Prepare(const Entry& entry) {
  const InputSpec& input = entry.input;
  const std::size_t channels = ChannelsOf(input);
  std::shared_ptr<ov::Model> model = Core().read_model(entry.file.string());
  if (model->inputs().size() != 1) throw std::runtime_error("it has more than one input");
  model->reshape(
      {{input.name, ov::PartialShape{1, static_cast<std::int64_t>(channels), input.height, input.width}}});

  ov::preprocess::PrePostProcessor steps(model);
  auto& pixels = steps.input();
  pixels.tensor().set_element_type(ov::element::u8).set_layout("NHWC");
  pixels.model().set_layout("NCHW");
  auto& actions = pixels.preprocess();
  if (input.colour == Colour::kRgb) {
    pixels.tensor().set_color_format(ov::preprocess::ColorFormat::BGR);
    actions.convert_color(ov::preprocess::ColorFormat::RGB);
  }
  const auto per_channel = [&](const std::array<float, 3>& values) {
    return std::vector<float>(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(channels));
  };
  actions.convert_element_type(ov::element::f32)
      .mean(per_channel(input.mean))
      .scale(per_channel(input.scale));
  for (const std::string& output : entry.outputs)
    steps.output(output).tensor().set_element_type(ov::element::f32);
  return steps.build();
}

ov::AnyMap Properties(int streams, const std::filesystem::path& cache) {
  ov::AnyMap properties{
      ov::num_streams(streams),
      ov::inference_num_threads(streams),
      ov::hint::enable_cpu_pinning(false),
      // Never bf16 or f16: answers equal those of the reference framework on every machine.
      ov::hint::inference_precision(ov::element::f32),
      ov::intel_cpu::denormals_optimization(true),
  };
  if (!cache.empty()) properties.emplace(ov::cache_dir(cache.string()));
  return properties;
}

Tensor Copy(const ov::Tensor& from) {
  const ov::Shape& shape = from.get_shape();
  const float* values = from.data<const float>();
  return {{shape.begin(), shape.end()}, {values, values + from.get_size()}};
}

// Requests that nobody is using. A request runs on any of the network's streams.
class Requests {
 public:
  void Put(ov::InferRequest request) {
    {
      const std::lock_guard lock(mutex_);
      free_.push_back(std::move(request));
    }
    returned_.notify_one();
  }

  ov::InferRequest Wait() {
    std::unique_lock lock(mutex_);
    returned_.wait(lock, [this] { return !free_.empty(); });
    return Pop();
  }

  std::optional<ov::InferRequest> Try() {
    const std::lock_guard lock(mutex_);
    if (free_.empty()) return std::nullopt;
    return Pop();
  }

 private:
  ov::InferRequest Pop() {
    ov::InferRequest request = std::move(free_.back());
    free_.pop_back();
    return request;
  }

  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<ov::InferRequest> free_;
};

// The requests that one call to Run has started. Whatever happens, they are back in the pool when it ends.
class Batch {
 public:
  Batch(Requests& pool, const std::vector<std::string>& outputs) : pool_(pool), outputs_(outputs) {}
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

  ~Batch() {
    for (ov::InferRequest& request : running_) {
      try {
        request.wait();
      } catch (const std::exception&) {  // the call already fails for the first error
      }
      pool_.Put(request);
    }
  }

  // A call waits for other calls' requests only while it holds none itself, so no two calls wait for each
  // other.
  void Start(const Pixels& input) {
    std::optional<ov::InferRequest> request = pool_.Try();
    while (!request && !running_.empty()) {
      FinishOldest();
      request = pool_.Try();
    }
    if (!request) request = pool_.Wait();
    running_.push_back(*request);
    ov::Tensor tensor = request->get_input_tensor();
    std::memcpy(tensor.data(), input.data, tensor.get_byte_size());
    request->start_async();
  }

  std::vector<std::vector<Tensor>> Finish() {
    while (!running_.empty()) FinishOldest();
    return std::move(results_);
  }

 private:
  void FinishOldest() {
    ov::InferRequest& request = running_.front();
    request.wait();
    std::vector<Tensor> tensors;
    tensors.reserve(outputs_.size());
    for (const std::string& output : outputs_) tensors.push_back(Copy(request.get_tensor(output)));
    results_.push_back(std::move(tensors));
    pool_.Put(request);
    running_.pop_front();
  }

  Requests& pool_;
  const std::vector<std::string>& outputs_;
  std::deque<ov::InferRequest> running_;
  std::vector<std::vector<Tensor>> results_;
};

class OpenVinoNetwork final : public Network {
 public:
  OpenVinoNetwork(Entry entry, ov::CompiledModel compiled, int streams)
      : entry_(std::move(entry)), compiled_(std::move(compiled)) {
    for (int i = 0; i < streams; ++i) requests_.Put(compiled_.create_infer_request());
  }

  base::Result<std::vector<std::vector<Tensor>>> Run(std::span<const Pixels> inputs) const override {
    const InputSpec& wanted = entry_.input;
    for (const Pixels& input : inputs) {
      if (input.width != wanted.width || input.height != wanted.height ||
          static_cast<std::size_t>(input.channels) != ChannelsOf(wanted)) {
        return Fail(Fault::kInternal,
                    "The pixels given to network " + entry_.name + " have another geometry than its input.");
      }
    }
    try {
      Batch batch(requests_, entry_.outputs);
      for (const Pixels& input : inputs) batch.Start(input);
      return batch.Finish();
    } catch (const std::exception& failure) {
      return Fail(Fault::kEngine, "Network " + entry_.name + " failed to run: " + failure.what());
    }
  }

  const Entry& entry() const override { return entry_; }

 private:
  Entry entry_;
  ov::CompiledModel compiled_;
  mutable Requests requests_;
};

const char* InstructionSet() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512vnni")) return "AVX-512 VNNI";
  if (__builtin_cpu_supports("avx512f")) return "AVX-512";
  if (__builtin_cpu_supports("avx2")) return "AVX2";
  return "SSE4.2";
#else
  return "NEON";
#endif
}

}  // namespace

base::Result<std::unique_ptr<Network>> Network::Load(const Entry& entry, const Options& options) {
  if (auto whole = Verify(entry); !whole) return whole.error();
  const int cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  const int streams = options.streams > 0 ? options.streams : cores;
  try {
    ov::CompiledModel compiled =
        Core().compile_model(Prepare(entry), "CPU", Properties(streams, options.cache));
    return std::make_unique<OpenVinoNetwork>(entry, std::move(compiled), streams);
  } catch (const std::exception& failure) {
    return Fail(Fault::kEngine, "Network " + entry.name + " cannot be loaded: " + entry.file.string() +
                                    " does not fit its catalog entry (" + failure.what() + ").");
  }
}

std::string EngineName() {
  const std::string build = ov::get_openvino_version().buildNumber;
  return "OpenVINO " + build.substr(0, build.find('-')) + " (" + InstructionSet() + ")";
}

}  // namespace ozma::nn
