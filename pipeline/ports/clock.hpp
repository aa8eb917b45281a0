#pragma once

#include <cstdint>

namespace rollcall {

// Time as a parameter: pipeline/ has no clock of its own.
// Owner: the daemon, outlives everything. Runs on: the loop.
class Clock {
 public:
  virtual ~Clock() = default;
  // Milliseconds since 1970-01-01T00:00:00Z; may jump when somebody sets the clock.
  [[nodiscard]] virtual std::int64_t now_ms() const = 0;
  // Microseconds since some moment; never goes back. For intervals.
  [[nodiscard]] virtual std::int64_t monotonic_us() const = 0;
};

}  // namespace rollcall
