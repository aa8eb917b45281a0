#pragma once

#include <string>
#include <vector>

#include "pipeline/ports/telemetry.hpp"

namespace rollcall::fakes {

// Remembers what it was told, for tests to ask.
class CountingTelemetry final : public Telemetry {
 public:
  void restored(std::size_t, Epoch, std::chrono::microseconds) override { ++restores; }
  void reading_started(std::size_t) override { ++starts; }
  void checkpoint_committed(const CommitStats&, std::chrono::microseconds, std::int64_t) override {
    ++commits;
  }
  void store_failed(const Failure& failure, std::chrono::milliseconds) override {
    failures.push_back(failure.message);
  }
  void store_recovered() override { ++recoveries; }
  void reading_paused(std::size_t bytes) override {
    ++pauses;
    paused_at_bytes = bytes;
  }
  void reading_resumed() override { ++resumes; }
  void record_refused(const DeadLetter& letter) override { refused.push_back(letter); }
  void records_lost(std::string_view, std::string_view) override { ++losses; }
  void invariant_violated(std::string_view what) override { violations.emplace_back(what); }

  std::size_t restores = 0, starts = 0, commits = 0, recoveries = 0, pauses = 0, resumes = 0,
              losses = 0;
  std::size_t paused_at_bytes = 0;
  std::vector<std::string> failures, violations;
  std::vector<DeadLetter> refused;
};

}  // namespace rollcall::fakes
