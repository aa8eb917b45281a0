#pragma once

#include <chrono>
#include <functional>

namespace rollcall::test {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Lets time pass, where the passing of time is what a test is about (a kill at a random moment) or a condition in
// another process is asked for again. Never a substitute for a condition.
void pause(milliseconds duration);

// Asks again and again until the condition holds; false where it does not within the time.
[[nodiscard]] bool wait_until(milliseconds at_most, const std::function<bool()>& condition);

}  // namespace rollcall::test
