// Dead letters whose records are read again: each counts once, whatever happens meanwhile.
#include <string>

#include "tests/flow/process.hpp"
#include "tests/flow/writing_client.hpp"

namespace rollcall {
namespace {

using test::Process;
using test::World;

constexpr std::size_t kExpectedStream = 0;

// Somebody who waits for a replay.
struct Replaying {
  Replaying(Process& process, DeadLetterFilter filter) {
    boost::asio::co_spawn(
        process.loop,
        process.reconciler->replays().replay(std::move(filter), "ops", std::chrono::seconds{30}),
        [this](const std::exception_ptr& thrown, Result<ReplayOutcome> done) {
          REQUIRE_FALSE(thrown);
          outcome.emplace(std::move(done));
        });
  }
  std::optional<Result<ReplayOutcome>> outcome;
};

ReplayOutcome replay(Process& process, DeadLetterFilter filter = {}) {
  Replaying replaying(process, std::move(filter));
  process.run_until([&] { return replaying.outcome.has_value(); });
  REQUIRE_MESSAGE(replaying.outcome->has_value(), replaying.outcome->error().message);
  return **replaying.outcome;
}

std::vector<DeadLetter> letters_of(Process& process) {
  std::optional<Result<DeadLetterPage>> page;
  DeadLetterQuery all;
  all.limit = 100;
  boost::asio::co_spawn(process.loop, process.reconciler->dead_letters(std::move(all)),
                        [&page](const std::exception_ptr&, Result<DeadLetterPage> read) {
                          page.emplace(std::move(read));
                        });
  process.run_until([&] { return page.has_value(); });
  return page->value().letters;
}

std::uint64_t expected_of(const Process& process, const std::string& name) {
  const auto batch = process.reconciler->batch(name);
  return batch ? batch->totals[0] : 0;
}

bool is_final(const Process& process, const std::string& name) {
  const auto batch = process.reconciler->batch(name);
  return batch && process.reconciler->verdict(*batch).confidence == Confidence::final;
}

World world_with(std::initializer_list<const char*> records) {
  World world;
  for (const char* record : records) world.log.append(kExpectedStream, record);
  return world;
}

TEST_CASE("a record that can be read by now counts once, and its letter is closed") {
  World world = world_with({"b 1", "? b 2", "? b 3 range=10-20000"});
  {
    Process process{world};
    process.run_until_durable();
    CHECK_FALSE(is_final(process, "b"));
    process.decoder.reads_marked = true;
    CHECK(replay(process).replayed == 2);
    CHECK(is_final(process, "b"));
    CHECK(expected_of(process, "b") == 3 + 19'991);
    const auto letters = letters_of(process);
    REQUIRE(letters.size() == 2);
    CHECK(letters[0].state == DeadLetterState::replayed);
    CHECK(letters[0].closing->by == "ops");
    CHECK(letters[0].closing->at_ms > 0);
    CHECK(replay(process).replayed == 0);
  }
  Process again{world};
  again.run_until_durable();
  again.decoder.reads_marked = true;
  CHECK(expected_of(again, "b") == 3 + 19'991);
  DeadLetterFilter both;
  for (const DeadLetter& letter : letters_of(again)) both.numbers.push_back(letter.number);
  const ReplayOutcome second = replay(again, both);
  CHECK(second.replayed == 0);
  CHECK(second.already == 2);
  CHECK(again.reconciler->batch("b")->duplicates[0] == 0);
  CHECK(is_final(again, "b"));
}

TEST_CASE("what still cannot be read stays open, for the reason of today") {
  World world = world_with({"b 1", "? ! batch=b"});
  Process process{world};
  process.run_until_durable();
  CHECK(letters_of(process).front().reason == BadRecordReason::missing_field);
  process.decoder.reads_marked = true;
  const ReplayOutcome outcome = replay(process);
  CHECK(outcome.still_bad == 1);
  CHECK(outcome.replayed == 0);
  const auto letters = letters_of(process);
  REQUIRE(letters.size() == 1);
  CHECK(letters[0].state == DeadLetterState::open);
  CHECK(letters[0].reason == BadRecordReason::not_json);
  CHECK(letters[0].field.empty());
  CHECK(letters[0].batch == "b");
  CHECK_FALSE(is_final(process, "b"));
  CHECK(replay(process).still_bad == 1);  // and can be tried again
}

TEST_CASE("a record that is no longer there, or another one by now, is gone and doubt stays") {
  World world = world_with({"b 1", "? b 2", "? b 3"});
  Process process{world};
  process.run_until_durable();
  process.decoder.reads_marked = true;
  world.log.streams[kExpectedStream].records[2] = "? b 4";
  world.log.streams[kExpectedStream].records.pop_front();
  world.log.streams[kExpectedStream].records.pop_front();
  world.log.streams[kExpectedStream].first = 2;
  CHECK(replay(process).gone == 2);
  CHECK(expected_of(process, "b") == 1);
  CHECK_FALSE(is_final(process, "b"));
}

TEST_CASE("letters that were acknowledged are replayed, too; those of imports are not") {
  World world = world_with({"b 1", "? b 2"});
  Process process{world};
  process.run_until_durable();
  test::Client client;
  AcknowledgeLetters acknowledge;
  acknowledge.note = "too early";
  CHECK(client.ask(process, {acknowledge}).receipt.accepted == 1);
  ImportEvent import;
  import.kind = ImportEvent::Kind::ended;
  import.import = "file.csv";
  import.batch = "b";
  import.refused = {{ 7, "id", "x" }};
  client.ask(process, {import});
  process.decoder.reads_marked = true;
  const ReplayOutcome outcome = replay(process);
  CHECK(outcome.replayed == 1);
  CHECK(outcome.import_again == 1);
  CHECK(expected_of(process, "b") == 2);
  CHECK(letters_of(process).front().state == DeadLetterState::replayed);
}

TEST_CASE("two replays at the same time count a record once") {
  World world = world_with({"b 1", "? b 2", "? b 3"});
  Process process{world};
  process.run_until_durable();
  process.decoder.reads_marked = true;
  Replaying first(process, {});
  Replaying second(process, {});
  process.run_until([&] { return first.outcome && second.outcome; });
  CHECK(first.outcome->value().replayed + second.outcome->value().replayed == 2);
  CHECK(process.reconciler->batch("b")->duplicates[0] == 0);
  CHECK(expected_of(process, "b") == 3);
}

TEST_CASE("where nobody answers nothing is replayed, and nothing is taken for gone") {
  World world = world_with({"b 1", "? b 2"});
  Process process{world};
  process.run_until_durable();
  process.source.away = true;
  Replaying replaying(process, {});
  process.run_until([&] { return replaying.outcome.has_value(); });
  REQUIRE_FALSE(replaying.outcome->has_value());
  CHECK(replaying.outcome->error().kind == FailureKind::transient);
}

}  // namespace
}  // namespace rollcall
