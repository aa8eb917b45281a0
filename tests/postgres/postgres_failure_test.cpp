// Connections that break at every step, servers that die, and credentials that are refused.
#include "connectors/postgres/postgres_failure.hpp"

#include <chrono>
#include <doctest/doctest.h>
#include <signal.h>

#include "connectors/postgres/migrations.hpp"
#include "tests/postgres/fail_points.hpp"
#include "tests/postgres/postgres_world.hpp"
#include "tests/support/servers.hpp"
#include "tests/support/wait.hpp"

namespace rollcall::test {
namespace {

TEST_CASE("each SQLSTATE has its reaction") {
  const auto kind = [](const char* state) {
    return postgres::postgres_failure(state, "message").kind;
  };
  for (const char* state : {"", "08006", "40001", "40P01", "53100", "53300", "57P01", "57P03",
                            "57014", "55P03", "25006"}) {
    CHECK(kind(state) == FailureKind::transient);
  }
  for (const char* state : {"28P01", "28000", "3D000", "42501", "42P01"}) {
    CHECK(kind(state) == FailureKind::fatal);
    CHECK(postgres::postgres_failure(state, "message").configuration);
    CHECK_FALSE(postgres::postgres_failure(state, "message").advice.empty());
  }
  CHECK(kind("23505") == FailureKind::fatal);
  CHECK_FALSE(postgres::postgres_failure("XX001", "message").configuration);
}

// Cuts the connection at step 0, 1, 2 ... of a commit until one succeeds untouched.
void fail_each_step(FailAction action) {
  FailPoints points;
  PostgresWorld world;
  SliceModel model(31);
  StoreProcess process(world);
  take_over(process, model, {});
  bool untouched = false;
  std::size_t steps = 0;
  for (; !untouched; ++steps) {
    INFO("step ", steps);
    REQUIRE(steps < 50);
    model.feed(60);
    Checkpoint checkpoint = model.cut();
    points.arm("commit.", steps, action);
    const auto first = process.commit(checkpoint);
    points.disarm();
    untouched = !points.struck();
    const auto stored = std::stoull(world.value("select sequence from rollcall.slice"));
    if (first) {
      CHECK(stored == checkpoint.sequence);
    } else {
      CHECK(first.error().kind == FailureKind::transient);
      CHECK(stored + 1 == checkpoint.sequence);
      CHECK(world.value("select count(*) from rollcall.segment where level = 0 and sequence = " +
                        std::to_string(checkpoint.sequence)) == "0");
      const auto second = process.commit(checkpoint);
      REQUIRE_MESSAGE(ok(second), second.error().message);
    }
    (void)process.confirm(
        model.epoch());  // finds out about a connection that was lost after the commit
    take_over(process, model, SliceOracle(model.oracle()));
  }
  CHECK(steps >= 8);
}

TEST_CASE(
    "a connection cut at any step of a commit: transient means not there, and the same again "
    "counts once") {
  fail_each_step(FailAction::disconnect);
}

TEST_CASE("an answer lost at any step of a commit is looked for") {
  fail_each_step(FailAction::lose_reply);
}

TEST_CASE("a commit in doubt that the server has done is a success") {
  FailPoints points;
  PostgresWorld world;
  SliceModel model(32);
  StoreProcess process(world);
  take_over(process, model, {});
  model.feed(60);
  Checkpoint checkpoint = model.cut();
  points.arm("commit.after_dead_letters", 0, FailAction::lose_reply);
  const auto committed = process.commit(checkpoint);
  CHECK(points.struck());
  REQUIRE_MESSAGE(ok(committed), committed.error().message);
  CHECK(committed->segments > 0);
  take_over(process, model, SliceOracle(model.oracle()));
}

TEST_CASE("a connection cut at any step of taking over or migrating loses nothing") {
  for (const std::string phase : {"acquire.", "migrate."}) {
    FailPoints points;
    bool struck = true;
    for (std::size_t step = 0; struck; ++step) {
      INFO(phase, " step ", step);
      PostgresWorld world;
      SliceModel model(33);
      StoreProcess process(world);
      points.arm(phase, step, FailAction::disconnect);
      const auto first = process.acquire();
      points.disarm();
      struck = points.struck();
      take_over(process, model, {});
      model.feed(50);
      commit_next(process, model);
      take_over(process, model, SliceOracle(model.oracle()));
    }
  }
}

TEST_CASE("a connection cut at any step of a merge loses nothing, and the merge is done later") {
  FailPoints points;
  bool struck = true;
  for (std::size_t step = 0; struck; ++step) {
    INFO("step ", step);
    PostgresWorld world;
    SliceModel model(34);
    StoreProcess process(world);
    take_over(process, model, {});
    model.create_batch("one", {"expected", "processed"});
    points.arm("compact.", step, step % 2 == 0 ? FailAction::disconnect : FailAction::lose_reply);
    for (int commit = 0; commit < 8; ++commit) {
      model.add(1, kExpected, static_cast<std::uint64_t>(commit));
      commit_next(process, model);
    }
    CHECK(wait_until(seconds{30}, [&] { return world.stored_runs() == 1; }));
    CHECK(
        wait_until(seconds{30}, [&] { return postgres_of(process).compaction_stats().runs == 1; }));
    struck = points.struck();
    take_over(process, model, SliceOracle(model.oracle()));
  }
}

TEST_CASE("a session that the server ends is transient, and the next attempt has a new one") {
  PostgresWorld world;
  SliceModel model(35);
  StoreProcess process(world);
  take_over(process, model, {});
  for (int round = 0; round < 3; ++round) {
    (void)world.rows(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'rollcall'"
        " and datname = current_database()");
    model.feed(50);
    Checkpoint checkpoint = model.cut();
    CHECK(process.commit(checkpoint).error().kind == FailureKind::transient);
    const auto again = process.commit(checkpoint);
    REQUIRE_MESSAGE(ok(again), again.error().message);
  }
  take_over(process, model, SliceOracle(model.oracle()));
}

TEST_CASE("a server that hangs is cut off after its time, and the same commit succeeds elsewhere") {
  PostgresWorld world;
  world.options.compaction = false;
  world.options.statement_timeout = std::chrono::milliseconds{500};
  world.options.stall_margin = std::chrono::milliseconds{500};
  SliceModel model(37);
  StoreProcess process(world);
  take_over(process, model, {});
  const auto backend = static_cast<pid_t>(
      std::stol(world.value("select pid from pg_stat_activity where application_name = 'rollcall'"
                            " and datname = current_database()")));
  REQUIRE(::kill(backend, SIGSTOP) == 0);
  model.feed(50);
  Checkpoint checkpoint = model.cut();
  const auto begin = std::chrono::steady_clock::now();
  CHECK(process.commit(checkpoint).error().kind == FailureKind::transient);
  CHECK(std::chrono::steady_clock::now() - begin < seconds{20});
  const auto again = process.commit(checkpoint);
  ::kill(backend, SIGCONT);
  REQUIRE_MESSAGE(ok(again), again.error().message);
  take_over(process, model, SliceOracle(model.oracle()));
}

TEST_CASE(
    "a server that is killed and comes back has every commit that was reported, and none twice") {
  PostgresWorld world;
  SliceModel model(36);
  StoreProcess process(world);
  take_over(process, model, {});
  model.feed(300);
  commit_next(process, model);
  postgres_server("kill");
  model.feed(300);
  Checkpoint checkpoint = model.cut();
  for (int attempt = 0; attempt < 3; ++attempt) {
    const auto failed = process.commit(checkpoint);
    REQUIRE_FALSE(ok(failed));
    CHECK_MESSAGE(failed.error().kind == FailureKind::transient, failed.error().message);
    CHECK(process.confirm(model.epoch()).error().kind == FailureKind::transient);
  }
  postgres_server("start");
  const auto committed = process.commit(checkpoint);
  REQUIRE_MESSAGE(ok(committed), committed.error().message);
  take_over(process, model, SliceOracle(model.oracle()));
}

// A role whose password, "right", the server asks for; all others are let in as before.
void create_role_that_must_log_in(const PostgresWorld& world, const std::string& role) {
  (void)world.rows("create role " + role + " login password 'right'");
  const std::string file = world.value("show hba_file");
  // Read before it is written: COPY empties the file before it runs its query.
  const std::string others = world.value(
      "select string_agg(line, E'\n' order by n) from regexp_split_to_table("
      "pg_read_file('" +
      file +
      "'), E'\n') with ordinality as all_lines(line, n)"
      " where line ~ '^(host|local)'");
  (void)world.rows("copy (select line from regexp_split_to_table($rules$host all " + role +
                   " 127.0.0.1/32 scram-sha-256\n" + others + "$rules$, E'\n') as line) to '" +
                   file + "'");
  (void)world.rows("select pg_reload_conf()");
  const std::string wrong = world.database().url_as(role, "wrong");
  const auto asks = [&] {
    try {
      (void)query(wrong, "select 1");
      return false;
    } catch (const std::exception&) {
      return true;
    }
  };
  REQUIRE(wait_until(seconds{10}, asks));
}

Failure refusal_of(PostgresWorld& world, const std::string& url) {
  world.options.database = url;
  StoreProcess process(world);
  const auto state = process.acquire();
  REQUIRE_FALSE(ok(state));
  return state.error();
}

TEST_CASE("what the configuration causes says what to correct, and never the password") {
  PostgresWorld world;
  const std::string role = "role_of_" + world.value("select current_database()");
  create_role_that_must_log_in(world, role);
  const auto is_configuration = [](const Failure& failure) {
    INFO(failure.message);
    CHECK(failure.kind == FailureKind::fatal);
    CHECK(failure.configuration);
    CHECK_FALSE(failure.advice.empty());
    CHECK(failure.message.find("s3cret") == std::string::npos);
  };
  is_configuration(refusal_of(world, world.database().url_as(role, "s3cret")));
  is_configuration(
      refusal_of(world, world.database().url_as(role, "right")));  // may not create the schema
  const std::string url = world.database().url();
  is_configuration(refusal_of(world, url.substr(0, url.rfind('/')) + "/missing?password=s3cret"));
  is_configuration(refusal_of(world, "postgresql://user:s3cret@host:port:/x"));
  is_configuration(refusal_of(world, "nosuchkeyword=s3cret"));
}

TEST_CASE("a server that nobody runs is waited for") {
  PostgresWorld world;
  const Failure failure =
      refusal_of(world, "postgresql://user:s3cret@127.0.0.1:" + std::to_string(free_port()) + "/x");
  CHECK(failure.kind == FailureKind::transient);
  CHECK(failure.message.find("s3cret") == std::string::npos);
}

}  // namespace
}  // namespace rollcall::test
