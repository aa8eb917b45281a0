#pragma once

#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

#include "tests/support/wait.hpp"

namespace rollcall::test {

// How a process ended: by itself with a code, or by a signal.
struct ProcessEnd {
  std::optional<int> code;
  std::optional<int> signal;
};

// A program that a test starts, signals and waits for. Its output goes to files, appended.
// Owner: the test; whatever still runs is killed and collected with it, also when the test itself is killed.
class ChildProcess {
 public:
  struct Options {
    std::vector<std::string> command;  // program and arguments
    std::vector<std::string>
        environment;          // NAME=value, beside or instead of what the test itself has
    std::string output_path;  // empty: where the test's own goes
    std::string error_path;
  };

  explicit ChildProcess(const Options& options);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  void signal(int number) const;
  // Empty where it still runs after that time.
  [[nodiscard]] std::optional<ProcessEnd> wait(milliseconds at_most);
  [[nodiscard]] bool running() { return !wait(milliseconds{0}); }
  [[nodiscard]] pid_t id() const { return id_; }

 private:
  pid_t id_ = 0;
  int descriptor_ = -1;  // readable once the process has ended
  std::optional<ProcessEnd> end_;
};

// Runs a command to its end and returns its exit code; throws where it takes longer.
int run_command(const std::vector<std::string>& command, milliseconds at_most);

}  // namespace rollcall::test
