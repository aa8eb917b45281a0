// `rollcall serve` as a person runs it: how it starts and how it stops.
#include <csignal>
#include <doctest/doctest.h>
#include <string>

#include "tests/crash/stage.hpp"
#include "tests/support/servers.hpp"

using namespace rollcall::test;

namespace {

constexpr seconds kSoon{60};

TEST_CASE("SIGTERM makes a last checkpoint: exit 0, and nothing is read again") {
  Stage::Options options;
  options.label = "stop";
  options.checkpoint = "interval = \"10m\"\n";
  Stage stage(options);
  stage.daemon.start();
  stage.daemon.wait_until_ready();
  Feeder feeder(stage.topics, {.seed = 41});
  REQUIRE(wait_until(kSoon, [&] { return feeder.written() > 5'000; }));
  feeder.stop();
  const Truth truth = replay(stage.topics);
  REQUIRE(wait_until_read(stage.daemon, truth.ends));
  CHECK(stage.stored_positions() != truth.ends);  // or the last checkpoint would have nothing to do
  CHECK(stage.daemon.stop().code == 0);
  CHECK(stage.stored_positions() == truth.ends);
  stage.daemon.start();
  stage.check_exact();
  CHECK(stage.daemon.stop().code == 0);
}

TEST_CASE("SIGTERM while events flow ends soon and loses nothing") {
  Stage stage;
  Feeder feeder(stage.topics, {.seed = 42});
  for (int round = 0; round < 3; ++round) {
    stage.daemon.start();
    // The first round stops it wherever it is, once it has a hand on its signals.
    if (round > 0) stage.daemon.wait_until_ready();
    REQUIRE(wait_until(kSoon, [&] { return stage.daemon.log_has("answering"); }));
    const auto end = stage.daemon.stop(kSoon);
    INFO("round ", round, " signal ", end.signal.value_or(0), " log ", stage.daemon.log());
    CHECK(end.code == 0);
  }
  feeder.stop();
  stage.daemon.start();
  stage.check_exact();
}

TEST_CASE("SIGINT is the same, but that the exit code says interrupted") {
  Stage stage;
  Feeder feeder(stage.topics, {.seed = 43});
  stage.daemon.start();
  stage.daemon.wait_until_ready();
  REQUIRE(wait_until(kSoon, [&] { return stage.sequence() > 2; }));
  stage.daemon.signal(SIGINT);
  const auto end = stage.daemon.wait(kSoon);
  REQUIRE(end);
  CHECK(end->code == 130);
  feeder.stop();
  stage.daemon.start();
  stage.check_exact();
}

TEST_CASE("SIGTERM without a database ends within the deadline and says what is not saved") {
  Stage::Options options;
  options.checkpoint = "interval = \"50ms\"\n\n[shutdown]\ndeadline = \"2s\"\n";
  Stage stage(options);
  Feeder feeder(stage.topics, {.seed = 44});
  stage.daemon.start();
  stage.daemon.wait_until_ready();
  REQUIRE(wait_until(kSoon, [&] { return stage.sequence() > 2; }));
  postgres_server("kill");
  feeder.stop();
  const auto end = stage.daemon.stop(seconds{10});
  postgres_server("start");
  CHECK(end.code == 1);
  CHECK_MESSAGE(stage.daemon.log_has("read again"), stage.daemon.log());
  stage.daemon.start();
  stage.check_exact();
}

TEST_CASE(
    "without a database at the start it keeps trying, says so, and takes over when it comes") {
  Stage stage;
  postgres_server("kill");
  stage.daemon.start();
  REQUIRE(wait_until(kSoon, [&] { return stage.daemon.get("/readyz").has_value(); }));
  CHECK(wait_until(kSoon, [&] {
    const auto answer = stage.daemon.get("/readyz");
    return answer && answer->status == 503 &&
           answer->body.find("the store does not answer") != std::string::npos;
  }));
  CHECK(stage.daemon.get("/livez")->status == 200);
  CHECK(stage.daemon.get("/api/v1/batches")->status == 503);
  CHECK(stage.daemon.stop(kSoon).code == 0);
  stage.daemon.start();
  postgres_server("start");
  stage.daemon.wait_until_ready();
  CHECK(stage.daemon.stop(kSoon).code == 0);
}

TEST_CASE("without a broker at the start it answers what is stored, keeps trying and says so") {
  TestDatabase database;
  const std::string broker = "127.0.0.1:" + std::to_string(free_port());
  DaemonProcess daemon(
      {ROLLCALL_PROGRAM,
       "[database]\nurl = \"" + database.url() + "\"\n[kafka]\nbrokers = \"" + broker + "\"\n",
       0,
       {}});
  daemon.start();
  CHECK(wait_until(kSoon, [&] {
    const auto answer = daemon.get("/readyz");
    return answer && answer->status == 200 && answer->body.find("degraded") != std::string::npos;
  }));
  CHECK(daemon.get("/api/v1/batches")->status == 200);
  CHECK(wait_until(kSoon, [&] { return daemon.log_has(broker); }));
  CHECK(daemon.running());
  CHECK(daemon.stop(kSoon).code == 0);
}

TEST_CASE("in memory it says that everything is lost at exit") {
  TopicSet topics("memory");
  DaemonProcess daemon({ROLLCALL_PROGRAM, topics.configuration(servers().kafka), 0, {}});
  Feeder feeder(topics, {.seed = 45});
  daemon.start();
  daemon.wait_until_ready();
  CHECK(daemon.log_has("lost at exit"));
  REQUIRE(wait_until(kSoon, [&] { return feeder.written() > 2'000; }));
  feeder.stop();
  const Truth truth = replay(topics);
  REQUIRE(wait_until_read(daemon, truth.ends));
  CHECK(wait_until(kSoon, [&] { return differences(daemon, truth).empty(); }));
  for (const auto& difference : differences(daemon, truth)) FAIL_CHECK(difference);
  CHECK(daemon.stop().code == 0);
}

}  // namespace
