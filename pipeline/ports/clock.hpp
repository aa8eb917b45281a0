#pragma once

#include <cstdint>

namespace rollcall {

// Wall time as a parameter: pipeline/ has no clock of its own.
// Owner: the daemon, outlives everything. Runs on: the loop.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual std::int64_t now_ms() const = 0;  // milliseconds since 1970-01-01T00:00:00Z
};

}  // namespace rollcall
