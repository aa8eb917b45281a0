#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/support/child_process.hpp"
#include "tests/support/temporary_directory.hpp"

namespace rollcall::test {

struct ProgramOutcome {
  int code = -1;  // -1: ended by a signal
  std::string out;
  std::string err;
};

// The program with these arguments, and with no variable of this process that changes what it does.
class ProgramRun {
 public:
  explicit ProgramRun(const std::vector<std::string>& arguments,
                      const std::vector<std::string>& environment = {});

  void signal(int number) const { process_->signal(number); }
  [[nodiscard]] bool running() const { return process_->running(); }
  // Throws where it does not end by itself in time.
  [[nodiscard]] ProgramOutcome wait(milliseconds at_most = seconds{60});
  [[nodiscard]] std::string err() const;

 private:
  TemporaryDirectory directory_;
  std::unique_ptr<ChildProcess> process_;
};

[[nodiscard]] ProgramOutcome run_program(const std::vector<std::string>& arguments,
                                         const std::vector<std::string>& environment = {});

// The same with stdout and stderr on one terminal; `out` has what a person would see.
[[nodiscard]] ProgramOutcome run_on_terminal(const std::vector<std::string>& arguments,
                                             const std::vector<std::string>& environment = {});

// A file for a test.
class TestFile {
 public:
  TestFile(const std::string& name, const std::string& text);
  [[nodiscard]] std::string path() const { return path_; }

 private:
  TemporaryDirectory directory_;
  std::string path_;
};

}  // namespace rollcall::test
