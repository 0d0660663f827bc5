#include "base/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "base/ids.hpp"

namespace ozma::base {
namespace {

spdlog::level::level_enum Of(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarning:
      return spdlog::level::warn;
    case Level::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

spdlog::logger& Logger() {
  static const auto logger = [] {
    auto made = spdlog::stderr_logger_mt("ozma");
    made->set_pattern("%v");
    made->flush_on(spdlog::level::info);
    return made;
  }();
  return *logger;
}

}  // namespace

void StartLog(Level level) {
  Logger().set_level(Of(level));
}

void Log(Level level, std::string_view event, const json::object& fields) {
  const auto rank = Of(level);
  if (!Logger().should_log(rank)) return;
  const auto name = spdlog::level::to_string_view(rank);
  json::object line{
      {"time", UnixSeconds()}, {"level", std::string_view(name.data(), name.size())}, {"event", event}};
  for (const auto& field : fields) line.insert(field);
  Logger().log(rank, "{}", WriteJson(line));
}

}  // namespace ozma::base
