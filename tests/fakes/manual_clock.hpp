#pragma once

#include <chrono>

#include "pipeline/ports/clock.hpp"

namespace rollcall::fakes {

// Time that stands still until a test moves it.
class ManualClock final : public Clock {
 public:
  std::int64_t now_ms() const override { return epoch_ms_ + monotonic_us_ / 1'000; }
  std::int64_t monotonic_us() const override { return monotonic_us_; }
  void advance(std::chrono::microseconds by) { monotonic_us_ += by.count(); }

 private:
  std::int64_t epoch_ms_ = 1'795'000'000'000;
  std::int64_t monotonic_us_ = 0;
};

// The machine's clock, for tests that wait on real timers.
class RealClock final : public Clock {
 public:
  std::int64_t now_ms() const override {
    return since_epoch<std::chrono::system_clock, std::milli>();
  }
  std::int64_t monotonic_us() const override {
    return since_epoch<std::chrono::steady_clock, std::micro>();
  }

 private:
  template <class C, class Period>
  static std::int64_t since_epoch() {
    using Duration = std::chrono::duration<std::int64_t, Period>;
    return std::chrono::duration_cast<Duration>(C::now().time_since_epoch()).count();
  }
};

}  // namespace rollcall::fakes
