#pragma once

namespace rollcall {

// What the program says to whoever started it. Scripts rely on the numbers.
enum class ExitCode : int {
  ok = 0,  // or complete
  runtime_error = 1,
  usage = 2,
  incomplete = 5,    // reconciled, with more missing or unexpected than allowed
  pending = 8,       // still waiting for records
  taken_over = 10,   // another process has this one's slice of the database
  unreachable = 69,  // no daemon answers
  configuration = 78,
  interrupted = 130,
};

constexpr int to_int(ExitCode code) { return static_cast<int>(code); }

}  // namespace rollcall
