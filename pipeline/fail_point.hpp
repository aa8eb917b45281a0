#pragma once

namespace rollcall {

// What a step is told to suffer. Only tests ever say anything but `none`.
enum class FailAction {
  none,
  disconnect,  // the connection is cut: neither side hears the other
  lose_reply,  // what we send still arrives, what comes back does not: a commit is in doubt
};

// Called with a step's name between any two steps that a crash may separate. It may also never
// return (SIGKILL).
using FailPointHook = FailAction (*)(const char* step);

// Null in the product, which therefore has nothing to configure and pays one predicted branch. A
// test program sets it before any thread starts, and keeps it; what the hook then answers is its
// own, thread-safe business.
inline FailPointHook fail_point_hook = nullptr;

inline FailAction fail_point(const char* step) {
  return fail_point_hook == nullptr ? FailAction::none : fail_point_hook(step);
}

}  // namespace rollcall
