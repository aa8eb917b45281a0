// What the daemon does not start with: it ends at once, says what is wrong and what to do, and nothing is lost.
#include <doctest/doctest.h>
#include <string>
#include <vector>

#include "tests/crash/stage.hpp"
#include "tests/support/servers.hpp"

using namespace rollcall::test;

namespace {

constexpr seconds kSoon{60};
constexpr int kBadConfiguration = 78;
constexpr int kRuntimeError = 1;

void check_refusal(DaemonProcess& daemon, int code, const std::vector<std::string>& words) {
  const auto end = daemon.wait(kSoon);
  REQUIRE_MESSAGE(end, daemon.log());
  CHECK(end->code == code);
  const std::string log = daemon.log();
  for (const auto& word : words) {
    CHECK_MESSAGE(log.find(word) != std::string::npos, word, " is not in ", log);
  }
  CHECK_MESSAGE(log.find("\"advice\":\"\"") == std::string::npos, log);
}

// A stage whose database holds something to lose, and whose daemon is down.
struct UsedStage : Stage {
  UsedStage() {
    Feeder feeder(topics, {.seed = 51});
    daemon.start();
    REQUIRE(wait_until(kSoon, [&] { return feeder.written() > 1'000; }));
    feeder.stop();
    check_exact();
    REQUIRE(daemon.stop().code == 0);
  }

  void check_nothing_lost() {
    daemon.start();
    check_exact();
  }
};

std::string database_section(const std::string& url) {
  return "[database]\nurl = \"" + url + "\"\n";
}

TEST_CASE("a port in use: says which, and leaves the daemon on it and its slice alone") {
  UsedStage stage;
  stage.daemon.start();
  stage.daemon.wait_until_ready();
  DaemonProcess second({ROLLCALL_PROGRAM, stage.configuration(), stage.daemon.port(), {}});
  second.start();
  check_refusal(second, kBadConfiguration, {std::to_string(stage.daemon.port()), "advice"});
  REQUIRE(stage.daemon.running());
  stage.check_exact();
}

TEST_CASE("a topic that does not exist: named with advice, and the daemon works without it") {
  UsedStage stage;
  const std::string& known = stage.topics.processed.name();
  std::string configuration = stage.configuration();
  configuration.replace(configuration.find(known), known.size(), "no-such-topic");
  DaemonProcess daemon({ROLLCALL_PROGRAM, configuration, 0, {}});
  daemon.start();
  daemon.wait_until_ready();
  REQUIRE_MESSAGE(wait_until(seconds{60},
                             [&] {
                               const auto answer = daemon.get("/readyz");
                               return answer && answer->body.find("no topic 'no-such-topic'") !=
                                                    std::string::npos;
                             }),
                  daemon.log());
  CHECK(daemon.log_has("Create it"));
  CHECK(daemon.running());
  CHECK(daemon.stop().code == 0);
  stage.check_nothing_lost();
}

TEST_CASE("a wrong password: says so and never shows it") {
  TestDatabase database;
  create_role_with_password("rollcall_guest", "right");
  DaemonProcess wrong(
      {ROLLCALL_PROGRAM, database_section(database.url_as("rollcall_guest", "s3cret")), 0, {}});
  wrong.start();
  check_refusal(wrong, kBadConfiguration, {"password", "rollcall_guest", "advice"});
  CHECK_FALSE(wrong.log_has("s3cret"));

  const auto right = database_section(database.url_as("rollcall_guest", "right"));
  DaemonProcess without_rights({ROLLCALL_PROGRAM, right, 0, {}});
  without_rights.start();
  check_refusal(without_rights, kBadConfiguration, {"permission", "advice"});

  query(database.url(), "grant create on database " + database.name() + " to rollcall_guest");
  DaemonProcess welcome({ROLLCALL_PROGRAM, right, 0, {}});
  welcome.start();
  welcome.wait_until_ready();
  CHECK(welcome.stop().code == 0);
}

TEST_CASE("a database that does not exist: names it") {
  const std::string& server = servers().database;
  const std::string url = server.substr(0, server.rfind('/') + 1) + "no_such_database";
  DaemonProcess daemon({ROLLCALL_PROGRAM, database_section(url), 0, {}});
  daemon.start();
  check_refusal(daemon, kBadConfiguration, {"no_such_database", "advice"});
}

TEST_CASE("a schema newer than the program: names both versions and touches nothing") {
  UsedStage stage;
  query(
      stage.database.url(),
      "insert into rollcall.schema_migration (number, name, checksum, applied_at)"
      " select max(number) + 1, '9999_from_the_future', '0', now() from rollcall.schema_migration");
  const std::string epoch = query_value(stage.database.url(), "select epoch from rollcall.slice");
  stage.daemon.start();
  check_refusal(stage.daemon, kBadConfiguration, {"newer", "schema", "advice"});
  CHECK(query_value(stage.database.url(), "select epoch from rollcall.slice") == epoch);
  query(stage.database.url(),
        "delete from rollcall.schema_migration where name = '9999_from_the_future'");
  stage.check_nothing_lost();
}

TEST_CASE("a flipped bit in a stored segment: refused with its key, never guessed around") {
  UsedStage stage;
  const std::string url = stage.database.url();
  const std::string where =
      " where (batch, sequence, chunk) = (select batch, sequence, chunk from"
      " rollcall.segment order by length(payload) desc limit 1)";
  const std::string flip =
      "update rollcall.segment set payload = set_byte(payload, length(payload) / 2,"
      " get_byte(payload, length(payload) / 2) # 4)" +
      where;
  const auto key = query(url, "select batch, sequence from rollcall.segment" + where).at(0);
  query(url, flip);
  stage.daemon.start();
  check_refusal(stage.daemon, kRuntimeError, {key[0], key[1], "segment", "advice"});
  query(url, flip);
  stage.check_nothing_lost();
}

}  // namespace
