#pragma once

#include <cstdint>
#include <string>

#include "daemon/metrics.hpp"
#include "daemon/refusal_log.hpp"
#include "pipeline/ports/telemetry.hpp"

namespace rollcall {

// Writes the log line and bumps the counter of each thing that happens, together.
// Owner: Application; outlives the flow. Runs on: the loop.
class DaemonTelemetry final : public Telemetry {
 public:
  explicit DaemonTelemetry(Metrics& metrics) : metrics_(metrics) {}

  void restored(std::size_t batches, Epoch epoch, std::chrono::microseconds took) override;
  void reading_started(std::size_t channels) override;
  void checkpoint_committed(const CommitStats& stats, std::chrono::microseconds took,
                            std::int64_t now_ms) override;
  void store_failed(const Failure& failure, std::chrono::milliseconds retry_in) override;
  void store_recovered() override;
  void reading_paused(std::size_t uncommitted_bytes) override;
  void reading_resumed() override;
  void record_refused(const DeadLetter& letter) override;
  void records_lost(std::string_view channel, std::string_view what) override;
  void invariant_violated(std::string_view what) override;

 private:
  Metrics& metrics_;
  RefusalLog refusals_{std::chrono::seconds{10}};
  std::string last_store_failure_;  // the same one again is said at debug level
};

}  // namespace rollcall
