#include "gallery/scan.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "gallery/faces.hpp"

namespace ozma::gallery {
namespace {

class Rows {
 public:
  Rows(std::size_t count, std::size_t dimension)
      : stride_(StrideOf(dimension)), dimension_(dimension), memory_(AllocateAligned(count * stride_)) {
    for (std::size_t row = 0; row < count; ++row) {
      pointers_.push_back(reinterpret_cast<std::int8_t*>(memory_.get()) + row * stride_);
    }
  }
  template <class Make>
  void Fill(Make make) {
    for (std::size_t row = 0; row < pointers_.size(); ++row) {
      auto* values = const_cast<std::int8_t*>(pointers_[row]);
      for (std::size_t i = 0; i < dimension_; ++i) values[i] = make();
    }
  }
  std::span<const std::int8_t* const> pointers() const { return pointers_; }

 private:
  std::size_t stride_, dimension_;
  std::unique_ptr<std::byte, FreeAligned> memory_;
  std::vector<const std::int8_t*> pointers_;
};

// Products as every kernel gives them, which must be one and the same.
void ExpectEqual(const Rows& rows, std::span<const Template> probes, std::size_t dimension) {
  const ProbeGroup group(probes);
  std::vector<std::int32_t> expected(rows.pointers().size() * group.width());
  DotsPortable(rows.pointers(), group, expected.data());
  for (const Kernel& kernel : Kernels()) {
    std::vector<std::int32_t> products(expected.size(), -1);
    kernel.dots(rows.pointers(), group, products.data());
    EXPECT_EQ(products, expected) << kernel.name << ", " << dimension << " values, " << probes.size()
                                  << " probes";
  }
}

TEST(Scan, EveryKernelGivesTheVerySameProducts) {
  std::mt19937 random(1);
  std::uniform_int_distribution<int> any(-128, 127);
  const auto make = [&] { return static_cast<std::int8_t>(any(random)); };
  for (const std::size_t dimension : {1, 2, 15, 16, 17, 63, 64, 65, 127, 128, 200, 512, 513, 1024, 4096}) {
    for (const std::size_t count : {0, 1, 2, 3, 4, 5, 64}) {
      Rows rows(count, dimension);
      rows.Fill(make);
      std::vector<Template> probes;
      for (std::size_t probe = 0; probe < kProbesAtOnce; ++probe) {
        std::vector<std::int8_t> values(dimension);
        do std::ranges::generate(values, make);
        while (std::ranges::count(values, 0) == static_cast<std::ptrdiff_t>(dimension));
        probes.push_back(FaceOf(values));
        ExpectEqual(rows, probes, dimension);
      }
    }
  }
}

// Where sums of 16 bits would overflow, or unsigned bytes saturate.
TEST(Scan, EveryKernelIsExactAtTheEdges) {
  for (const int row : {-128, -127, 127}) {
    for (const int probe : {-128, -127, 127}) {
      Rows rows(3, 4096);
      rows.Fill([&] { return static_cast<std::int8_t>(row); });
      const Template face = FaceOf(std::vector<std::int8_t>(4096, static_cast<std::int8_t>(probe)));
      ExpectEqual(rows, std::vector(8, face), 4096);
      const ProbeGroup group(std::span(&face, 1));
      std::int32_t products[3];
      KernelNamed("")->dots(rows.pointers(), group, products);
      EXPECT_EQ(products[2], row * probe * 4096);
    }
  }
}

TEST(Scan, KernelsAreChosenByName) {
  EXPECT_EQ(Kernels().front().name, "portable");
  EXPECT_EQ(KernelNamed("")->name, Kernels().back().name);
  EXPECT_EQ(KernelNamed("portable")->name, "portable");
  EXPECT_EQ(KernelNamed("abacus"), nullptr);
}

}  // namespace
}  // namespace ozma::gallery
