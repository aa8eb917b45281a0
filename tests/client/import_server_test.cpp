// An import into the real daemon on a real PostgreSQL, with kills on both sides.
#include <algorithm>
#include <csignal>
#include <doctest/doctest.h>
#include <string>

#include "tests/client/import_world.hpp"
#include "tests/support/database.hpp"
#include "tests/support/servers.hpp"

using namespace rollcall::test;

namespace {

constexpr std::uint64_t kRecords = 400'000;

DaemonProcess::Options on(const TestDatabase& database) {
  DaemonProcess::Options options;
  options.configuration = "[database]\nurl = \"" + database.url() + "\"\n";
  return options;
}

void check_exact(const DaemonProcess& daemon) {
  CHECK(count_in(daemon, "expected") == kRecords);
  CHECK(count_in(daemon, "missing") == kRecords);
  CHECK(count_in(daemon, "duplicate_expected") == 0);
  const auto missing = run_program(
      {"batch", "missing", "orders", "--url", "http://127.0.0.1:" + std::to_string(daemon.port())});
  CHECK(missing.code == 0);
  CHECK(std::count(missing.out.begin(), missing.out.end(), '\n') == kRecords);
}

TEST_CASE(
    "an import that was killed and is run again is exact, after a restart of the daemon too") {
  TestDatabase database;
  DaemonProcess daemon(on(database));
  daemon.start();
  daemon.wait_until_ready();
  const TestFile file("orders.csv", expected_records(kRecords));
  for (const std::uint64_t so_far : {1U, 100'000U, 250'000U}) {
    ProgramRun run(import_into(daemon, file.path()));
    REQUIRE(wait_until(seconds{60},
                       [&] { return count_in(daemon, "expected") >= so_far || !run.running(); }));
    run.signal(SIGKILL);
    static_cast<void>(run.wait());
  }
  daemon.kill();
  daemon.start();
  daemon.wait_until_ready();
  const auto last = run_program(import_into(daemon, file.path()));
  CHECK_MESSAGE(last.code == 0, last.err);
  check_exact(daemon);
  CHECK(daemon.stop().code == 0);
}

TEST_CASE("an import goes on through kills of the daemon and is exact") {
  TestDatabase database;
  DaemonProcess daemon(on(database));
  daemon.start();
  daemon.wait_until_ready();
  const std::string text = expected_records(kRecords);
  NamedPipe pipe;
  ProgramRun run(import_into(daemon, pipe.path()));
  std::size_t poured = 0;
  // Each time the daemon dies with requests under way, and comes back on the same port.
  for (const std::uint64_t so_far : {1U, 100'000U, 200'000U, 300'000U}) {
    const std::size_t next = text.size() / kRecords * (so_far + 60'000);
    pipe.pour(text.substr(poured, next - poured), false);
    poured = next;
    REQUIRE(wait_until(seconds{60}, [&] { return count_in(daemon, "expected") >= so_far; }));
    daemon.kill();
    CHECK(run.running());
    daemon.start();
    daemon.wait_until_ready();
    pipe.wait();
  }
  pipe.pour(text.substr(poured), true);
  const auto outcome = run.wait(seconds{120});
  CHECK_MESSAGE(outcome.code == 0, outcome.err);
  check_exact(daemon);
  CHECK(daemon.stop().code == 0);
}

}  // namespace
