#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace rollcall::http {

// How often something may happen: `per_second`, and `burst` times at once after a pause. Fills up
// by being asked: one moment is all that is kept, and no timer runs.
class TokenBucket {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Duration = std::chrono::nanoseconds;

  struct Rate {
    std::uint64_t per_second = 1;
    std::uint64_t burst = 1;
  };

  // Takes a token and returns zero; where there is none, how long it takes until there is one.
  [[nodiscard]] Duration take(const Rate& rate, Time now) {
    const Duration token{1'000'000'000 / static_cast<std::int64_t>(rate.per_second)};
    const Time full_after = std::max(full_at_, now) + token;
    const Duration too_much = full_after - now - token * static_cast<std::int64_t>(rate.burst);
    if (too_much > Duration::zero()) return too_much;
    full_at_ = full_after;
    return Duration::zero();
  }

 private:
  Time full_at_{};
};

}  // namespace rollcall::http
