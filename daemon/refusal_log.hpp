#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "pipeline/ports/dead_letter.hpp"

namespace rollcall {

// Which refused records are worth a line in the log: the first of each channel and reason, then one in an interval with
// how many there were meanwhile. A producer that has gone wrong sends millions.
// Owner:  DaemonTelemetry. Runs on: the loop.
// Limits: as many entries as there are channels times reasons.
class RefusalLog {
 public:
  using Time = std::chrono::steady_clock::time_point;
  explicit RefusalLog(std::chrono::milliseconds interval) : interval_(interval) {}

  // How many records the line speaks for; nothing where it is not yet time for one.
  [[nodiscard]] std::optional<std::uint64_t> next(const DeadLetter& letter, Time now) {
    Entry& entry = entries_[{letter.channel, letter.reason}];
    ++entry.unsaid;
    if (entry.said && now - *entry.said < interval_) return std::nullopt;
    entry.said = now;
    return std::exchange(entry.unsaid, 0);
  }

 private:
  struct Entry {
    std::optional<Time> said;
    std::uint64_t unsaid = 0;
  };
  std::chrono::milliseconds interval_;
  std::map<std::pair<std::string, BadRecordReason>, Entry> entries_;
};

}  // namespace rollcall
