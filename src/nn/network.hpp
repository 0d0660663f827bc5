// A network of the catalog, ready to run.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "nn/catalog.hpp"

namespace ozma::nn {

// A view of 8-bit pixels, rows without gaps: 3 channels BGR, or 1 channel grey where the network's colour is
// grey. Width and height are those of the network's InputSpec: the caller crops and resizes.
struct Pixels {
  const std::uint8_t* data;
  int width, height, channels;
};

struct Tensor {
  std::vector<std::size_t> shape;
  std::vector<float> data;
};

struct Options {
  int streams = 0;              // inferences at once; 0: as many as cores. Each stream has one thread.
  std::filesystem::path cache;  // compiled networks are kept here; empty: nowhere
};

// Thread-safe: Run may be called from any number of threads.
class Network {
 public:
  // Verifies the file's digest, compiles (or takes from the cache) with colour order and normalisation built
  // in. kEngine, naming the file, where it is missing, altered or does not fit its catalog entry.
  static base::Result<std::unique_ptr<Network>> Load(const Entry& entry, const Options& options);
  virtual ~Network() = default;

  // One result per input: the tensors of Entry::outputs in that order. Inputs run at once over all streams.
  virtual base::Result<std::vector<std::vector<Tensor>>> Run(std::span<const Pixels> inputs) const = 0;

  virtual const Entry& entry() const = 0;
};

// The engine and the instruction sets it uses, for /version and `ozma bench`: "OpenVINO 2026.4.1 (AVX2)".
std::string EngineName();

}  // namespace ozma::nn
