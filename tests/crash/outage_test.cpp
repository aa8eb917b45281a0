// The servers around the daemon die, stay away and come back; nothing is lost and nothing counts twice.
#include <boost/json.hpp>
#include <cstdint>
#include <doctest/doctest.h>
#include <string>

#include "tests/crash/stage.hpp"
#include "tests/support/servers.hpp"

using namespace rollcall::test;

namespace {

constexpr seconds kSoon{60};

// One batch's number of expected ids and the reasons for which its answer is not final.
struct Glance {
  std::uint64_t expected = 0;
  std::string reasons;
};

Glance look_at(const DaemonProcess& daemon, const std::string& batch) {
  const auto answer = daemon.get("/api/v1/batches/" + batch);
  REQUIRE(answer);
  REQUIRE_MESSAGE(answer->status == 200, answer->body);
  const auto status = boost::json::parse(answer->body);
  return {status.at("counts").at("expected").to_number<std::uint64_t>(),
          boost::json::serialize(status.at("verdict").at("reasons"))};
}

bool knows(const DaemonProcess& daemon, const std::string& batch) {
  const auto answer = daemon.get("/api/v1/batches/" + batch);
  return answer && answer->status == 200;
}

TEST_CASE("a database that is killed and comes back at once costs nothing but a pause") {
  Stage stage;
  Feeder feeder(stage.topics, {.seed = 21});
  stage.daemon.start();
  for (int round = 0; round < 2; ++round) {
    stage.daemon.wait_until_ready();
    const auto before = stage.sequence();
    REQUIRE(wait_until(kSoon, [&] { return stage.sequence() > before + 3; }));
    postgres_server("kill");
    postgres_server("start");
    REQUIRE(stage.daemon.running());
  }
  feeder.stop();
  stage.check_exact_after_restarts();
}

TEST_CASE("while the database is away reading goes on and answers say that they are not durable") {
  Stage stage;
  Feeder feeder(stage.topics, {.seed = 22, .records_per_tick = 20});
  stage.daemon.start();
  stage.daemon.wait_until_ready();
  REQUIRE(wait_until(kSoon, [&] { return knows(stage.daemon, "dense"); }));
  postgres_server("kill");
  const auto recovering = [&] {
    return look_at(stage.daemon, "dense").reasons.find("recovering") != std::string::npos;
  };
  CHECK(wait_until(kSoon, recovering));
  const auto before = look_at(stage.daemon, "dense").expected;
  CHECK(wait_until(kSoon, [&] { return look_at(stage.daemon, "dense").expected > before + 50; }));
  CHECK(recovering());
  const auto dead_letters = stage.daemon.get("/api/v1/dead-letters");
  REQUIRE(dead_letters);
  CHECK(dead_letters->status == 503);
  CHECK(dead_letters->headers.contains("retry-after"));
  postgres_server("start");
  CHECK(wait_until(kSoon, [&] { return !recovering(); }));
  feeder.stop();
  stage.check_exact();
  stage.daemon.kill();
  stage.daemon.start();
  stage.check_exact();
}

TEST_CASE("what a daemon has read while the database is away is read again after a crash") {
  Stage stage;
  Feeder feeder(stage.topics, {.seed = 23});
  stage.daemon.start();
  stage.daemon.wait_until_ready();
  REQUIRE(wait_until(kSoon, [&] { return knows(stage.daemon, "dense"); }));
  postgres_server("kill");
  const auto before = look_at(stage.daemon, "dense").expected;
  CHECK(wait_until(kSoon, [&] { return look_at(stage.daemon, "dense").expected > before + 50; }));
  stage.daemon.kill();
  stage.daemon.start();  // with no database to take over from
  CHECK_FALSE(wait_until(seconds{1}, [&] { return stage.daemon.ready(); }));
  postgres_server("start");
  feeder.stop();
  stage.check_exact_after_restarts();
}

TEST_CASE(
    "with too much that is not durable reading pauses, and goes on when the database is back") {
  Stage::Options options;
  options.checkpoint =
      "interval = \"50ms\"\nbytes = \"256KiB\"\nuncommitted_bytes_max = \"1MiB\"\n";
  Stage stage(options);
  stage.daemon.start();
  stage.daemon.wait_until_ready();
  Feeder feeder(stage.topics, {.seed = 24, .records_per_tick = 200});
  REQUIRE(wait_until(kSoon, [&] { return knows(stage.daemon, "dense"); }));
  postgres_server("kill");
  // Paused: the same answer again and again, while the topics grow.
  std::uint64_t seen = 0;
  int same = 0;
  CHECK(wait_until(kSoon, [&] {
    const auto now = look_at(stage.daemon, "dense").expected;
    same = now == seen ? same + 1 : 0;
    seen = now;
    return same > 100;
  }));
  CHECK(stage.daemon.get("/livez")->status == 200);
  postgres_server("start");
  CHECK(wait_until(kSoon, [&] { return look_at(stage.daemon, "dense").expected > seen; }));
  feeder.stop();
  stage.check_exact_after_restarts();
}

TEST_CASE("while Kafka is away answers are blind at once, also after a start, and writes go on") {
  Stage stage;
  Feeder feeder(stage.topics, {.seed = 26});
  stage.daemon.start();
  stage.daemon.wait_until_ready();
  REQUIRE(wait_until(kSoon, [&] { return knows(stage.daemon, "dense"); }));
  feeder.stop();
  stage.check_exact();
  const auto as_of = [&](const std::string& batch) {
    const auto answer = stage.daemon.get("/api/v1/batches/" + batch);
    REQUIRE(answer->status == 200);
    return boost::json::parse(answer->body).at("as_of");
  };
  const auto is_blind = [&] {
    const auto now = as_of("dense");
    return now.at("confidence") == "blind" && now.at("lag_records").is_null();
  };
  const auto before = look_at(stage.daemon, "dense").expected;
  kafka_server("kill");
  CHECK(wait_until(kSoon, is_blind));
  CHECK(stage.daemon.get("/health")->body.find("\"degraded\"") != std::string::npos);
  CHECK(stage.daemon.get("/metrics")->body.find("rollcall_lag_records{") == std::string::npos);
  REQUIRE(stage.daemon.stop().code == 0);
  stage.daemon.start();
  stage.daemon.wait_until_ready();
  CHECK(is_blind());
  CHECK(look_at(stage.daemon, "dense").expected == before);
  HttpQuestion create;
  create.method = "POST";
  create.target = "/api/v1/batches";
  create.headers["Content-Type"] = "application/json";
  create.body = R"({"batch_name":"written"})";
  const auto created = stage.daemon.ask(create);
  REQUIRE(created);
  CHECK_MESSAGE(created->status == 201, created->body);
  CHECK_FALSE(
      query(stage.database.url(), "select 1 from rollcall.batch where name='written'").empty());
  kafka_server("start");
  CHECK(wait_until(kSoon, [&] { return as_of("dense").at("lag_records") == 0; }));
  HttpQuestion remove;
  remove.method = "DELETE";
  remove.target = "/api/v1/batches/written";
  CHECK(stage.daemon.ask(remove)->status < 300);  // the oracle knows what came over Kafka
  stage.check_exact_after_restarts();
}

TEST_CASE("a Kafka that is killed, or restarted, costs nothing but a pause") {
  Stage stage;
  Feeder feeder(stage.topics, {.seed = 25});
  stage.daemon.start();
  stage.daemon.wait_until_ready();
  // A batch may have been named by the processed side alone so far.
  REQUIRE(wait_until(kSoon, [&] {
    return knows(stage.daemon, "dense") && look_at(stage.daemon, "dense").expected > 0;
  }));
  kafka_server("kill");
  CHECK(look_at(stage.daemon, "dense").expected > 0);
  kafka_server("start");
  REQUIRE(stage.daemon.running());
  const auto before = look_at(stage.daemon, "dense").expected;
  CHECK(wait_until(kSoon, [&] { return look_at(stage.daemon, "dense").expected > before; }));
  kafka_server("restart");
  feeder.stop();
  stage.check_exact_after_restarts();
}

}  // namespace
