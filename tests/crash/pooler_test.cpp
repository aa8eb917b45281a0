// The daemon behind a PgBouncer in transaction mode, where each transaction may have another connection, and each
// connection had other clients before.
#include <doctest/doctest.h>
#include <memory>
#include <pqxx/pqxx>
#include <string>
#include <vector>

#include "tests/crash/stage.hpp"
#include "tests/support/servers.hpp"

using namespace rollcall::test;

namespace {

constexpr seconds kSoon{60};

Stage::Options pooled(const std::string& label) {
  Stage::Options options;
  options.label = label;
  options.pooled = true;
  return options;
}

// What a connection of the pool is set to, as its next client finds it.
Rows settings(const std::string& url) {
  return query(url,
               "select name, setting from pg_settings where name in ('statement_timeout', "
               "'lock_timeout', 'idle_in_transaction_session_timeout', 'client_min_messages', "
               "'search_path', 'synchronous_commit') order by name");
}

TEST_CASE(
    "through a pooler one start after another is exact, and what others left does not matter") {
  Stage stage(pooled("pooled"));
  Feeder feeder(stage.topics, {.seed = 61});
  for (int start = 0; start < 3; ++start) {
    INFO("start ", start);
    stage.daemon.start();
    stage.daemon.wait_until_ready();
    const auto before = stage.sequence();
    REQUIRE(wait_until(kSoon, [&] { return stage.sequence() > before + 5; }));
    // Another database client of another kind, which leaves a session in a state of its own behind.
    pqxx::connection other(stage.database.pooled_url());
    pqxx::nontransaction(other).exec("set search_path = pg_catalog; set statement_timeout = 30000");
    if (start == 1) {
      stage.daemon.kill();
    } else {
      CHECK(stage.daemon.stop().code == 0);
    }
  }
  feeder.stop();
  stage.daemon.start();
  stage.check_exact_after_restarts();
}

TEST_CASE("through a pooler a second owner takes over, the first ends, and both say the same") {
  Stage stage(pooled("pooledowners"));
  Feeder feeder(stage.topics, {.seed = 62});
  stage.daemon.start();
  stage.daemon.wait_until_ready();
  REQUIRE(wait_until(kSoon, [&] { return stage.sequence() > 5; }));
  DaemonProcess newer({ROLLCALL_PROGRAM, stage.configuration(), 0, {}});
  newer.start();
  newer.wait_until_ready();
  const auto end = stage.daemon.wait(kSoon);
  REQUIRE_MESSAGE(end, "the older process goes on");
  CHECK(end->code == 10);
  CHECK_MESSAGE(stage.daemon.log_has("was taken over by"), stage.daemon.log());
  feeder.stop();
  stage.check_exact(newer);
  const auto pooled_answer = newer.get("/api/v1/batches?sort=name");
  CHECK(newer.stop().code == 0);
  // Without the pooler it is the same database.
  const std::string pooled_url = stage.database.pooled_url();
  std::string direct = stage.configuration();
  direct.replace(direct.find(pooled_url), pooled_url.size(), stage.database.url());
  DaemonProcess last({ROLLCALL_PROGRAM, direct, 0, {}});
  last.start();
  stage.check_exact(last);
}

TEST_CASE("rollcall leaves no setting behind for the pool's other clients") {
  Stage stage(pooled("pooledsettings"));
  const Rows untouched = settings(stage.database.pooled_url());
  REQUIRE(untouched.size() == 6);
  Feeder feeder(stage.topics, {.seed = 63});
  stage.daemon.start();
  stage.daemon.wait_until_ready();
  REQUIRE(wait_until(kSoon, [&] { return stage.sequence() > 5; }));
  feeder.stop();
  CHECK(stage.daemon.stop().code == 0);
  // Whichever connections the pool has: these transactions are open at the same time, so each has one of its own.
  std::vector<std::unique_ptr<pqxx::connection>> connections;
  std::vector<std::unique_ptr<pqxx::work>> open;
  for (int client = 0; client < 6; ++client) {
    connections.push_back(std::make_unique<pqxx::connection>(stage.database.pooled_url()));
    open.push_back(std::make_unique<pqxx::work>(*connections.back()));
    for (const auto& row : untouched) {
      const auto now = open.back()->exec("select current_setting('" + row[0] + "')");
      CHECK_MESSAGE(now[0][0].c_str() == query_value(stage.database.url(),
                                                     "select current_setting('" + row[0] + "')"),
                    row[0]);
    }
    const auto prepared = open.back()->exec("select count(*) from pg_prepared_statements");
    CHECK(prepared[0][0].as<int>() == 0);
  }
}

TEST_CASE("a pooler in statement mode, and one that refuses a start-up parameter, are named") {
  const auto refused = [](const std::string& url) {
    DaemonProcess daemon({ROLLCALL_PROGRAM, "[database]\nurl = \"" + url + "\"\n", 0, {}});
    daemon.start();
    const auto end = daemon.wait(kSoon);
    REQUIRE_MESSAGE(end, daemon.log());
    CHECK(end->code == 78);
    return daemon.log();
  };
  const std::string in_statement_mode =
      refused("postgresql://postgres@" + pooler() + "/by_statement");
  CHECK_MESSAGE(in_statement_mode.find("pool_mode = transaction") != std::string::npos,
                in_statement_mode);
  const std::string with_options =
      refused("postgresql://postgres@" + pooler() + "/postgres?options=-c%20geqo%3Doff");
  CHECK_MESSAGE(with_options.find("ignore_startup_parameters") != std::string::npos, with_options);
}

}  // namespace
