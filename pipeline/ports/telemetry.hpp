#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "pipeline/failure.hpp"
#include "pipeline/ports/store.hpp"

namespace rollcall {

// What happened, said once: an implementation writes the log line and bumps the counter of the same event, so that they
// Owner: the daemon; outlives the flow. Runs on: the loop.
class Telemetry {
 public:
  virtual ~Telemetry() = default;
  virtual void restored(std::size_t batches, Epoch epoch, std::chrono::microseconds took) = 0;
  virtual void reading_started(std::size_t channels) = 0;
  virtual void checkpoint_committed(const CommitStats& stats, std::chrono::microseconds took,
                                    std::int64_t now_ms) = 0;
  virtual void store_failed(const Failure& failure, std::chrono::milliseconds retry_in) = 0;
  virtual void store_recovered() = 0;
  virtual void reading_paused(std::size_t uncommitted_bytes) = 0;
  virtual void reading_resumed() = 0;
  // A record became a dead letter; an implementation says so at a limited rate.
  virtual void record_refused(const DeadLetter& letter) = 0;
  // `what`: which, and why they will never be read.
  virtual void records_lost(std::string_view channel, std::string_view what) = 0;
  virtual void invariant_violated(std::string_view what) = 0;
};

}  // namespace rollcall
