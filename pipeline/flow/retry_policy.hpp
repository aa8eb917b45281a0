#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <random>

namespace rollcall {

// How long to wait before the next try of something transient: exponential from `first` to `longest`, with full jitter
// below a floor of a quarter (Brooker, "Exponential Backoff And Jitter", 2015), so that many clients of one database do
// not come back at the same moment and none hammers it.
class RetryPolicy {
 public:
  struct Options {
    std::chrono::milliseconds first{50};
    std::chrono::milliseconds longest{5'000};
  };

  RetryPolicy(Options options, std::uint64_t seed) : options_(options), random_(seed) {}

  [[nodiscard]] std::chrono::milliseconds next() {
    const auto ceiling = std::min(
        options_.longest, options_.first * (std::int64_t{1} << std::min(tries_, kShiftMax)));
    ++tries_;
    std::uniform_int_distribution<std::int64_t> between(ceiling.count() / 4, ceiling.count());
    return std::chrono::milliseconds{between(random_)};
  }
  void reset() { tries_ = 0; }
  [[nodiscard]] unsigned tries() const { return tries_; }

 private:
  static constexpr unsigned kShiftMax = 16;
  Options options_;
  std::mt19937_64 random_;
  unsigned tries_ = 0;
};

}  // namespace rollcall
