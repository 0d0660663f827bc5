#include "cli/workers.hpp"

#include <iostream>

#include "api/render.hpp"
#include "base/log.hpp"
#include "cli/api_options.hpp"
#include "cli/gallery.hpp"
#include "cli/listen.hpp"

namespace ozma::cli {
namespace {

struct Worker {
  Common common;
  Storage storage;
  ApiOptions api;  // for links alone
  work::Options work;
  GalleryOptions gallery;
  bool quiet = false;
};

int RunWorker(Worker worker) {
  const sigset_t signals = BlockSignals();
  base::StartLog(worker.quiet ? base::Level::kWarning : base::Level::kInfo);
  const auto opened = Open(worker.storage);
  if (!opened) return Complain(opened.error());
  if (worker.common.cache.empty()) worker.common.cache = worker.storage.data / "networks";
  const auto chain = OpenChain(worker.common);
  if (!chain) return Complain(chain.error());
  const std::string url = PublicUrl(worker.api, false);
  if (url.empty())
    base::Log(base::Level::kWarning, "no public url",
              {{"note", "links in webhooks lead to localhost; set --public-url"}});
  const auto gallery = Gallery::Open(worker.gallery, worker.storage, *opened, *chain);
  if (!gallery) return Complain(gallery.error());
  auto runner = StartWorkers(worker.work, *opened, *chain, url.empty() ? "http://localhost:8080" : url,
                             (*gallery)->searcher());
  if (!runner) return Complain(runner.error());
  (*gallery)->Start();
  std::cout << "ozma: working (" << chain->analyst->EngineName() << ")" << std::endl;
  AwaitSignal(signals);
  (*gallery)->Stop();
  (*runner)->Stop(std::chrono::seconds(10));
  return kOk;
}

}  // namespace

base::Result<std::unique_ptr<work::Runner>> StartWorkers(work::Options options, const Opened& opened,
                                                         const Chain& chain, const std::string& url,
                                                         std::shared_ptr<gallery::Finder> finder) {
  options.render_folder = [url](const store::Folder& folder, const std::vector<store::Media>& media,
                                const std::vector<store::Analysis>& analyses) {
    base::json::object object = api::Render(folder);
    object["media"] = api::RenderMedia(media, url);
    object["analyses"] = api::RenderAnalyses(analyses, media, url);
    return base::WriteJson(object);
  };
  return work::Runner::Start(std::move(options), opened.database, opened.blobs, chain.analyst, chain.decoder,
                             std::move(finder));
}

void AddWorker(CLI::App& app, int& exit_code) {
  auto worker = std::make_shared<Worker>();
  auto* command = app.add_subcommand(
      "worker", "Do the analyses of a server elsewhere that shares the database and the data folder");
  command->set_config("--config", "", "Read options from a TOML file");
  AddStorage(*command, worker->storage);
  AddLinkOptions(*command, worker->api);
  AddWorkOptions(*command, worker->work);
  AddGalleryOptions(*command, worker->gallery);
  AddCommon(*command, worker->common);
  command->add_flag("--quiet", worker->quiet, "Log warnings and errors only");
  command->callback([worker, &exit_code] { exit_code = RunWorker(*worker); });
}

}  // namespace ozma::cli
