// The store in PostgreSQL: the contract (store_contract.cpp), its schema, and merging.
#include <doctest/doctest.h>
#include <optional>
#include <pqxx/pqxx>
#include <thread>

#include "connectors/postgres/migrations.hpp"
#include "pipeline/ledger/segment.hpp"
#include "tests/postgres/fail_points.hpp"
#include "tests/postgres/postgres_world.hpp"
#include "tests/support/wait.hpp"

namespace rollcall::test {

std::unique_ptr<StoreWorld> make_store_world() { return std::make_unique<PostgresWorld>(); }

namespace {

TEST_CASE("migrating creates the schema once, whoever comes first") {
  const PostgresWorld world;
  std::vector<Result<postgres::MigrationReport>> reports(4);
  {
    std::vector<std::jthread> threads;
    threads.reserve(reports.size());
    for (auto& report : reports)
      threads.emplace_back([&] { report = postgres::migrate(world.options); });
  }
  std::size_t applied = 0;
  for (const auto& report : reports) {
    REQUIRE_MESSAGE(ok(report), report.error().message);
    CHECK(report->schema_version == static_cast<int>(postgres::embedded_migrations().size()));
    applied += report->applied.size();
  }
  CHECK(applied == postgres::embedded_migrations().size());
  CHECK(world.value("select count(*) from rollcall.deployment") == "1");
}

TEST_CASE("batches of a schema without last events have none until their next one") {
  PostgresWorld world;
  SliceModel model(6);
  {
    StoreProcess process(world);
    take_over(process, model, {});
    model.create_batch("old", {"expected", "processed"});
    model.add(1, 0, std::uint64_t{1});
    commit_next(process, model);
  }
  (void)world.rows("alter table rollcall.ledger drop column last_event");
  (void)world.rows("delete from rollcall.schema_migration where number >= 6 returning 1");
  StoreProcess process(world);
  const auto restored = process.acquire();
  REQUIRE_MESSAGE(ok(restored), restored.error().message);
  REQUIRE(restored->batches.size() == 1);
  CHECK(restored->batches[0].summary.revision == 1);
  CHECK(restored->batches[0].summary.last_event_ms == 0);
  Checkpoint next;
  next.epoch = restored->epoch;
  next.sequence = restored->sequence + 1;
  next.next_batch = restored->next_batch;
  LedgerChange& change = next.changes.emplace_back();
  change.batch = 1;
  change.after = restored->batches[0].summary;
  change.after.last_event_ms = 1'795'000'000'123;
  REQUIRE(ok(process.commit(next)));
  const auto again = process.acquire();
  REQUIRE(ok(again));
  CHECK(again->batches[0].summary.last_event_ms == 1'795'000'000'123);
}

TEST_CASE("a schema of another name is used as named") {
  PostgresWorld world;
  world.options.schema = "Odd \"name\"";
  StoreProcess process(world);
  REQUIRE(ok(process.acquire()));
  CHECK(world.value("select count(*) from \"Odd \"\"name\"\"\".slice") == "1");
}

TEST_CASE("a schema newer than the program is refused") {
  PostgresWorld world;
  REQUIRE(ok(postgres::migrate(world.options)));
  (void)world.rows(
      "insert into rollcall.schema_migration values (1000, '1000_later', 'x', now()) returning 1");
  StoreProcess process(world);
  const auto refused = process.acquire();
  REQUIRE_FALSE(ok(refused));
  CHECK(refused.error().kind == FailureKind::fatal);
  CHECK(refused.error().configuration);
  CHECK(refused.error().message.find("newer") != std::string::npos);
}

TEST_CASE("a migration that was applied with another text is refused") {
  PostgresWorld world;
  REQUIRE(ok(postgres::migrate(world.options)));
  (void)world.rows("update rollcall.schema_migration set checksum = 'x' returning 1");
  const auto refused = postgres::migrate(world.options);
  REQUIRE_FALSE(ok(refused));
  CHECK(refused.error().configuration);
  CHECK(refused.error().message.find("0001_checkpoints") != std::string::npos);
}

TEST_CASE("segments of a newer format are refused") {
  PostgresWorld world;
  REQUIRE(ok(postgres::migrate(world.options)));
  (void)world.rows("update rollcall.deployment set segment_format = 1000 returning 1");
  StoreProcess process(world);
  CHECK(process.acquire().error().configuration);
}

TEST_CASE("payloads are stored as they are") {
  PostgresWorld world;
  REQUIRE(ok(postgres::migrate(world.options)));
  CHECK(world.value(
            "select attstorage from pg_attribute where attrelid = 'rollcall.segment'::regclass"
            " and attname = 'payload'") == "e");
}

TEST_CASE("deleting many batches reads a row of each, not every row for each") {
  PostgresWorld world;
  world.options.statement_batches_max = 700;  // several statements
  constexpr int kBatches = 4'000;
  {
    SliceModel model(10);
    StoreProcess process(world);
    take_over(process, model, {});
    std::vector<BatchNumber> batches;
    for (int i = 0; i < kBatches; ++i) {
      batches.push_back(model.create_batch(std::to_string(i), {"expected", "processed"}));
      model.add(batches.back(), kExpected, std::uint64_t{7});
    }
    commit_next(process, model);
    for (const BatchNumber batch : batches) model.delete_batch(batch);
    commit_next(process, model);
  }
  const auto rows_of = [&](const std::string& table) {
    return std::stoll(world.value("select count(*) from rollcall." + table));
  };
  for (const char* table : {"batch", "ledger", "segment", "record_detail"})
    CHECK_MESSAGE(rows_of(table) == 0, table);
  const auto rows_read = [&](const std::string& table) {
    return std::stoll(
        world.value("select seq_tup_read + coalesce(idx_tup_fetch, 0) from pg_stat_user_tables "
                    "where schemaname = 'rollcall' and relname = '" +
                    table + "'"));
  };
  CHECK(wait_until(seconds{30}, [&] { return rows_read("ledger") >= kBatches; }));
  CHECK(rows_read("ledger") < 40LL * kBatches);
  CHECK(rows_read("segment") < 40LL * kBatches);
}

TEST_CASE("a read that waits for a lock holds up no commit") {
  PostgresWorld world;
  SliceModel model(16);
  StoreProcess process(world);
  take_over(process, model, {});
  const BatchNumber batch = model.create_batch("one", {"expected", "processed"});
  commit_next(process, model);
  pqxx::connection someone(world.options.database);
  pqxx::work holds(someone);
  holds.exec("lock table rollcall.record_detail in access exclusive mode");
  std::optional<Result<std::vector<RecordDetail>>> read;
  process.start(process.store().details({.batch = batch, .limit = 1}), read);
  CHECK(wait_until(seconds{30}, [&] {
    return world.value(
               "select count(*) from pg_locks l join pg_database d on d.oid = l.database"
               " where not granted and datname = current_database()") == "1";
  }));
  model.add(batch, kExpected, std::uint64_t{1});
  commit_next(process, model);
  CHECK_FALSE(read.has_value());
  holds.abort();
  process.wait_for(read);
  REQUIRE_MESSAGE(ok(*read), read->error().message);
  CHECK((*read)->empty());
}

TEST_CASE("merging keeps the content while commits go on") {
  PostgresWorld world;
  SliceModel model(11);
  {
    StoreProcess process(world);
    take_over(process, model, {});
    model.create_batch("one", {"expected", "processed"});
    for (int commit = 0; commit < 300; ++commit) {
      for (std::uint64_t id = 0; id < 20; ++id) {
        model.add(1, static_cast<Side>(id % 2), static_cast<std::uint64_t>(commit) * 7 + id);
        model.add(1, static_cast<Side>(id % 2),
                  "text " + std::to_string(commit * 7 + static_cast<int>(id)));
      }
      commit_next(process, model);
    }
    CHECK(wait_until(seconds{30}, [&] { return world.stored_runs() < 24; }));
    const auto stats = postgres_of(process).compaction_stats();
    CHECK(stats.merges > 0);
    CHECK(stats.failures == 0);
    CHECK(stats.stopped_because.empty());
    CHECK(wait_until(seconds{30}, [&] {
      return postgres_of(process).compaction_stats().runs == world.stored_runs();
    }));
  }
  StoreProcess next(world);
  take_over(next, model, SliceOracle(model.oracle()));
}

TEST_CASE("a merge whose slice is taken meanwhile leaves everything as it was") {
  FailPoints points;
  PostgresWorld world;
  SliceModel model(12);
  StoreProcess older(world);
  take_over(older, model, {});
  model.create_batch("one", {"expected", "processed"});
  points.hold("compact.after_chunk");
  for (int commit = 0; commit < 8; ++commit) {
    model.add(1, kExpected, static_cast<std::uint64_t>(commit));
    commit_next(older, model);
  }
  points.wait_until_held();
  PostgresWorld& same = world;
  same.options.compaction = false;
  StoreProcess newer(same);
  SliceModel new_model(13);
  take_over(newer, new_model, SliceOracle(model.oracle()));
  points.release();
  CHECK(wait_until(seconds{30},
                   [&] { return !postgres_of(older).compaction_stats().stopped_because.empty(); }));
  CHECK(postgres_of(older).compaction_stats().merges == 0);
  CHECK(world.stored_runs() == 8);
  new_model.add(1, kProcessed, std::uint64_t{1});
  commit_next(newer, new_model);
  StoreProcess last(world);
  take_over(last, new_model, SliceOracle(new_model.oracle()));
}

TEST_CASE("a merge does not hold up commits") {
  FailPoints points;
  PostgresWorld world;
  SliceModel model(14);
  StoreProcess process(world);
  take_over(process, model, {});
  model.create_batch("one", {"expected", "processed"});
  points.hold("compact.after_fence");
  for (int commit = 0; commit < 8; ++commit) {
    model.add(1, kExpected, static_cast<std::uint64_t>(commit));
    commit_next(process, model);
  }
  points.wait_until_held();  // the merge's transaction is open and holds the fence
  model.add(1, kProcessed, std::uint64_t{1});
  commit_next(process, model);
  points.release();
  CHECK(
      wait_until(seconds{30}, [&] { return postgres_of(process).compaction_stats().merges == 1; }));
  StoreProcess last(world);
  take_over(last, model, SliceOracle(model.oracle()));
}

}  // namespace
}  // namespace rollcall::test
