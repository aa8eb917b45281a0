#pragma once

#include <cstdint>
#include <string>

#include "tests/crash/comparison.hpp"
#include "tests/crash/feeder.hpp"
#include "tests/crash/topic_set.hpp"
#include "tests/support/daemon_process.hpp"
#include "tests/support/database.hpp"

namespace rollcall::test {

// Topics, a database and a daemon between them, all of one test's own.
class Stage {
 public:
  struct Options {
    std::string label = "crash";
    std::string program = ROLLCALL_PROGRAM;
    std::string database{};                            // more of the [database] section
    bool pooled = false;                               // through a PgBouncer in transaction mode
    std::string kafka{};                               // more of the [kafka] section
    std::string checkpoint = "interval = \"50ms\"\n";  // the [checkpoint] section
  };

  Stage() : Stage(Options{}) {}
  explicit Stage(const Options& options);

  // The configuration of another daemon on the same slice.
  [[nodiscard]] const std::string& configuration() const { return configuration_; }

  // Waits until everything that was written is read and durable; then every answer, every list and every stored dead
  // letter must be what a plain replay of the topics says. Nothing may be written meanwhile.
  void check_exact(DaemonProcess& daemon);
  void check_exact() { check_exact(daemon); }
  // The same after an orderly stop, and after a crash with nothing to do; in between, the stored sets id by id.
  void check_exact_after_restarts();

  // What the store holds: where reading goes on after a crash.
  [[nodiscard]] EndOffsets stored_positions() const;
  [[nodiscard]] std::uint64_t sequence() const;  // of the last commit; 0 before the first

  TopicSet topics;
  TestDatabase database;

 private:
  std::string configuration_;

 public:
  DaemonProcess daemon;
};

// A number from the environment, for tests that can be run for longer.
[[nodiscard]] std::uint64_t number_from_environment(const char* name, std::uint64_t otherwise);

}  // namespace rollcall::test
