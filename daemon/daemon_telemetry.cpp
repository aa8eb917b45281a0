#include "daemon/daemon_telemetry.hpp"

#include <utility>

#include "daemon/logging.hpp"

namespace rollcall {
namespace {

double seconds(std::chrono::microseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace

void DaemonTelemetry::restored(std::size_t batches, Epoch epoch, std::chrono::microseconds took) {
  log(LogLevel::info, "state restored",
      {{"batches", batches}, {"epoch", epoch}, {"seconds", seconds(took)}});
}

void DaemonTelemetry::reading_started(std::size_t channels) {
  log(LogLevel::info, "reading", {{"channels", channels}});
}

void DaemonTelemetry::checkpoint_committed(const CommitStats& stats, std::chrono::microseconds took,
                                           std::int64_t now_ms) {
  metrics_.observe_checkpoint(seconds(took), stats.bytes, now_ms);
  log(LogLevel::debug, "checkpoint committed",
      {{"bytes", stats.bytes}, {"segments", stats.segments}, {"seconds", seconds(took)}});
}

void DaemonTelemetry::store_failed(const Failure& failure, std::chrono::milliseconds retry_in) {
  const bool again = std::exchange(last_store_failure_, failure.message) == failure.message;
  log(again ? LogLevel::debug : LogLevel::warning, "the store does not answer; trying again",
      {{"reason", failure.message}, {"retry_ms", retry_in.count()}});
}

void DaemonTelemetry::store_recovered() {
  last_store_failure_.clear();
  log(LogLevel::warning, "the store answers again");
}

void DaemonTelemetry::reading_paused(std::size_t uncommitted_bytes) {
  log(LogLevel::warning, "reading is paused until the store has taken what was read",
      {{"uncommitted_bytes", uncommitted_bytes}});
}

void DaemonTelemetry::reading_resumed() { log(LogLevel::info, "reading goes on"); }

void DaemonTelemetry::record_refused(const DeadLetter& letter) {
  const auto count = refusals_.next(letter, std::chrono::steady_clock::now());
  if (!count) return;
  log(LogLevel::warning,
      "records could not be read and are dead letters; see GET /api/v1/dead-letters",
      {{"channel", letter.channel},
       {"position", letter.position},
       {"reason", to_string(letter.reason)},
       {"field", letter.field},
       {"batch", letter.batch},
       {"records", *count}});
}

void DaemonTelemetry::records_lost(std::string_view channel, std::string_view what) {
  log(LogLevel::error, "records are lost", {{"channel", channel}, {"what", what}});
}

void DaemonTelemetry::invariant_violated(std::string_view what) {
  metrics_.add_invariant_violation();
  log(LogLevel::error, "an invariant is violated; do not trust this process's answers",
      {{"what", what}});
}

}  // namespace rollcall
