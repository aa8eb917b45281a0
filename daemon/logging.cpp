// The only file that sees spdlog: it filters and writes whole lines; the lines are ours, because
// its patterns escape nothing.
#include "daemon/logging.hpp"

#include <atomic>
#include <memory>
#include <span>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "daemon/clock.hpp"

namespace rollcall {
namespace {

std::atomic<LogFormat> format_now{LogFormat::text};

spdlog::level::level_enum level_of(LogLevel level) {
  switch (level) {
    case LogLevel::trace:
      return spdlog::level::trace;
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warning:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

// Never destroyed, so that a thread that still logs while the process ends does no harm.
spdlog::logger& logger() {
  static spdlog::logger& instance = *[] {
    auto* const made =
        new spdlog::logger("rollcall", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%v");
    made->flush_on(spdlog::level::trace);
    made->set_error_handler([](const std::string&) {});
    return made;
  }();
  return instance;
}

}  // namespace

void start_logging(LogLevel least, LogFormat format) {
  logger().set_level(level_of(least));
  format_now = format;
}

bool is_logged(LogLevel level) { return logger().should_log(level_of(level)); }

void log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  if (!is_logged(level)) return;
  const std::span<const LogField> all(fields.begin(), fields.size());
  const auto line = format_log_line(format_now, SystemClock().now_ms(), level, message, all);
  logger().log(level_of(level), spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace rollcall
