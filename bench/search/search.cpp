// bench_search: how fast a large gallery is searched here, beside the time that merely reading it takes.
// Prints JSON.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <functional>
#include <iostream>
#include <limits>
#include <numeric>

#include "base/json.hpp"
#include "gallery/memory_index.hpp"
#include "search/crowd.hpp"

namespace ozma::bench {
namespace {

namespace json = base::json;
using gallery::MemoryIndex;
using gallery::Question;

struct Plan {
  std::size_t faces = 100'000, dimension = 512, probes = 1000, turns = 7;
  std::filesystem::path templates, genuine, dump, folder;
};

double Now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Seconds of one call.
double SecondsOf(const std::function<void()>& call) {
  const double begun = Now();
  call();
  return Now() - begun;
}

double Median(std::vector<double> numbers) {
  std::ranges::sort(numbers);
  return numbers[numbers.size() / 2];
}

// Mean, and the numbers below which these shares of all lie.
json::object SpreadOf(std::vector<double> numbers) {
  std::ranges::sort(numbers);
  const auto count = static_cast<double>(numbers.size());
  json::object spread = {{"mean", std::accumulate(numbers.begin(), numbers.end(), 0.0) / count}};
  for (const auto& [name, share] : {std::pair{"1 %", 0.01},
                                    {"10 %", 0.1},
                                    {"50 %", 0.5},
                                    {"90 %", 0.9},
                                    {"99 %", 0.99},
                                    {"99.9 %", 0.999},
                                    {"99.99 %", 0.9999}})
    spread[name] = numbers[static_cast<std::size_t>(share * (count - 1))];
  return spread;
}

// Of strangers, each with each.
std::vector<double> CosinesOf(std::span<const gallery::Template> people) {
  std::vector<double> cosines;
  for (std::size_t i = 0; i < people.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) cosines.push_back(gallery::Cosine(people[i], people[j]));
  return cosines;
}

// The least that a scan can take: as many bytes as the gallery has are read from memory, and nothing else is
// done. Of a large gallery a part is read, far more than the caches hold, and the time taken for the whole.
class Floor {
 public:
  explicit Floor(std::size_t bytes)
      : words_(std::min(bytes, kMost) / sizeof(Words), Words{1, 1}),
        times_(static_cast<double>(bytes) / static_cast<double>(std::min(bytes, kMost))) {}
  double Seconds() {
    return times_ * SecondsOf([&] { Read(); });
  }
  std::uint64_t total() const { return total_; }

 private:
  void Read() {
    std::array<Words, 4> sums{};
    for (std::size_t at = 0; at + sums.size() <= words_.size(); at += sums.size()) {
#pragma GCC unroll 4
      for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += words_[at + i];
    }
    for (const Words& sum : sums) total_ += sum[0] + sum[1];
  }

  static constexpr std::size_t kMost = std::size_t{1} << 30;
  using Words = std::uint64_t __attribute__((vector_size(16)));
  std::vector<Words> words_;
  double times_;
  std::uint64_t total_ = 0;
};

std::unique_ptr<MemoryIndex> IndexWith(const Plan& plan, std::size_t threads, bool approximate) {
  gallery::IndexOptions options;
  options.shape = {gallery::NetworkIdOf("bench", "1"), plan.dimension};
  options.threads = threads;
  options.approximate_above = approximate ? 0 : std::numeric_limits<std::size_t>::max();
  return MemoryIndex::Open(plan.folder, options).value();
}

// Fills a gallery and leaves its snapshot in plan.folder, from which the others are opened. Returns the
// people whose photos will be the probes.
std::vector<gallery::Template> Fill(const Plan& plan, Crowd& crowd, json::object& report) {
  gallery::IndexOptions options;
  options.shape = {gallery::NetworkIdOf("bench", "1"), plan.dimension};
  const auto index = MemoryIndex::Create(options).value();
  std::ofstream dump;
  if (!plan.dump.empty()) dump.open(plan.dump, std::ios::binary);
  std::vector<gallery::Template> people;
  double seconds = 0;
  constexpr std::size_t kBatch = 10'000;
  for (std::size_t first = 0; first < plan.faces; first += kBatch) {
    std::vector<gallery::Change> changes;
    for (std::size_t i = first; i < std::min(first + kBatch, plan.faces); ++i) {
      const auto image = static_cast<std::int64_t>(i + 1);
      changes.push_back({i + 1, image, gallery::Entry{image, 1, crowd.Stranger()}});
      const auto values = changes.back().entry->face.values();
      dump.write(reinterpret_cast<const char*>(values.data()), static_cast<std::streamsize>(values.size()));
      if (i * plan.probes / plan.faces == people.size() && people.size() < plan.probes) {
        people.push_back(changes.back().entry->face);
      }
    }
    seconds += SecondsOf([&] { index->Apply(changes).value(); });
  }
  report["fill_seconds"] = seconds;
  report["heap_bytes"] = index->statistics().heap_bytes;
  report["kernel"] = std::string(index->statistics().kernel);
  report["save_seconds"] = SecondsOf([&] { index->Save(plan.folder).value(); });
  return people;
}

void DumpProbes(const Plan& plan, std::span<const gallery::Template> probes) {
  std::filesystem::path path = plan.dump;
  path += ".probes";
  std::ofstream dump(path, std::ios::binary);
  for (const auto& probe : probes) {
    dump.write(reinterpret_cast<const char*>(probe.values().data()),
               static_cast<std::streamsize>(probe.values().size()));
  }
}

// Medians of searches of one probe and of eight, in milliseconds. The turns of `floor`, where there is one,
// are interleaved, so that a machine that is slower for a while is so for both.
json::object Times(const MemoryIndex& index, std::span<const gallery::Template> probes, std::size_t turns,
                   Floor* floor) {
  const auto search = [&](std::size_t turn, std::size_t count) {
    const Question question{.probes = probes.subspan(turn * 8 % (probes.size() - 7), count),
                            .collections = {1}};
    return 1e3 * SecondsOf([&] { index.Search(question).value(); });
  };
  std::vector<double> one, eight, reading;
  search(0, 1);
  for (std::size_t turn = 0; turn < turns; ++turn) {
    if (floor != nullptr) reading.push_back(1e3 * floor->Seconds());
    one.push_back(search(turn, 1));
    eight.push_back(search(turn, 8));
  }
  json::object times = {
      {"one_ms", Median(one)}, {"eight_ms", Median(eight)}, {"of_eight_ms", Median(eight) / 8}};
  if (floor != nullptr) {
    times["floor_ms"] = Median(reading);
    times["over_floor"] = Median(one) / Median(reading);
  }
  return times;
}

// Share of the probes whose best match is that of the exact search, and of those whose person is found first.
json::object Recall(const MemoryIndex& exact, const MemoryIndex& approximate,
                    std::span<const gallery::Template> probes) {
  std::size_t same = 0;
  for (std::size_t at = 0; at < probes.size(); at += 8) {
    const Question question{.probes = probes.subspan(at, std::min<std::size_t>(8, probes.size() - at)),
                            .collections = {1},
                            .most = 1};
    const auto expected = exact.Search(question).value(), found = approximate.Search(question).value();
    for (std::size_t i = 0; i < expected.size(); ++i)
      same += expected[i][0].image == found[i][0].image ? 1 : 0;
  }
  return {{"recall_at_1", static_cast<double>(same) / static_cast<double>(probes.size())},
          {"probes", probes.size()}};
}

json::object Run(const Plan& plan) {
  json::object report = {{"faces", plan.faces}, {"dimension", plan.dimension}};
  Crowd crowd(plan.dimension, plan.templates, plan.genuine, 1);
  const auto people = Fill(plan, crowd, report);
  std::vector<gallery::Template> probes;
  std::vector<double> genuine;
  for (const auto& person : people) {
    probes.push_back(crowd.AnotherPhoto(person));
    genuine.push_back(gallery::Cosine(probes.back(), person));
  }
  if (!plan.dump.empty()) DumpProbes(plan, probes);
  report["genuine"] = SpreadOf(genuine);
  report["impostor"] = SpreadOf(CosinesOf(people));

  std::unique_ptr<MemoryIndex> exact;
  report["open_ms"] = 1e3 * SecondsOf([&] { exact = IndexWith(plan, 1, false); });
  const Question first{.probes = std::span(probes).first(1), .collections = {1}};
  report["first_search_ms"] = 1e3 * SecondsOf([&] { exact->Search(first).value(); });
  report["snapshot_bytes"] = exact->statistics().mapped_bytes;
  Floor floor(plan.faces * gallery::StrideOf(plan.dimension));
  report["exact"] = Times(*exact, probes, plan.turns, &floor);
  report["floor_sum"] = floor.total();
  report["exact_all_cores"] = Times(*IndexWith(plan, 0, false), probes, plan.turns, nullptr);
  const auto approximate = IndexWith(plan, 1, true);
  report["approximate"] = Times(*approximate, probes, plan.turns, nullptr);
  report["approximate_all_cores"] = Times(*IndexWith(plan, 0, true), probes, plan.turns, nullptr);
  report["recall"] = Recall(*exact, *approximate, probes);
  return report;
}

}  // namespace
}  // namespace ozma::bench

int main(int count, char** words) {
  ozma::bench::Plan plan;
  CLI::App app("Searches a made-up gallery and prints how long it took, as JSON.");
  app.add_option("--faces", plan.faces, "Faces in the gallery")->check(CLI::Range(1000, 100'000'000));
  app.add_option("--dimension", plan.dimension, "Values in a template")->check(CLI::Range(16, 4096));
  app.add_option("--probes", plan.probes, "Probes that recall is measured with")
      ->check(CLI::Range(16, 100'000));
  app.add_option("--turns", plan.turns, "Searches of which a figure is the median")
      ->check(CLI::Range(1, 1000));
  app.add_option("--templates", plan.templates,
                 "Real templates: 32-bit numbers, one template behind the other");
  app.add_option("--genuine", plan.genuine, "Cosines of photos of one person: 32-bit numbers");
  app.add_option("--dump", plan.dump,
                 "Writes the gallery's values here and the probes' to FILE.probes, for others to search");
  app.add_option("--folder", plan.folder, "Where the snapshot goes")->required();
  CLI11_PARSE(app, count, words);
  try {
    std::cout << ozma::base::WriteJson(ozma::bench::Run(plan)) << '\n';
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "bench_search: " << error.what() << '\n';
    return 1;
  }
}
