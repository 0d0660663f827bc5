// `ozma bench`: how fast each job runs here, beside the floor that its networks alone set.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <iostream>
#include <thread>

#include "base/json.hpp"
#include "cli/program.hpp"
#include "cli/table.hpp"

namespace ozma::cli {
namespace {

namespace json = base::json;

struct Bench {
  Common common;
  std::filesystem::path picture;
  double seconds = 2;
  bool as_json = false;
};

// What a benchmark runs: one call is one picture (or one comparison).
struct Job {
  std::string name;
  std::function<void()> call;
  std::string floor;  // the job that runs the same networks alone; empty: none
};

// A figure is the median of so many turns. The turns of all jobs are interleaved at random, so that a machine
// that is slower for a while is slower for a job and for its floor alike.
constexpr int kTurns = 8;

// Collects the time of a call, turn by turn, instead of printing.
class Collector : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      if (run.run_type != Run::RT_Iteration) continue;
      seconds_[run.run_name.function_name].push_back(run.real_accumulated_time /
                                                     static_cast<double>(run.iterations));
    }
  }
  double SecondsOf(const std::string& name) {
    auto& turns = seconds_.at(name);
    std::ranges::sort(turns);
    return (turns[(turns.size() - 1) / 2] + turns[turns.size() / 2]) / 2;
  }

 private:
  std::map<std::string, std::vector<double>> seconds_;
};

[[noreturn]] void Abort(const base::Error& error) {
  throw std::runtime_error(error.message);
}

template <class T>
T Must(base::Result<T> result) {
  if (!result) Abort(result.error());
  return std::move(*result);
}

// How often the network runs for one face: a recognizer that flips sees the mirror image too.
std::size_t ViewsOf(const nn::Entry& entry) {
  return entry.parameters.contains("flip") ? 2 : 1;
}

// The networks of a job on pictures of nothing, with nothing around them.
class NetworksAlone {
 public:
  NetworksAlone(const face::Engine& engine, const nn::Options& options) {
    for (const nn::Entry* entry : engine.networks()) {
      const auto size =
          static_cast<std::size_t>(entry->input.width) * static_cast<std::size_t>(entry->input.height) * 3;
      held_.push_back({Must(nn::Network::Load(*entry, options)), base::Bytes(size, 127)});
    }
  }
  void Run(std::initializer_list<std::string_view> roles) const {
    for (const auto& [network, pixels] : held_) {
      if (std::find(roles.begin(), roles.end(), network->entry().role) == roles.end()) continue;
      const auto& input = network->entry().input;
      const nn::Pixels view{pixels.data(), input.width, input.height,
                            input.colour == nn::Colour::kGrey ? 1 : 3};
      const std::vector<nn::Pixels> views(ViewsOf(network->entry()), view);
      if (const auto ran = network->Run(views); !ran) Abort(ran.error());
    }
  }

 private:
  struct Held {
    std::unique_ptr<nn::Network> network;
    base::Bytes pixels;
  };
  std::vector<Held> held_;
};

std::vector<Job> JobsOf(const Chain& chain, const NetworksAlone& networks, const base::Bytes& bytes) {
  const auto decode = [&chain, &bytes] {
    return Must(chain.decoder->Decode(bytes, base::Deadline(std::chrono::minutes(1))));
  };
  const auto medium = std::make_shared<media::Media>(decode());
  const auto made = std::make_shared<gallery::Template>(Must(chain.analyst->Extract(*medium)));
  const auto coded = std::make_shared<base::Bytes>(made->Encode());
  const analysis::QualityParameters quality{.threshold_spoofing = 0.5, .extract_best_shot = false};
  return {
      {"networks of detect",
       [&] {
         networks.Run({"detector", "confirmer", "landmarks"});
       },
       ""},
      {"networks of extract",
       [&] {
         networks.Run({"detector", "confirmer", "landmarks", "recognizer"});
       },
       ""},
      {"networks of liveness",
       [&] {
         networks.Run({"detector", "confirmer", "landmarks", "liveness"});
       },
       ""},
      {"decode", [decode] { benchmark::DoNotOptimize(decode()); }, ""},
      {"detect", [&chain, medium] { Must(chain.engine->Find(medium->frames.front().bgr)); },
       "networks of detect"},
      {"extract", [&chain, medium] { Must(chain.analyst->Extract(*medium)); }, "networks of extract"},
      {"liveness", [&chain, medium, quality] { Must(chain.analyst->Quality(*medium, quality)); },
       "networks of liveness"},
      {"compare", [&chain, made] { benchmark::DoNotOptimize(chain.analyst->Compare(*made, *made)); }, ""},
      {"read template and compare",
       [&chain, made, coded] {
         benchmark::DoNotOptimize(chain.analyst->Compare(*made, Must(chain.analyst->ReadTemplate(*coded))));
       },
       ""},
  };
}

json::array Measure(const std::vector<Job>& jobs, int threads, double seconds) {
  for (const Job& job : jobs) {
    benchmark::RegisterBenchmark(job.name.c_str(),
                                 [&job](benchmark::State& state) {
                                   for (auto _ : state) job.call();
                                 })
        ->Threads(threads)
        ->UseRealTime()
        ->Repetitions(kTurns)
        ->MinTime(seconds / kTurns);
  }
  std::string program = "ozma", interleaved = "--benchmark_enable_random_interleaving=true";
  char* words[] = {program.data(), interleaved.data(), nullptr};
  int count = 2;
  benchmark::Initialize(&count, words);
  Collector collector;
  benchmark::RunSpecifiedBenchmarks(&collector);
  benchmark::ClearRegisteredBenchmarks();

  json::array rows;
  for (const Job& job : jobs) {
    // The library gives the time of one iteration across all threads together.
    const double each = collector.SecondsOf(job.name);
    json::object row{{"job", job.name},
                     {"threads", threads},
                     {"per_second", 1 / each},
                     {"milliseconds", each * 1000},
                     {"beyond_networks", nullptr}};
    if (!job.floor.empty()) row["beyond_networks"] = each / collector.SecondsOf(job.floor) - 1;
    rows.push_back(std::move(row));
  }
  return rows;
}

json::array MeasureWith(const Bench& bench, int threads, const base::Bytes& bytes) {
  Common common = bench.common;
  common.threads = threads;
  const Chain chain = Must(OpenChain(common));
  const NetworksAlone networks(*chain.engine, {threads, {}});
  return Measure(JobsOf(chain, networks, bytes), threads, bench.seconds);
}

std::filesystem::path DefaultPicture(const Common& common) {
  return CatalogPath(common).parent_path().parent_path() / "samples" / "person-a-1.jpg";
}

void Print(const json::array& rows) {
  Table table({"job", "threads", "a second", "ms each", "beyond its networks"});
  for (const auto& row : rows) {
    const auto& beyond = row.at("beyond_networks");
    const double rate = row.at("per_second").to_number<double>();
    table.Add({std::string(row.at("job").as_string()), std::to_string(row.at("threads").to_number<int>()),
               Fixed(rate, rate < 1000 ? 1 : 0),
               Fixed(row.at("milliseconds").to_number<double>(), rate < 1000 ? 2 : 5),
               beyond.is_null() ? "" : Percent(beyond.to_number<double>(), 0)});
  }
  std::cout << table.Text();
}

int RunBench(const Bench& bench) {
  const auto bytes = base::ReadFile(bench.picture.empty() ? DefaultPicture(bench.common) : bench.picture);
  if (!bytes) return Complain(bytes.error());
  const int cores = bench.common.threads > 0
                        ? bench.common.threads
                        : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  json::array rows = MeasureWith(bench, 1, *bytes);
  if (cores > 1) {
    for (auto& row : MeasureWith(bench, cores, *bytes)) rows.push_back(row);
  }
  if (bench.as_json) {
    std::cout << base::WriteJson(json::object{{"engine", nn::EngineName()}, {"rows", rows}}) << '\n';
  } else {
    std::cout << nn::EngineName() << '\n';
    Print(rows);
  }
  return kOk;
}

}  // namespace

void AddBench(CLI::App& app, int& exit_code) {
  auto bench = std::make_shared<Bench>();
  auto* command =
      app.add_subcommand("bench", "How fast each job runs here, beside what its networks alone take");
  command->add_option("--picture", bench->picture, "A picture of one face (default: a sample)")
      ->check(CLI::ExistingFile);
  command->add_option("--seconds", bench->seconds, "Time for each figure")
      ->check(CLI::Range(0.1, 60.0))
      ->capture_default_str();
  command->add_flag("--json", bench->as_json, "Print JSON");
  AddCommon(*command, bench->common);
  command->callback([bench, &exit_code] { exit_code = RunBench(*bench); });
}

}  // namespace ozma::cli
