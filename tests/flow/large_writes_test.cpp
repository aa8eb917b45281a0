// Writes that touch much: a bounded piece in a turn, or all at once by moving pointers.
#include <doctest/doctest.h>
#include <set>
#include <string>

#include "tests/flow/writing_client.hpp"

namespace rollcall {
namespace {

using test::batch_named;
using test::Client;
using test::Process;
using test::records;
using test::start;
using test::World;

TEST_CASE("ranges of a write and of a new batch take many turns, and count as they do at once") {
  World world;
  auto options = Process::quick();
  options.writes.ids_per_turn_max = 100;
  Process process{world, options};
  start(process);
  CreateBatch create = batch_named("b");
  create.range = IntegerRange{0, (1ULL << 30U) - 1};  // 16,384 containers
  Client client;
  client.send(process, {create});
  std::set<std::uint64_t> totals;
  process.run_until([&] {
    const auto batch = process.reconciler->batch("b");
    if (batch) totals.insert(batch->totals[0]);
    return client.answer.has_value();
  });
  CHECK(totals.size() > 100);
  CHECK(*totals.rbegin() == 1ULL << 30U);
  AddRecords change = records(BatchNumber{1}, "expected", 5, 3);
  NamedRecord range;
  range.kind = NamedRecord::Kind::range;
  range.first = 1ULL << 29U;
  range.second = (1ULL << 31U) - 1;
  range.line = 3;
  change.records.push_back(range);
  change.runs[0].end = 4;
  const auto answer = client.ask(process, {change});
  CHECK(answer.receipt.accepted == 1ULL << 30U);
  CHECK(answer.receipt.duplicates == (1ULL << 29U) + 3);
  const auto batch = process.reconciler->batch("b");
  CHECK(batch->totals[0] == 1ULL << 31U);
  CHECK(batch->revision == 5);
}

TEST_CASE("deleting all is one step for readers, and nothing of it is left") {
  World world;
  auto options = Process::quick();
  options.state.stores_attributes = true;
  {
    Process process{world, options};
    start(process);
    Client client;
    for (int i = 0; i < 500; ++i) {
      AddRecords change = records(std::to_string(i), "expected", 0, 2);
      change.makes_batches = true;
      change.detail_bytes = "{}";
      change.details = {{1, 0, 2}};
      client.ask(process, {change});
    }
    AddRecords last = records(std::string{"last"}, "expected", 0, 2);
    last.makes_batches = true;
    last.detail_bytes = "{}";
    last.details = {{1, 0, 2}};
    Client other;
    Client third;
    other.send(process, {last});  // goes before it was ever stored
    client.send(process, {DeleteAllBatches{}});
    last.runs[0].batch = std::string{"after"};
    third.send(process, {last});
    std::set<std::size_t> counts;
    process.run_until([&] {
      counts.insert(process.reconciler->batch_count());
      return client.answer && other.answer && third.answer;
    });
    for (const std::size_t count : counts) CHECK((count <= 1 || count >= 500));
    CHECK((**client.answer).receipt.accepted == 501);
    CHECK(process.reconciler->batch_count() == 1);
  }
  Process next{world, options};
  start(next);
  CHECK(next.reconciler->batch_count() == 1);
  const auto after = next.reconciler->batch("after");
  REQUIRE(after);
  CHECK(after->row->number == 502);
}

}  // namespace
}  // namespace rollcall
