// Two processes on one slice: the older one ends, says why and writes nothing more.
#include <csignal>
#include <doctest/doctest.h>
#include <string>

#include "tests/crash/stage.hpp"

using namespace rollcall::test;

namespace {

constexpr seconds kSoon{60};

// What the slice's row says of its owner.
std::string owner_of(const Stage& stage) {
  return query_value(stage.database.url(), "select owner || ' ' || epoch from rollcall.slice");
}

void check_fenced(DaemonProcess& older) {
  const auto end = older.wait(kSoon);
  REQUIRE_MESSAGE(end, "the older process goes on");
  CHECK(end->code == 1);
  CHECK_MESSAGE(older.log_has("fenced"), older.log());
}

TEST_CASE("a second process takes the slice; the first ends and the second is exact") {
  Stage stage;
  Feeder feeder(stage.topics, {.seed = 31});
  stage.daemon.start();
  stage.daemon.wait_until_ready();
  REQUIRE(wait_until(kSoon, [&] { return stage.sequence() > 5; }));
  const std::string first_owner = owner_of(stage);
  DaemonProcess newer({ROLLCALL_PROGRAM, stage.configuration(), 0, {}});
  newer.start();
  newer.wait_until_ready();
  check_fenced(stage.daemon);
  CHECK(owner_of(stage) != first_owner);
  feeder.stop();
  stage.check_exact(newer);
  newer.kill();
  newer.start();
  stage.check_exact(newer);
}

TEST_CASE("a process that comes back from a long pause finds its slice taken and writes nothing") {
  Stage stage;
  Feeder feeder(stage.topics, {.seed = 32});
  stage.daemon.start();
  stage.daemon.wait_until_ready();
  REQUIRE(wait_until(kSoon, [&] { return stage.sequence() > 5; }));
  stage.daemon.signal(SIGSTOP);
  DaemonProcess newer({ROLLCALL_PROGRAM, stage.configuration(), 0, {}});
  newer.start();
  newer.wait_until_ready();
  feeder.stop();
  stage.check_exact(newer);
  const std::string owner = owner_of(stage);
  const auto sequence = stage.sequence();
  stage.daemon.signal(SIGCONT);
  check_fenced(stage.daemon);
  CHECK(owner_of(stage) == owner);
  CHECK(stage.sequence() == sequence);
  newer.kill();
  newer.start();
  stage.check_exact(newer);
}

TEST_CASE("an idle process finds out that its slice is taken, too") {
  Stage stage;
  stage.daemon.start();
  stage.daemon.wait_until_ready();
  DaemonProcess newer({ROLLCALL_PROGRAM, stage.configuration(), 0, {}});
  newer.start();
  newer.wait_until_ready();
  check_fenced(stage.daemon);
  REQUIRE(newer.running());
}

}  // namespace
