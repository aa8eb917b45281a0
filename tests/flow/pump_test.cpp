#include "pipeline/flow/pump.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>
#include <string>

#include "tests/fakes/counting_telemetry.hpp"
#include "tests/fakes/manual_clock.hpp"
#include "tests/fakes/scripted_source.hpp"
#include "tests/fakes/word_decoder.hpp"

namespace rollcall {
namespace {

// A pump over two bound streams (0 expected, 1 processed) and one that lets its events name the side (2).
struct Fixture {
  boost::asio::io_context loop;
  fakes::Log log{{{"e/0", "expected", {}}, {"p/0", "processed", {}}, {"any/0", "event", {}}}};
  fakes::ScriptedSource source{loop.get_executor(), log};
  fakes::WordDecoder decoder;
  fakes::ManualClock clock;
  fakes::CountingTelemetry telemetry;
  Slice slice{0, {"expected", "processed"}};
  Pump::Options options{.records_per_drain_max = 10, .ids_per_turn_max = 20};

  Pump pump() {
    boost::asio::co_spawn(loop, source.start({}), boost::asio::detached);
    loop.run();
    return Pump{source, {&decoder}, slice, clock, telemetry, options};
  }

  static void run_until_idle(Pump& pump) {
    for (auto turn = pump.turn(); turn && *turn == Pump::Turn::busy; turn = pump.turn()) {
    }
  }
};

TEST_CASE("records become members of the side that their topic is bound to") {
  Fixture f;
  f.log.append(0, "b 1 2 3");
  f.log.append(1, "b 2 x");
  Pump pump = f.pump();
  Fixture::run_until_idle(pump);
  const BatchSummary batch = summarize(*f.slice.find("b"));
  CHECK(batch.totals == std::vector<std::uint64_t>{3, 2});
  CHECK(batch.missing == 2);
  CHECK(batch.unexpected == 1);
  CHECK(batch.revision == 2);
}

TEST_CASE(
    "a batch's last event is its newest, by when it was written but never after it was read") {
  Fixture f;
  const std::int64_t now = f.clock.now_ms();
  f.log.append(0, "b 1", now - 5'000);
  f.log.append(0, "b 2", now - 9'000);
  f.log.append(0, "ahead 1", now + 60'000);
  f.log.append(0, "silent 1");
  f.log.append(1, "! b", now - 1'000);
  Pump pump = f.pump();
  Fixture::run_until_idle(pump);
  CHECK(f.slice.find("b")->last_event_ms == now - 5'000);
  CHECK(f.slice.find("ahead")->last_event_ms == now);
  CHECK(f.slice.find("silent")->last_event_ms == now);
  f.clock.advance(std::chrono::seconds{3});
  f.log.append(1, "b 1 2", now - 4'000);
  Fixture::run_until_idle(pump);
  CHECK(f.slice.find("b")->last_event_ms == now - 4'000);
  for (const LedgerChange& change : f.slice.cut().changes) {
    CHECK(change.after.last_event_ms == f.slice.find(change.batch)->last_event_ms);
  }
}

TEST_CASE("a topic's side wins over the event's, and only an unbound topic lets the event choose") {
  Fixture f;
  f.log.append(0, "b side=processed 1");
  f.log.append(2, "b side=processed 2");
  f.log.append(2, "b 3");
  f.log.append(2, "b side=nobody 4");
  Pump pump = f.pump();
  Fixture::run_until_idle(pump);
  const BatchSummary batch = summarize(*f.slice.find("b"));
  CHECK(batch.totals == std::vector<std::uint64_t>{1, 1});
  const Checkpoint cut = f.slice.cut();
  REQUIRE(cut.dead_letters.size() == 2);
  CHECK(cut.dead_letters[0].reason == BadRecordReason::missing_field);
  CHECK(cut.dead_letters[0].field == "side");
  CHECK(cut.dead_letters[1].reason == BadRecordReason::unknown_side);
  CHECK(cut.dead_letters[1].field == "nobody");
}

TEST_CASE("an event that is refused brings no batch into being") {
  Fixture f;
  f.log.append(2, "ghost side=nobody 4");
  Pump pump = f.pump();
  Fixture::run_until_idle(pump);
  CHECK(f.slice.batches().empty());
}

TEST_CASE("a bad record becomes a dead letter with its position, and reading goes on") {
  Fixture f;
  f.log.append(0, "b 1");
  f.log.append(0, "! " + std::string(2'000, 'x'));
  f.log.append(0, "b 2");
  Pump pump = f.pump();
  Fixture::run_until_idle(pump);
  CHECK(summarize(*f.slice.find("b")).totals[0] == 2);
  const Checkpoint cut = f.slice.cut();
  REQUIRE(cut.dead_letters.size() == 1);
  CHECK(cut.dead_letters[0].channel == "e/0");
  CHECK(cut.dead_letters[0].position == 1);
  CHECK(cut.dead_letters[0].reason == BadRecordReason::not_json);
  CHECK(cut.dead_letters[0].sample.size() == kSampleBytesMax);
  CHECK(pump.counters()[0].records == 3);
  CHECK(pump.counters()[0].applied == 2);
  CHECK(pump.counters()[0].refused[static_cast<std::size_t>(BadRecordReason::not_json)] == 1);
}

TEST_CASE(
    "fields that nobody knows, or that were left out, are counted beside the records that were "
    "taken") {
  Fixture f;
  f.log.append(0, "b 1 what? what? when?");
  f.log.append(0, "b 2 when?");
  f.log.append(0, "! when?");
  Pump pump = f.pump();
  Fixture::run_until_idle(pump);
  CHECK(pump.counters()[0].applied == 2);
  CHECK(pump.counters()[0].unknown_fields == 2);
  CHECK(pump.counters()[0].unread_fields == 2);
}

TEST_CASE("an event with many ids takes several turns and no cut fits between them") {
  Fixture f;
  std::string payload = "b";
  for (int id = 0; id < 55; ++id) payload += " " + std::to_string(id);
  f.log.append(0, payload);
  Pump pump = f.pump();
  int turns = 0;
  do {
    REQUIRE(pump.turn().has_value());
    ++turns;
    CHECK(f.slice.find("b")->ledger->total(kExpected) <= 20U * static_cast<unsigned>(turns));
  } while (!pump.between_units());
  CHECK(turns == 3);
  CHECK(f.slice.find("b")->ledger->total(kExpected) == 55);
}

TEST_CASE(
    "a long range takes several turns and no cut fits between them, also when it comes again") {
  Fixture f;
  f.log.append(0, "b 1 range=0-4294967295");
  f.log.append(0, "b range=0-4294967295");
  f.options.ids_per_turn_max = 4'096;
  Pump pump = f.pump();
  int turns = 0;
  do {
    REQUIRE(pump.turn().has_value());
    ++turns;
    // Each container of 65,536 counts as one id at least.
    CHECK(f.slice.find("b")->ledger->total(kExpected) <=
          65'536ULL * 4'096 * static_cast<unsigned>(turns));
  } while (!pump.between_units());
  CHECK(turns >= 32);
  const BatchSummary batch = summarize(*f.slice.find("b"));
  CHECK(batch.totals[0] == 1ULL << 32U);
  CHECK(batch.duplicates[0] == (1ULL << 32U) + 1);
  CHECK(batch.revision == 2);
  const Checkpoint cut = f.slice.cut();
  CHECK(cut.broken_laws.empty());
  REQUIRE(cut.changes.size() == 1);
  CHECK(cut.changes[0].delta.sides[0].added.ranges.size() == 1);  // as it came
}

TEST_CASE("positions are those behind everything applied, and each is given once") {
  Fixture f;
  for (int id = 0; id < 15; ++id) f.log.append(0, "b " + std::to_string(id));
  Pump pump = f.pump();
  REQUIRE(pump.turn().has_value());
  REQUIRE(pump.between_units());
  const auto moved = pump.take_moved_positions();
  REQUIRE(moved.size() == 3);  // a channel's first position is news even where nothing was read
  CHECK(moved[0].channel == "e/0");
  CHECK(moved[0].next == 10);
  CHECK_FALSE(pump.moved());
  REQUIRE(pump.turn().has_value());
  CHECK(pump.moved());
  CHECK(pump.take_moved_positions().size() == 1);
}

TEST_CASE("a range is one event and its repetition counts every id again") {
  Fixture f;
  f.log.append(0, "b range=1-1000000000");
  f.log.append(0, "b range=11-20");
  f.log.append(1, "b 7");
  Pump pump = f.pump();
  Fixture::run_until_idle(pump);
  const BatchSummary batch = summarize(*f.slice.find("b"));
  CHECK(batch.totals[0] == 1'000'000'000);
  CHECK(batch.missing == 999'999'999);
  CHECK(batch.duplicates[0] == 10);
}

TEST_CASE("positions that a source lost become a dead letter that names them") {
  Fixture f;
  f.log.streams[0].first = 5;
  f.log.append(0, "b 1");
  Pump pump = f.pump();
  Fixture::run_until_idle(pump);
  const Checkpoint cut = f.slice.cut();
  REQUIRE(cut.dead_letters.size() == 1);
  CHECK(cut.dead_letters[0].reason == BadRecordReason::input_gap);
  CHECK(f.telemetry.losses == 1);
  CHECK(cut.dead_letters[0].position == 0);
  CHECK(cut.dead_letters[0].field == "positions 0 to 4 were removed before they could be read");
  CHECK(pump.take_moved_positions()[0].lost_records == 5);
}

TEST_CASE("a source's failure comes out of the turn") {
  Fixture f;
  Pump pump = f.pump();
  f.source.failure = fatal("the topic is gone", "create it");
  const auto turn = pump.turn();
  REQUIRE(turn.has_error());
  CHECK(turn.error().message == "the topic is gone");
}

}  // namespace
}  // namespace rollcall
