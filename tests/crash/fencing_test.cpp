// Two processes on one slice: the older one ends, says why and writes nothing more.
#include <chrono>
#include <csignal>
#include <doctest/doctest.h>
#include <string>

#include "tests/crash/stage.hpp"
#include "tests/http/peer.hpp"

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
  CHECK(end->code == 10);
  for (const char* said : {"fenced", "was taken over by", "Run one rollcall for each database"})
    CHECK_MESSAGE(older.log_has(said), older.log());
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

// Asked while it was stopped, answered as soon as it goes on: before it could look at its slice.
TEST_CASE(
    "a process that was stopped vouches for nothing before it knows that the slice is its own") {
  Stage stage;
  Feeder feeder(stage.topics, {.seed = 33});
  stage.daemon.start();
  stage.daemon.wait_until_ready();
  REQUIRE(wait_until(kSoon, [&] { return stage.sequence() > 5; }));
  feeder.stop();
  stage.check_exact();
  stage.daemon.signal(SIGSTOP);
  DaemonProcess newer({ROLLCALL_PROGRAM, stage.configuration(), 0, {}});
  newer.start();
  newer.wait_until_ready();
  // Three heartbeats: what was confirmed before the other one came is worth nothing any more.
  const auto over = std::chrono::steady_clock::now() + seconds{3};
  REQUIRE(wait_until(kSoon, [&] { return std::chrono::steady_clock::now() > over; }));
  rollcall::http::Peer client{static_cast<std::uint16_t>(stage.daemon.port())};
  client.send("GET /api/v1/batches/dense HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  stage.daemon.signal(SIGCONT);
  const auto answer = client.receive();
  // Other doubts there are plenty here; this one says that nothing shown may be taken for durable.
  const bool admitted = answer.body.find("\"recovering\"") != std::string::npos;
  CHECK_MESSAGE((answer.status == 503 || admitted), answer.status, ' ', answer.body);
  check_fenced(stage.daemon);
  stage.check_exact(newer);
}

}  // namespace
