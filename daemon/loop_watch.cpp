#include "daemon/loop_watch.hpp"

#include <algorithm>
#include <time.h>

namespace rollcall {
namespace {

constexpr std::chrono::microseconds kCpuReadInterval{250};

std::chrono::nanoseconds thread_cpu_time() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec};
}

}  // namespace

void LoopWatch::run(boost::asio::io_context& loop) {
  while (!loop.stopped()) {
    const auto began = std::chrono::steady_clock::now();
    if (loop.poll_one() > 0) {
      turn_ended(began);
      continue;
    }
    // Nothing is ready: wait for it. The wait is no turn, but the handler that ends it may be long.
    read_cpu();
    if (loop.run_one() == 0) return;
    const std::chrono::nanoseconds before = cpu_read_;
    read_cpu();
    longest_cpu_ = std::max(longest_cpu_, cpu_read_ - before);
  }
}

void LoopWatch::turn_ended(std::chrono::steady_clock::time_point began) {
  const auto now = std::chrono::steady_clock::now();
  longest_wall_ = std::max<std::chrono::nanoseconds>(longest_wall_, now - began);
  on_turn_(now - began);
  if (now - cpu_read_at_ < kCpuReadInterval) return;
  const std::chrono::nanoseconds before = cpu_read_;
  read_cpu();
  if (before.count() > 0) longest_cpu_ = std::max(longest_cpu_, cpu_read_ - before);
}

void LoopWatch::read_cpu() {
  cpu_read_ = thread_cpu_time();
  cpu_read_at_ = std::chrono::steady_clock::now();
}

void LoopWatch::reset() { longest_cpu_ = longest_wall_ = std::chrono::nanoseconds{0}; }

}  // namespace rollcall
