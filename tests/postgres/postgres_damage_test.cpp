// What is damaged in the database is refused by its key, never guessed around.
#include <doctest/doctest.h>

#include "tests/postgres/postgres_world.hpp"

namespace rollcall::test {
namespace {

// A slice with some runs of several batches.
struct Written {
  Written() {
    world.options.compaction = false;
    StoreProcess process(world);
    SliceModel model(21);
    take_over(process, model, {});
    for (int commit = 0; commit < 5; ++commit) {
      model.feed(300);
      commit_next(process, model);
    }
    durable = model.oracle();
  }
  Failure refusal() {
    StoreProcess process(world);
    const auto state = process.acquire();
    REQUIRE_FALSE(ok(state));
    CHECK(state.error().kind == FailureKind::fatal);
    CHECK_FALSE(state.error().advice.empty());
    return state.error();
  }
  PostgresWorld world;
  SliceOracle durable;
};

TEST_CASE("a flipped bit anywhere in a segment is found and named") {
  Written written;
  const std::string key = "slice = 0 and batch = 1 and sequence = 3 and chunk = 0";
  const auto size = std::stoul(
      written.world.value("select octet_length(payload) from rollcall.segment where " + key));
  for (const std::size_t at :
       {std::size_t{0}, std::size_t{3}, std::size_t{8}, std::size_t{13}, size / 2, size - 1}) {
    INFO("byte ", at);
    const std::string place = std::to_string(at);
    std::string flip = "update rollcall.segment set payload = set_byte(payload, ";
    flip.append(place).append(", get_byte(payload, ").append(place);
    flip.append(") # 16) where ").append(key).append(" returning 1");
    (void)written.world.rows(flip);
    const Failure failure = written.refusal();
    CHECK_MESSAGE(
        failure.message.find("(slice 0, batch 1, sequence 3, chunk 0)") != std::string::npos,
        failure.message);
    (void)written.world.rows(flip);
  }
  StoreProcess process(written.world);
  SliceModel model(1);
  take_over(process, model, written.durable);
}

TEST_CASE("a segment that is cut short is found and named") {
  Written written;
  (void)written.world.rows(
      "update rollcall.segment set payload = substring(payload from 1 for 10)"
      " where batch = 1 and sequence = 2 returning 1");
  CHECK(written.refusal().message.find("(slice 0, batch 1, sequence 2, chunk 0)") !=
        std::string::npos);
}

TEST_CASE("a segment of a newer format is refused") {
  Written written;
  (void)written.world.rows(
      "update rollcall.segment set format = 1000 where batch = 1 and sequence = 2 returning 1");
  CHECK(written.refusal().message.find("format 1000") != std::string::npos);
}

TEST_CASE("a missing segment is found by the batch's counts") {
  Written written;
  (void)written.world.rows(
      "delete from rollcall.segment where batch = 1 and sequence = 2 returning 1");
  CHECK(written.refusal().message.find("batch 1 (") != std::string::npos);
}

TEST_CASE("a missing chunk within a run is found") {
  Written written;
  (void)written.world.rows(
      "update rollcall.segment set chunk = 1 where batch = 1 and sequence = 2 returning 1");
  CHECK(written.refusal().message.find("missing") != std::string::npos);
}

TEST_CASE("counters that differ from the sets are refused, naming the batch") {
  for (const char* change : {"counts[1] = counts[1] + 1", "duplicates[1] = duplicates[1] + 1",
                             "duplicate_ids[2] = duplicate_ids[2] + 1"}) {
    Written written;
    (void)written.world.rows(std::string("update rollcall.ledger set ") + change +
                             " where batch = 1 returning 1");
    CHECK(written.refusal().message.find("batch 1 (") != std::string::npos);
  }
}

TEST_CASE("segments of a batch that is not listed are refused") {
  Written written;
  (void)written.world.rows(
      "update rollcall.segment set batch = 99 where batch = 1 and sequence = 2 returning 1");
  CHECK(written.refusal().message.find("does not list") != std::string::npos);
}

TEST_CASE("a database put back to an older state is noticed by the next commit") {
  Written written;
  StoreProcess process(written.world);
  SliceModel model(1);
  take_over(process, model, written.durable);
  (void)written.world.rows("update rollcall.slice set epoch = epoch - 1, sequence = 2 returning 1");
  model.feed(10);
  Checkpoint checkpoint = model.cut();
  const auto refused = process.commit(checkpoint);
  REQUIRE_FALSE(ok(refused));
  CHECK(refused.error().kind == FailureKind::fatal);
  CHECK(refused.error().message.find("slice 0") != std::string::npos);
}

}  // namespace
}  // namespace rollcall::test
