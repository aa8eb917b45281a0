// Makes the program it is linked into crashable: ROLLCALL_FAIL_POINT="commit.after_fence:3:kill" lets the third passing
// of that step be the last thing the process does. Other ends of it: disconnect, lose_reply.
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unistd.h>

#include "pipeline/fail_point.hpp"

namespace rollcall {
namespace {

struct Plan {
  std::string step;
  int passing = 0;
  std::string fate;
  std::atomic<int> passed{0};
};

Plan& plan() {
  static Plan only;
  return only;
}

FailAction suffer(const char* step) {
  if (plan().step != step || ++plan().passed != plan().passing) return FailAction::none;
  std::fprintf(stderr, "fail point %s, passing %d: %s\n", step, plan().passing,
               plan().fate.c_str());
  if (plan().fate == "disconnect") return FailAction::disconnect;
  if (plan().fate == "lose_reply") return FailAction::lose_reply;
  ::kill(::getpid(), SIGKILL);
  for (;;) ::pause();
}

// Before main(), so before any thread.
const bool installed = [] {
  const char* text = std::getenv("ROLLCALL_FAIL_POINT");
  if (text == nullptr) return false;
  const std::string_view all = text;
  const auto first = all.find(':');
  const auto second = all.find(':', first + 1);
  if (second == std::string_view::npos) throw std::invalid_argument("ROLLCALL_FAIL_POINT");
  plan().step = all.substr(0, first);
  plan().passing = std::stoi(std::string{all.substr(first + 1, second - first - 1)});
  plan().fate = all.substr(second + 1);
  fail_point_hook = suffer;
  return true;
}();

}  // namespace
}  // namespace rollcall
