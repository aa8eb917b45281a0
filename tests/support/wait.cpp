#include "tests/support/wait.hpp"

#include <poll.h>

namespace rollcall::test {
namespace {

constexpr milliseconds kAskAgainAfter{10};

}  // namespace

void pause(milliseconds duration) { ::poll(nullptr, 0, static_cast<int>(duration.count())); }

bool wait_until(milliseconds at_most, const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + at_most;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    pause(kAskAgainAfter);
  }
  return true;
}

}  // namespace rollcall::test
