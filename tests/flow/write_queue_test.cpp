// Writes that clients wait for: whole or not at all, once, and answered only when they are durable.
#include "pipeline/flow/write_queue.hpp"

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/flow/writing_client.hpp"

namespace rollcall {
namespace {

using std::chrono::milliseconds;
using test::batch_named;
using test::Client;
using test::Process;
using test::records;
using test::start;
using test::whole;
using test::World;

TEST_CASE("a batch is made once, with its properties, and is there after a crash") {
  World world;
  {
    Process process{world};
    start(process);
    CreateBatch create = batch_named("orders");
    create.record_type = "order";
    create.range = IntegerRange{1, 1'000'000'000};
    create.deadline_ms = 17;
    Client client;
    const auto made = client.ask(process, {create});
    CHECK(made.outcome == WriteOutcome::applied);
    REQUIRE(made.batch);
    CHECK(made.batch->number == 1);
    CHECK(made.batch->ledger_sides == 3);
    const auto again = client.ask(process, {create});
    CHECK(again.outcome == WriteOutcome::batch_exists);
    CHECK(again.batch->number == 1);
  }
  Process next{world};
  start(next);
  const auto batch = next.reconciler->batch("orders");
  REQUIRE(batch);
  CHECK(batch->missing == 1'000'000'000);
  CHECK(batch->row->deadline_ms == 17);
}

TEST_CASE("what clients write is an event of the moment it came, also after a crash") {
  World world;
  std::int64_t written = 0;
  {
    Process process{world};
    start(process);
    Client client;
    client.ask(process, {batch_named("b")});
    CHECK(process.reconciler->batch("b")->last_event_ms == 0);  // it has had none yet
    const std::int64_t before = process.clock.now_ms();
    const auto answer = client.ask(process, {records(BatchNumber{1}, "expected", 0, 10)});
    written = process.reconciler->batch("b")->last_event_ms;
    CHECK(written == answer.receipt.at_ms);
    CHECK(written >= before);
    CHECK(written <= process.clock.now_ms());
  }
  Process next{world};
  start(next);
  CHECK(next.reconciler->batch("b")->last_event_ms == written);
}

TEST_CASE("an answer comes with the commit and not before") {
  World world;
  Process process{world};
  start(process);
  Client maker;
  maker.ask(process, {batch_named("b")});
  process.store->fail_commits(3, memory::Fault::transient);
  std::vector<Client> clients(8);
  for (std::size_t i = 0; i < clients.size(); ++i)
    clients[i].send(process, {records(BatchNumber{1}, "expected", i * 10, 10)});
  const std::size_t before = process.telemetry.commits;
  process.run_until([&] { return process.reconciler->batch("b")->totals[0] == 80; });
  for (const Client& client : clients) CHECK_FALSE(client.answer);
  process.run_until([&] {
    return std::all_of(clients.begin(), clients.end(), [](auto& c) { return c.answer; });
  });
  for (const Client& client : clients) {
    REQUIRE(client.answer->has_value());
    CHECK((*client.answer)->receipt.accepted == 10);
  }
  CHECK(process.telemetry.commits - before <= 2);  // they share it
}

TEST_CASE("a large write takes many turns, and no checkpoint splits it") {
  World world;
  auto options = Process::quick();
  options.writes.ids_per_turn_max = 10;
  {
    Process process{world, options};
    start(process);
    Client client;
    client.ask(process, {batch_named("b")});
    client.send(process, {records(BatchNumber{1}, "expected", 0, 1'000)});
    process.run_until([&] { return process.reconciler->batch("b")->totals[0] > 500; });
  }  // a crash in its middle
  Process next{world};
  start(next);
  CHECK(next.reconciler->batch("b")->totals[0] == 0);
}

TEST_CASE("stopping finishes the write under way and refuses the others") {
  World world;
  auto options = Process::quick();
  options.writes.ids_per_turn_max = 10;
  {
    Process process{world, options};
    start(process);
    Client client;
    client.ask(process, {batch_named("b")});
    Client first;
    Client second;
    first.send(process, {records(BatchNumber{1}, "expected", 0, 1'000)});
    second.send(process, {records(BatchNumber{1}, "processed", 0, 1'000)});
    process.run_until([&] { return process.reconciler->batch("b")->totals[0] > 100; });
    process.stop();
    process.run_until([&] { return first.answer && second.answer; });
    CHECK(first.answer->has_value());
    REQUIRE_FALSE(second.answer->has_value());
    CHECK(second.answer->error().kind == FailureKind::transient);
  }
  Process next{world};
  start(next);
  CHECK(next.reconciler->batch("b")->totals[0] == 1'000);
  CHECK(next.reconciler->batch("b")->totals[1] == 0);
}

TEST_CASE("a write with a key counts once, also after a crash, and gets the same answer") {
  World world;
  const auto write = [] {
    AddRecords change = records(BatchNumber{1}, "expected", 0, 100);
    change.records[50].first = 0;  // named twice
    return Write{change, whole("k", 7)};
  };
  {
    Process process{world};
    start(process);
    Client client;
    client.ask(process, {batch_named("b"), whole("make", 1)});
    const auto first = client.ask(process, write());
    CHECK(first.receipt.accepted == 99);
    CHECK(first.receipt.duplicates == 1);
  }
  Process next{world};
  start(next);
  Client client;
  for (int i = 0; i < 3; ++i) {
    const auto again = client.ask(next, write());
    CHECK(again.outcome == WriteOutcome::applied);
    CHECK(again.receipt.accepted == 99);
    CHECK(again.receipt.duplicates == 1);
  }
  CHECK(next.reconciler->batch("b")->duplicates[0] == 1);
  const auto made = client.ask(next, {batch_named("b"), whole("make", 1)});
  CHECK(made.outcome == WriteOutcome::applied);
  CHECK(made.batch->number == 1);
  auto other = write();
  other.key->fingerprint = 8;
  CHECK(client.ask(next, other).outcome == WriteOutcome::key_reused);
  CHECK(next.reconciler->batch("b")->totals[0] == 99);
}

TEST_CASE("a body of many units goes on where it was interrupted") {
  World world;
  const auto unit = [](std::uint64_t n) {
    AddRecords change = records(std::string{"b"}, "expected", n * 10, 10);
    change.makes_batches = true;
    return Write{change, WriteKey{"body", 100 + n, n, false}};
  };
  {
    Process process{world};
    start(process);
    Client client;
    for (std::uint64_t n = 0; n < 3; ++n) {
      const auto answer = client.ask(process, unit(n));
      CHECK(answer.receipt.units == n + 1);
      CHECK(answer.receipt.accepted == (n + 1) * 10);
    }
  }
  Process next{world};
  start(next);
  Client client;
  for (std::uint64_t n = 0; n < 5; ++n) {
    const auto answer = client.ask(next, unit(n));
    CHECK(answer.receipt.accepted == std::max<std::uint64_t>(n + 1, 3) * 10);
  }
  const auto batch = next.reconciler->batch("b");
  CHECK(batch->totals[0] == 50);
  CHECK(batch->duplicates[0] == 0);
  Write differs = unit(4);
  differs.key->fingerprint = 1;
  CHECK(client.ask(next, differs).outcome == WriteOutcome::key_reused);
  CHECK(client.ask(next, {batch_named("x"), whole("body", 104)}).outcome ==
        WriteOutcome::key_reused);
}

TEST_CASE("what cannot be applied whole is not applied at all") {
  World world;
  Process process{world};
  start(process);
  Client client;
  CHECK(client.ask(process, {records(BatchNumber{9}, "expected", 0, 10)}).outcome ==
        WriteOutcome::no_such_batch);
  CHECK(client.ask(process, {DeleteBatch{BatchNumber{9}}}).outcome == WriteOutcome::no_such_batch);
  client.ask(process, {batch_named("b")});
  AddRecords mixed = records(BatchNumber{1}, "expected", 0, 10);
  mixed.sides.emplace_back("shipped");
  mixed.records[4].side = 1;
  mixed.records[7].side = 1;
  const auto refused = client.ask(process, {mixed, whole("k", 1)});
  CHECK(refused.outcome == WriteOutcome::unknown_side);
  CHECK(refused.refused_lines == std::vector<std::uint32_t>{4, 7});
  REQUIRE(refused.sides_there.size() == 2);
  CHECK(refused.sides_there[1] == std::vector<std::string>{"expected", "processed"});
  CHECK(process.reconciler->batch("b")->totals[0] == 0);
  mixed.all_or_nothing = false;
  mixed.unknown_fields = 3;
  mixed.unread_fields = 2;
  const auto partly = client.ask(process, {mixed, whole("k", 1)});  // the key was not used up
  CHECK(partly.outcome == WriteOutcome::applied);
  CHECK(partly.receipt.accepted == 8);
  CHECK(partly.receipt.refused == 2);
  CHECK(partly.refused_lines == std::vector<std::uint32_t>{4, 7});
  CHECK(process.reconciler->write_counters().unknown_fields == 3);
  CHECK(process.reconciler->write_counters().unread_fields == 2);
}

TEST_CASE("of several who take the same number exactly one gets it") {
  World world;
  const TakeNumber take{"numbers", {1, 100}, 42};
  {
    Process process{world};
    start(process);
    std::vector<Client> clients(20);
    for (Client& client : clients) client.send(process, {take});
    process.run_until([&] {
      return std::all_of(clients.begin(), clients.end(), [](auto& c) { return c.answer; });
    });
    std::size_t taken = 0;
    for (const Client& client : clients) {
      taken += (*client.answer)->outcome == WriteOutcome::applied ? 1 : 0;
      CHECK((*client.answer)->receipt.accepted == 99);
    }
    CHECK(taken == 1);
  }
  Process next{world};
  start(next);
  Client client;
  CHECK(client.ask(next, {take}).outcome == WriteOutcome::number_taken);
  CHECK(client.ask(next, {ResetNumbers{"numbers", {1, 100}}}).receipt.accepted == 100);
  CHECK(client.ask(next, {take}).outcome == WriteOutcome::applied);
}

TEST_CASE("events for the name of a deleted batch start a new batch with a new number") {
  World world;
  world.log.append(0, "b 1 2 3");
  {
    Process process{world};
    process.run_until([&] { return process.reconciler->batch("b").has_value(); });
    Client client;
    client.ask(process, {DeleteBatch{std::string{"b"}}});
    CHECK_FALSE(process.reconciler->batch("b"));
  }
  world.log.append(0, "b 4");
  Process next{world};
  next.run_until_durable();
  const auto batch = next.reconciler->batch("b");
  REQUIRE(batch);
  CHECK(batch->row->number == 2);
  CHECK(batch->totals[0] == 1);
  Client client;
  CHECK(client.ask(next, {DeleteAllBatches{}}).receipt.accepted == 1);
  CHECK(next.reconciler->batch_count() == 0);
}

TEST_CASE("a client is told whether its write may still become durable") {
  World world;
  Process process{world};
  start(process);
  process.store->fail_commits(1'000'000, memory::Fault::transient);
  Client client;
  client.send(process, {batch_named("b")}, milliseconds{20});
  process.run_until([&] { return client.answer.has_value(); });
  REQUIRE_FALSE(client.answer->has_value());
  CHECK(client.answer->error().message.find("may become durable") != std::string::npos);
  process.store->fail_commits(0, memory::Fault::transient);
  CHECK(client.ask(process, {batch_named("b")}).outcome == WriteOutcome::batch_exists);
}

// Clients repeat each write until it is answered, through crashes and lost answers, while records
// come in from the source.
TEST_CASE("writes that are repeated through crashes count exactly once") {
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U, 5U}) {
    INFO("seed ", seed);
    std::mt19937_64 random{seed};
    World world;
    constexpr std::uint64_t kWrites = 60;
    std::set<std::uint64_t> left;
    for (std::uint64_t n = 0; n < kWrites; ++n) left.insert(n);
    while (!left.empty()) {
      auto options = Process::quick();
      options.writes.ids_per_turn_max = 3;
      Process process{world, options};
      start(process);
      process.store->fail_commits(random() % 4, memory::Fault::unknown_fate);
      for (int i = 0; i < 5; ++i) world.log.append(2, "b " + std::to_string(random() % 600));
      std::vector<std::pair<std::uint64_t, Client>> clients(8);
      for (auto& [n, client] : clients) {
        n = *std::next(left.begin(), static_cast<std::ptrdiff_t>(random() % left.size()));
        AddRecords change = records(std::string{"b"}, "expected", n * 10, 10);
        change.makes_batches = true;
        client.send(process, {change, whole("key " + std::to_string(n), n)});
      }
      const std::uint64_t turns = random() % 200;
      for (std::uint64_t turn = 0; turn < turns; ++turn) process.loop.run_one_for(milliseconds{1});
      for (const auto& [n, client] : clients) {
        if (!client.answer) continue;
        REQUIRE(client.answer->has_value());
        left.erase(n);
      }
    }
    Process last{world};
    last.run_until_durable();
    const auto batch = last.reconciler->batch("b");
    REQUIRE(batch);
    CHECK(batch->totals[0] == kWrites * 10);
    CHECK(batch->duplicates[0] == 0);
  }
}

}  // namespace
}  // namespace rollcall
