#include "pipeline/flow/reconciler.hpp"

#include <algorithm>
#include <array>
#include <doctest/doctest.h>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <variant>

#include "tests/flow/process.hpp"

namespace rollcall {
namespace {

using std::chrono::milliseconds;
using test::Process;
using test::World;

// What a plain replay of the log says: occurrences of each id for each side.
using Replay = std::map<std::string, std::map<std::string, std::array<std::uint64_t, 2>>>;

Replay replay(const fakes::Log& log) {
  Replay result;
  for (const auto& stream : log.streams) {
    for (const std::string& record : stream.records) {
      std::istringstream words{record};
      std::string batch, id;
      words >> batch;
      if (batch == "!") continue;
      while (words >> id) ++result[batch][id][stream.side == "expected" ? 0 : 1];
    }
  }
  return result;
}

std::string text(const OwnedRecordId& id) {
  if (const auto* number = std::get_if<std::uint64_t>(&id)) return std::to_string(*number);
  return std::get<std::string>(id);
}

void check_same(Process& process, const fakes::Log& log) {
  const Replay expected = replay(log);
  CHECK(process.reconciler->batch_count() == expected.size());
  for (const auto& [name, ids] : expected) {
    const auto batch = process.reconciler->batch(name);
    REQUIRE(batch);
    std::set<std::string> missing, unexpected;
    std::uint64_t totals[2] = {0, 0}, duplicates[2] = {0, 0};
    for (const auto& [id, times] : ids) {
      for (const std::size_t side : {0U, 1U}) {
        totals[side] += times[side] > 0 ? 1 : 0;
        duplicates[side] += times[side] > 1 ? times[side] - 1 : 0;
      }
      if (times[1] == 0) missing.insert(id);
      if (times[0] == 0) unexpected.insert(id);
    }
    const auto view = process.reconciler->view(batch->row->number);
    std::set<std::string> listed_missing, listed_unexpected;
    for (const auto& id : view->ids(kMissing, std::nullopt, 1'000'000))
      listed_missing.insert(text(id));
    for (const auto& id : view->ids(kUnexpected, std::nullopt, 1'000'000))
      listed_unexpected.insert(text(id));
    CHECK(listed_missing == missing);
    CHECK(listed_unexpected == unexpected);
    CHECK(batch->totals == std::vector<std::uint64_t>{totals[0], totals[1]});
    CHECK(batch->duplicates == std::vector<std::uint64_t>{duplicates[0], duplicates[1]});
  }
}

std::string random_record(std::mt19937_64& random) {
  static const std::array<const char*, 3> kBatches{"alpha", "beta", "gamma"};
  if (random() % 50 == 0) return "! broken";
  std::string record = kBatches[random() % kBatches.size()];
  for (std::uint64_t n = random() % 3 + 1; n > 0; --n) {
    const std::uint64_t pick = random() % 3;
    const std::uint64_t number = random() % 400;
    if (pick == 0) record += " " + std::to_string(number);
    if (pick == 1) record += " " + std::to_string(number * 0x9e3779b97f4a7c15ULL);
    if (pick == 2) record += " order-" + std::to_string(number);
  }
  return record;
}

std::size_t bad_records(const fakes::Log& log) {
  std::size_t bad = 0;
  for (const auto& stream : log.streams) {
    bad += static_cast<std::size_t>(
        std::count_if(stream.records.begin(), stream.records.end(),
                      [](const auto& record) { return record.starts_with("!"); }));
  }
  return bad;
}

TEST_CASE(
    "after stop() everything that was read is durable and the next process reads nothing again") {
  World world;
  world.log.append(0, "b 1 2 3");
  world.log.append(2, "b 1 x");
  {
    Process process{world};
    process.run_until([&] { return process.reconciler->batch("b").has_value(); });
    process.stop();
    CHECK(process.outcome->has_value());
    CHECK(process.source.stopped);
  }
  Process next{world};
  next.run_until_durable();
  check_same(next, world.log);
  CHECK(next.reconciler->pump().counters()[0].records == 0);
}

TEST_CASE("stopping within an event with many ids finishes the event first") {
  World world;
  std::string record = "b";
  for (int id = 0; id < 1'000; ++id) record.append(" ").append(std::to_string(id));
  world.log.append(0, record);
  {
    auto options = Process::quick();
    options.pump.ids_per_turn_max = 10;
    Process process{world, options};
    process.run_until([&] { return process.reconciler->batch("b").has_value(); });
    REQUIRE_FALSE(process.reconciler->pump().between_units());
    process.stop();
    CHECK(process.outcome->has_value());
  }
  Process next{world};
  next.run_until_durable();
  check_same(next, world.log);
  CHECK(next.reconciler->pump().counters()[0].records == 0);
}

TEST_CASE("a process that is killed within an event with many ids has made none of it durable") {
  constexpr int kIds = 3'000;
  World world;
  std::string record = "b";
  for (int id = 0; id < kIds; ++id) record.append(" ").append(std::to_string(id));
  world.log.append(0, record);
  {
    auto options = Process::quick();
    options.pump.ids_per_turn_max = 1;
    Process process{world, options};
    // A checkpoint is due all the while, many times over.
    process.run_until([&] {
      const auto batch = process.reconciler->batch("b");
      return batch && batch->totals[0] > kIds - 100;
    });
    REQUIRE_FALSE(process.reconciler->pump().between_units());
  }
  Process next{world};
  next.run_until_durable();
  check_same(next, world.log);
  CHECK(next.reconciler->pump().counters()[0].records == 1);
}

TEST_CASE("each event counts once, whenever the process is killed") {
  const std::uint64_t seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937_64 random{seed};
  World world;
  for (int life = 0; life < 60; ++life) {
    Process process{world};
    for (std::uint64_t step = random() % 200; step > 0; --step) {
      if (random() % 2 == 0) world.log.append(random() % 4, random_record(random));
      process.source.wake();
      process.loop.run_one_for(milliseconds{1});
    }
  }
  Process last{world};
  last.run_until_durable();
  check_same(last, world.log);
  CHECK(last.reconciler->slice().dead_letter_count() == bad_records(world.log));
}

TEST_CASE(
    "while the store is away reading goes on to the limit, then pauses, and nothing is lost") {
  World world;
  std::mt19937_64 random{7};
  auto options = Process::quick();
  options.checkpoint.uncommitted_bytes_max = 20'000;
  Process process{world, options};
  process.run_until([&] { return process.reconciler->readiness().ready; });
  process.store->fail_commits(1'000'000, memory::Fault::transient);
  for (int i = 0; i < 20'000; ++i) world.log.append(random() % 4, random_record(random));
  process.source.wake();
  process.run_until(
      [&] { return process.telemetry.pauses > 0 && !process.telemetry.failures.empty(); });
  CHECK(process.telemetry.paused_at_bytes < 30'000);
  CHECK(process.reconciler->lag_records() > 0);
  CHECK(process.reconciler->verdict().confidence == Confidence::provisional);
  CHECK_FALSE(process.telemetry.failures.empty());
  process.store->fail_commits(0, memory::Fault::transient);
  process.run_until_durable();
  CHECK(process.telemetry.resumes == process.telemetry.pauses);
  CHECK(process.telemetry.recoveries > 0);
  check_same(process, world.log);
}

TEST_CASE("a newer owner fences the older, which drops its state and says why") {
  World world;
  world.log.append(0, "b 1");
  Process older{world};
  older.run_until_durable();
  Process newer{world};
  newer.run_until_durable();
  world.log.append(0, "b 2");
  older.source.wake();
  older.run_until([&] { return older.outcome.has_value(); });
  REQUIRE(older.outcome->has_error());
  CHECK(older.outcome->error().kind == FailureKind::fenced);
  CHECK(older.reconciler->batch_count() == 0);
  newer.source.wake();
  newer.run_until([&] { return newer.reconciler->batch("b")->totals[0] == 2; });
  newer.run_until_durable();
  check_same(newer, world.log);
}

TEST_CASE("an idle owner notices that it was fenced") {
  World world;
  world.log.append(0, "b 1");
  Process older{world};
  older.run_until_durable();  // so that no commit tells it
  Process newer{world};
  newer.run_until([&] { return newer.reconciler->readiness().ready; });
  older.run_until([&] { return older.outcome.has_value(); });
  REQUIRE(older.outcome->has_error());
  CHECK(older.outcome->error().kind == FailureKind::fenced);
}

TEST_CASE("a fenced owner answers nothing from the moment it knows, whatever ending takes") {
  World world;
  Process older{world};
  older.run_until([&] { return older.reconciler->readiness().ready; });
  Process newer{world};
  newer.run_until([&] { return newer.reconciler->readiness().ready; });
  older.run_until([&] { return !older.reconciler->readiness().ready; });
  CHECK_FALSE(older.source.stopped);
  older.run_until([&] { return older.outcome.has_value(); });
}

TEST_CASE("answers are not final once the store has been silent for three heartbeats") {
  World world;
  world.log.append(0, "b 1");
  Reconciler::Options options = Process::quick();
  options.checkpoint.confirm_interval = milliseconds{20};
  Process process{world, options};
  const auto is_final = [&] {
    return process.reconciler->verdict().confidence == Confidence::final;
  };
  process.run_until_durable();
  process.run_until(is_final);
  // The loop stands still, like that of a process that is stopped and goes on later.
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  while (is_final()) REQUIRE(std::chrono::steady_clock::now() < deadline);
  const Verdict verdict = process.reconciler->verdict();
  CHECK(std::ranges::count(verdict.reasons, "recovering") == 1);
  CHECK_FALSE(process.reconciler->readiness().store_answers);
  process.run_until(is_final);
}

TEST_CASE("a source's failure ends the process after what was read is durable") {
  World world;
  world.log.append(0, "b 1");
  Process process{world};
  process.run_until([&] { return process.reconciler->batch("b").has_value(); });
  process.source.failure = fatal("topic e was deleted", "create it again");
  process.source.wake();
  process.run_until([&] { return process.outcome.has_value(); });
  REQUIRE(process.outcome->has_error());
  CHECK(process.outcome->error().message == "topic e was deleted");
  Process next{world};
  next.run_until_durable();
  check_same(next, world.log);
}

}  // namespace
}  // namespace rollcall
