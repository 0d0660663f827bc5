// The Web Adapter in this program: its options, its files, the networks that browsers run.
#pragma once

#include "adapter/adapter.hpp"
#include "cli/program.hpp"
#include "cli/storage.hpp"

namespace ozma::cli {

struct AdapterOptions {
  std::filesystem::path config;    // empty: DATA/app_config.json, where it is there
  std::filesystem::path sessions;  // empty: DATA/session_data
  std::filesystem::path license;   // empty: DATA/license.json, where it is there
  std::filesystem::path web;       // the plugin's build; empty: web/plugin above the program
};
void AddAdapterOptions(CLI::App& command, AdapterOptions& options);

// kConfiguration, kIo: as adapter::Adapter::Open.
base::Result<std::unique_ptr<adapter::Adapter>> OpenAdapter(const AdapterOptions& options,
                                                            const Storage& storage, const Common& common,
                                                            std::shared_ptr<media::Decoder> decoder);

}  // namespace ozma::cli
