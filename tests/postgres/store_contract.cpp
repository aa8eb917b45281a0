// What every store promises (pipeline/ports/store.hpp). Linked into a program for each kind of
// store.
#include <doctest/doctest.h>

#include "tests/postgres/slice_model.hpp"
#include "tests/postgres/store_world.hpp"

namespace rollcall::test {
namespace {

const std::vector<std::string> kTwoSides{"expected", "processed"};

TEST_CASE("an empty store gives the first epoch, nothing else, and the same seed for ever") {
  const auto world = make_store_world();
  StoreProcess first(*world);
  const auto state = first.acquire();
  REQUIRE_MESSAGE(ok(state), state.error().message);
  CHECK(state->epoch > 0);
  CHECK(state->sequence == 0);
  CHECK(state->batches.empty());
  CHECK(state->positions.empty());
  CHECK(state->dead_letters == 0);
  StoreProcess second(*world);
  const auto again = second.acquire();
  REQUIRE(ok(again));
  CHECK(again->epoch == state->epoch + 1);
  CHECK(again->seed == state->seed);
  const auto other = second.acquire(7);
  REQUIRE(ok(other));
  CHECK(other->epoch == state->epoch);
  CHECK(other->seed == state->seed);
}

TEST_CASE("what was committed comes back: sets, counters, positions, batches") {
  const auto world = make_store_world();
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    INFO("seed ", seed);
    const auto own = make_store_world();
    SliceModel model(seed);
    SliceOracle durable;
    for (int process_number = 0; process_number < 4; ++process_number) {
      StoreProcess process(*own);
      take_over(process, model, durable);
      for (int commit = 0; commit < 6; ++commit) {
        model.feed(400);
        commit_next(process, model);
        durable = model.oracle();
      }
      model.feed(100);  // is lost with the process
    }
    StoreProcess last(*own);
    take_over(last, model, durable);
  }
}

TEST_CASE("a commit's numbers say what was written") {
  const auto world = make_store_world();
  StoreProcess process(*world);
  SliceModel model(1);
  take_over(process, model, {});
  model.create_batch("a", kTwoSides);
  model.add(1, kExpected, std::uint64_t{17});
  Checkpoint checkpoint = model.cut();
  const auto committed = process.commit(checkpoint);
  REQUIRE(ok(committed));
  CHECK(committed->segments == 1);
  CHECK(committed->bytes > 0);
}

TEST_CASE("a checkpoint may hold nothing but positions, or a batch without events") {
  const auto world = make_store_world();
  SliceModel model(1);
  {
    StoreProcess process(*world);
    take_over(process, model, {});
    commit_next(process, model);
    model.create_batch("empty", kTwoSides);
    commit_next(process, model);
  }
  StoreProcess next(*world);
  auto state = next.acquire();
  REQUIRE(ok(state));
  CHECK(state->sequence == 2);
  check_restored(*state, model.oracle());
}

TEST_CASE("the same commit again, as after a lost answer, counts once") {
  const auto world = make_store_world();
  SliceModel model(5);
  {
    StoreProcess process(*world);
    take_over(process, model, {});
    for (int i = 0; i < 3; ++i) {
      model.feed(200);
      Checkpoint checkpoint = model.cut();
      REQUIRE(ok(process.commit(checkpoint)));
      const auto again = process.commit(checkpoint);
      REQUIRE_MESSAGE(ok(again), again.error().message);
      CHECK(again->segments == checkpoint.changes.size());
    }
  }
  StoreProcess next(*world);
  take_over(next, model, SliceOracle(model.oracle()));
}

TEST_CASE("a newer owner fences the older, whose writes leave nothing behind") {
  const auto world = make_store_world();
  StoreProcess older(*world);
  SliceModel old_model(1);
  take_over(older, old_model, {});
  old_model.feed(100);
  commit_next(older, old_model);
  const SliceOracle durable = old_model.oracle();
  CHECK(ok(older.confirm(old_model.epoch())));

  StoreProcess newer(*world);
  SliceModel model(2);
  take_over(newer, model, durable);
  CHECK(older.confirm(old_model.epoch()).error().kind == FailureKind::fenced);
  CHECK(ok(newer.confirm(model.epoch())));

  old_model.feed(100);
  Checkpoint late = old_model.cut();
  for (int attempt = 0; attempt < 2; ++attempt) {
    const auto refused = older.commit(late);
    REQUIRE_FALSE(ok(refused));
    CHECK(refused.error().kind == FailureKind::fenced);
  }
  model.feed(100);
  commit_next(newer, model);
  CHECK(older.commit(late).error().kind == FailureKind::fenced);  // also at its own sequence
  StoreProcess last(*world);
  take_over(last, model, SliceOracle(model.oracle()));
}

TEST_CASE("slices are owned one by one") {
  const auto world = make_store_world();
  StoreProcess a(*world);
  StoreProcess b(*world);
  SliceModel model(1);
  take_over(a, model, {});
  REQUIRE(ok(b.acquire(1)));
  model.feed(50);
  commit_next(a, model);
  CHECK(ok(a.confirm(model.epoch())));
}

TEST_CASE("a large delta is cut into chunks and comes back whole") {
  const auto world = make_store_world();
  SliceModel model(3);
  {
    StoreProcess process(*world);
    take_over(process, model, {});
    model.create_batch("large", kTwoSides);
    std::mt19937_64 random(3);
    for (int i = 0; i < 150'000; ++i) {
      model.add(
          1, kExpected,
          "a text of some length, so that there are several chunks " + std::to_string(random()));
    }
    Checkpoint checkpoint = model.cut();
    const auto committed = process.commit(checkpoint);
    REQUIRE(ok(committed));
    CHECK(committed->segments > 1);
  }
  StoreProcess next(*world);
  take_over(next, model, SliceOracle(model.oracle()));
}

TEST_CASE("runs are merged when they are many, while commits go on, and nothing changes by it") {
  const auto world = make_store_world();
  SliceModel model(4);
  {
    StoreProcess process(*world);
    take_over(process, model, {});
    for (int commit = 0; commit < 150; ++commit) {
      model.feed(30);
      commit_next(process, model);
      if (commit % 50 == 49) {
        StoreProcess reader(*world);  // takes over while merges are under way
        take_over(reader, model, SliceOracle(model.oracle()));
        auto back = process.acquire();
        REQUIRE(ok(back));
        model.adopt(std::move(*back), SliceOracle(model.oracle()));
      }
    }
    const std::size_t ledgers = model.oracle().batches.size();
    for (int patience = 0; patience < 1'000 && world->stored_runs() > ledgers * 16; ++patience) {
      model.feed(1);
      commit_next(process, model);
    }
    CHECK(world->stored_runs() <= ledgers * 16);
  }
  StoreProcess next(*world);
  take_over(next, model, SliceOracle(model.oracle()));
}

TEST_CASE("a deleted batch leaves nothing behind, and its name may come again") {
  const auto world = make_store_world();
  SliceModel model(11);
  {
    StoreProcess process(*world);
    take_over(process, model, {});
    for (int round = 0; round < 30; ++round) {  // merges are under way when it goes
      const BatchNumber batch = model.create_batch("the name", kTwoSides);
      for (int commit = 0; commit < 9; ++commit) {
        for (std::uint64_t id = 0; id < 20; ++id) model.add(batch, kExpected, id);
        commit_next(process, model);
      }
      model.delete_batch(batch);
    }
    commit_next(process, model);
    CHECK(world->stored_runs() == 0);
  }
  StoreProcess next(*world);
  take_over(next, model, SliceOracle(model.oracle()));
  CHECK(model.oracle().next_batch == 31);
}

TEST_CASE("many batches go in one commit, and those that stay are whole") {
  const auto world = make_store_world();
  SliceModel model(14);
  {
    StoreProcess process(*world);
    take_over(process, model, {});
    std::vector<BatchNumber> batches;
    for (int i = 0; i < 300; ++i)
      batches.push_back(model.create_batch("batch " + std::to_string(i), kTwoSides));
    for (int commit = 0; commit < 3; ++commit) {
      for (const BatchNumber batch : batches) model.add(batch, kExpected, std::uint64_t{7});
      commit_next(process, model);
    }
    for (std::size_t i = batches.size(); i-- > 0;) {  // not in the order of their numbers
      if (i % 100 != 99) model.delete_batch(batches[i]);
    }
    commit_next(process, model);
  }
  StoreProcess next(*world);
  take_over(next, model, SliceOracle(model.oracle()));
  CHECK(model.oracle().batches.size() == 3);
}

TEST_CASE(
    "two slices that give one number or one name to two batches are refused, and nothing is lost") {
  const auto world = make_store_world();
  StoreProcess process(*world);
  SliceModel model(15);
  take_over(process, model, {});
  model.create_batch("ours", kTwoSides);
  model.create_batch("also ours", kTwoSides);
  commit_next(process, model);
  const auto other = process.acquire(1);
  REQUIRE(ok(other));
  const auto attempt = [&](BatchNumber number, const std::string& name, std::size_t places) {
    Checkpoint checkpoint;
    checkpoint.slice = 1;
    checkpoint.epoch = other->epoch;
    checkpoint.sequence = 1;
    checkpoint.next_batch = number + 1;
    BatchRow row;
    row.number = number;
    row.name = name;
    row.sides = kTwoSides;
    row.ledger_sides = places;
    checkpoint.new_batches = {row};
    return process.commit(checkpoint);
  };
  const auto refuse = [&](BatchNumber number, const std::string& name, std::size_t places) {
    const auto refused = attempt(number, name, places);
    REQUIRE_FALSE(ok(refused));
    CHECK(refused.error().kind == FailureKind::fatal);
    CHECK_MESSAGE(refused.error().message.find(name) != std::string::npos, refused.error().message);
    CHECK_FALSE(refused.error().advice.empty());
  };
  refuse(1, "theirs", 2);        // the number is another's
  refuse(3, "ours", 2);          // the name is
  refuse(1, "ours", kSidesMax);  // of another shape
  StoreProcess next(*world);
  take_over(next, model, SliceOracle(model.oracle()));
  CHECK(ok(attempt(3, "theirs", 2)));
}

TEST_CASE("receipts that have expired are let go before new ones are kept") {
  const auto world = make_store_world();
  StoreProcess process(*world);
  SliceModel model(12);
  take_over(process, model, {});
  std::int64_t newest_ms = 0;
  for (int i = 0; i < 20; ++i) model.put_receipt(std::to_string(i));
  for (const auto& [key, receipt] : model.oracle().receipts)
    newest_ms = std::max(newest_ms, receipt.at_ms);
  commit_next(process, model);
  Checkpoint checkpoint = model.cut();
  checkpoint.receipts_expired_ms = newest_ms - 1;
  REQUIRE(ok(process.commit(checkpoint)));
  const auto state = process.acquire();
  REQUIRE(ok(state));
  REQUIRE(state->receipts.size() == 1);
  CHECK(state->receipts.front().at_ms == newest_ms);
}

std::vector<RecordDetail> details_of(StoreProcess& process, DetailQuery query) {
  query.limit = query.limit == 0 ? 1'000 : query.limit;
  auto found = process.details(std::move(query));
  REQUIRE_MESSAGE(ok(found), found.error().message);
  return std::move(*found);
}

TEST_CASE("details come back by record and side, the last one said, until their batch goes") {
  const auto world = make_store_world();
  StoreProcess process(*world);
  SliceModel model(13);
  take_over(process, model, {});
  const BatchNumber batch = model.create_batch("a", kTwoSides);
  const BatchNumber other = model.create_batch("b", kTwoSides);
  commit_next(process, model);
  constexpr std::uint64_t kHuge = ~std::uint64_t{0};
  const std::vector<OwnedRecordId> ids{std::uint64_t{0}, std::uint64_t{7}, kHuge,
                                       std::string{"a\\ \"b\""}, std::string{"b\0c", 3}};
  Checkpoint checkpoint = model.cut();
  for (const OwnedRecordId& id : ids) {
    for (const Side side : {kProcessed, kExpected}) {
      checkpoint.details.push_back({batch, side, id, "{\"old\":1}"});
      checkpoint.details.push_back({batch, side, id, "{\"side\":" + std::to_string(side) + "}"});
    }
  }
  checkpoint.details.push_back({other, kExpected, ids[1], "\"other\""});
  REQUIRE(ok(process.commit(checkpoint)));

  const auto all = details_of(process, {.batch = batch});
  REQUIRE(all.size() == 10);
  for (std::size_t at = 0; at < all.size(); ++at) {
    CHECK(all[at].id == ids[at / 2]);
    CHECK(all[at].side == at % 2);
    CHECK(all[at].json == "{\"side\":" + std::to_string(at % 2) + "}");
  }
  for (std::size_t at = 0; at + 1 < all.size(); ++at) {  // page by page
    const auto rest = details_of(
        process, {.batch = batch, .after = std::pair{all[at].id, all[at].side}, .limit = 1});
    REQUIRE(rest.size() == 1);
    CHECK(rest[0].id == all[at + 1].id);
    CHECK(rest[0].side == all[at + 1].side);
  }
  CHECK(details_of(process, {.batch = batch, .side = kProcessed}).size() == 5);
  CHECK(details_of(process, {.batch = batch, .id = ids[3]}).size() == 2);
  CHECK(details_of(process, {.batch = batch, .id = OwnedRecordId{std::uint64_t{8}}}).empty());

  Checkpoint update = model.cut();
  update.details.push_back({batch, kExpected, ids[1], "2"});
  REQUIRE(ok(process.commit(update)));
  CHECK(details_of(process, {.batch = batch, .id = ids[1]}).front().json == "2");
  model.delete_batch(batch);
  Checkpoint deletion = model.cut();
  deletion.details.push_back({batch, kExpected, ids[1], "\"said before it went\""});
  const auto deleted = process.commit(deletion);
  REQUIRE_MESSAGE(ok(deleted), deleted.error().message);
  CHECK(details_of(process, {.batch = batch}).empty());
  CHECK(details_of(process, {.batch = other}).size() == 1);
}

}  // namespace
}  // namespace rollcall::test
