// Doubt that is scoped and ends: what a record that was not read puts in doubt, how much it explains, and how it is
// closed, through reading, commits and crashes.
#include <string>

#include "tests/flow/process.hpp"
#include "tests/flow/writing_client.hpp"

namespace rollcall {
namespace {

using test::Client;
using test::Process;
using test::start;
using test::World;

constexpr std::size_t kExpectedStream = 0;
constexpr std::size_t kProcessedStream = 2;

Verdict verdict_of(const Process& process, const std::string& name) {
  const auto batch = process.reconciler->batch(name);
  REQUIRE(batch);
  return process.reconciler->verdict(*batch);
}

bool says(const Verdict& verdict, std::string_view reason) {
  return std::find(verdict.reasons.begin(), verdict.reasons.end(), reason) != verdict.reasons.end();
}

std::uint64_t acknowledge(Process& process, DeadLetterFilter filter) {
  Client client;
  AcknowledgeLetters change;
  change.filter = std::move(filter);
  change.by = "ops";
  change.note = "looked into";
  return client.ask(process, {change}).receipt.accepted;
}

TEST_CASE("an unreadable record that names its batch doubts that batch and no other") {
  World world;
  world.log.append(kExpectedStream, "ours 1");
  world.log.append(kExpectedStream, "theirs 1");
  world.log.append(kProcessedStream, "! batch=theirs");
  Process process{world};
  process.run_until_durable();
  CHECK(verdict_of(process, "ours").confidence == Confidence::final);
  const Verdict theirs = verdict_of(process, "theirs");
  CHECK(theirs.confidence == Confidence::provisional);
  CHECK(says(theirs, "quarantine"));
  CHECK(theirs.in_doubt.processed == 1);
  CHECK(theirs.in_doubt.expected == 0);
}

TEST_CASE(
    "an unreadable record that names none doubts what was there, and nothing that comes later") {
  World world;
  world.log.append(kExpectedStream, "early 1");
  world.log.append(kExpectedStream, "!");
  world.log.append(kExpectedStream, "late 1");
  Process process{world};
  process.run_until_durable();
  CHECK(verdict_of(process, "early").in_doubt.expected == 1);
  CHECK(verdict_of(process, "late").confidence == Confidence::final);
}

TEST_CASE("an unreadable record of another feed doubts nobody here") {
  World world;
  world.log.streams[1].feed = "shop";
  world.log.append(kExpectedStream, "ours 1");
  {
    Process process{world};
    process.run_until_durable();
  }
  world.log.append(1, "! ");
  Process process{world};
  process.run_until_durable();
  CHECK(process.reconciler->slice().doubts().open_letters() == 1);
  CHECK(verdict_of(process, "ours").confidence == Confidence::final);
}

TEST_CASE("one record cannot explain more than the largest one of its topic") {
  World world;
  world.log.append(kExpectedStream, "b 1 2 3 4 5 6 7 8 9");
  world.log.append(kProcessedStream, "b 1 2 3");
  {
    Process process{world};
    process.run_until_durable();  // the largest record is remembered across the crash
  }
  world.log.append(kProcessedStream, "! batch=b");
  Process process{world};
  process.run_until_durable();
  const Verdict verdict = verdict_of(process, "b");
  CHECK(verdict.in_doubt.processed == 3);
  CHECK(verdict.in_doubt.unexplained_missing(6) == 3);
  CHECK(verdict.in_doubt.unexplained_missing(3) == 0);
  CHECK(verdict.in_doubt.unexplained_unexpected(1) == 1);
}

TEST_CASE("lost records explain their offsets, and can be acknowledged") {
  World world;
  world.log.append(kExpectedStream, "b 1");
  {
    Process process{world};
    process.run_until_durable();
  }
  world.log.streams[kProcessedStream].first = 100;
  Process process{world};
  process.run_until_durable();
  CHECK(verdict_of(process, "b").in_doubt.processed == 100);
  CHECK(says(verdict_of(process, "b"), "input_gap"));
  DeadLetterFilter gaps;
  gaps.reason = BadRecordReason::input_gap;
  CHECK(acknowledge(process, gaps) == 1);
  CHECK(verdict_of(process, "b").confidence == Confidence::final);
}

TEST_CASE("an acknowledgement closes what is meant, once, and survives a crash") {
  World world;
  world.log.append(kExpectedStream, "a 1");
  world.log.append(kExpectedStream, "b 1");
  world.log.append(kProcessedStream, "! batch=a");
  world.log.append(kProcessedStream, "! batch=a");
  world.log.append(kProcessedStream, "! batch=b");
  DeadLetterFilter of_a;
  of_a.batch = "a";
  {
    Process process{world};
    process.run_until_durable();
    CHECK(acknowledge(process, of_a) == 2);
    CHECK(acknowledge(process, of_a) == 0);
    CHECK(verdict_of(process, "a").confidence == Confidence::final);
    CHECK(verdict_of(process, "b").confidence == Confidence::provisional);
  }
  Process next{world};
  next.run_until_durable();
  CHECK(verdict_of(next, "a").confidence == Confidence::final);
  CHECK(verdict_of(next, "b").confidence == Confidence::provisional);
  CHECK(next.reconciler->slice().dead_letter_count() == 3);
}

TEST_CASE("an acknowledgement whose commit's answer was lost still says how many it closed") {
  World world;
  world.log.append(kExpectedStream, "a 1");
  world.log.append(kProcessedStream, "! batch=a");
  Process process{world};
  process.run_until_durable();
  process.store->fail_commits(1, memory::Fault::unknown_fate);
  DeadLetterFilter of_a;
  of_a.batch = "a";
  CHECK(acknowledge(process, of_a) == 1);
  CHECK(verdict_of(process, "a").confidence == Confidence::final);
}

TEST_CASE("a letter that is read while an acknowledgement commits stays open") {
  World world;
  world.log.append(kExpectedStream, "a 1");
  world.log.append(kProcessedStream, "! batch=a");
  Process process{world};
  process.run_until_durable();
  process.store->fail_commits(1, memory::Fault::transient);
  Client client;
  AcknowledgeLetters change;
  change.filter.batch = "a";
  change.note = "looked into";
  client.send(process, {change});
  process.run_until([&] { return !process.telemetry.failures.empty(); });
  world.log.append(kProcessedStream, "! batch=a");
  process.source.wake();
  process.run_until([&] { return client.answer.has_value(); });
  CHECK((**client.answer).receipt.accepted == 1);
  process.run_until_durable();
  CHECK(verdict_of(process, "a").in_doubt.unread == 1);
}

TEST_CASE("a batch that is made anew under a name is not doubted for the old one's records") {
  World world;
  world.log.append(kExpectedStream, "b 1");
  world.log.append(kProcessedStream, "! batch=b");
  Process process{world};
  process.run_until_durable();
  Client client;
  DeleteBatch remove;
  remove.batch = std::string{"b"};
  client.ask(process, {remove});
  world.log.append(kExpectedStream, "b 1");
  process.source.wake();
  process.run_until([&] { return process.reconciler->batch("b").has_value(); });
  process.run_until_durable();
  CHECK(verdict_of(process, "b").confidence == Confidence::final);
  CHECK(process.reconciler->slice().doubts().open_letters() == 0);
}

TEST_CASE("a record without a value is no fault, unless the topic says so") {
  World world;
  world.log.append(kExpectedStream, "b 1");
  world.log.append(kExpectedStream, "");
  Process process{world};
  process.run_until_durable();
  CHECK(verdict_of(process, "b").confidence == Confidence::final);
  CHECK(process.reconciler->pump().counters()[kExpectedStream].skipped_empty == 1);

  World strict;
  strict.log.streams[kExpectedStream].on_empty = Channel::OnEmpty::dead_letter;
  strict.log.append(kExpectedStream, "b 1");
  strict.log.append(kExpectedStream, "");
  Process minds{strict};
  minds.run_until_durable();
  CHECK(verdict_of(minds, "b").confidence == Confidence::provisional);
}

TEST_CASE("where nobody minds, what cannot be read is counted and doubts nothing") {
  World world;
  world.log.streams[kExpectedStream].on_bad = Channel::OnBad::skip;
  world.log.append(kExpectedStream, "b 1");
  world.log.append(kExpectedStream, "! batch=b");
  Process process{world};
  process.run_until_durable();
  CHECK(verdict_of(process, "b").confidence == Confidence::final);
  CHECK(process.reconciler->pump().counters()[kExpectedStream].skipped_bad == 1);
  CHECK(process.telemetry.refused.empty());
}

TEST_CASE(
    "an import is in doubt until its end was heard, and its refused rows stay so until a clean "
    "one") {
  World world;
  Process process{world};
  start(process);
  Client client;
  CreateBatch create;
  create.name = "b";
  client.ask(process, {create});
  ImportEvent event;
  event.import = "orders.csv";
  event.batch = "b";
  event.side = "expected";
  client.ask(process, {event});
  CHECK(says(verdict_of(process, "b"), "import_unfinished"));

  event.kind = ImportEvent::Kind::ended;
  event.refused = {{7, "status: is none of expected, processed", "7,Expected"}};
  event.refused_unlisted = 4;
  client.ask(process, {event});
  const Verdict refused = verdict_of(process, "b");
  CHECK_FALSE(says(refused, "import_unfinished"));
  CHECK(says(refused, "quarantine"));
  CHECK(refused.in_doubt.expected == 5);

  event.kind = ImportEvent::Kind::begun;
  event.refused.clear();
  event.refused_unlisted = 0;
  client.ask(process, {event});
  CHECK(says(verdict_of(process, "b"), "quarantine"));
  event.kind = ImportEvent::Kind::ended;
  client.ask(process, {event});
  CHECK(verdict_of(process, "b").confidence == Confidence::final);
}

TEST_CASE("what is left of closed letters is let go after its time, open ones never") {
  World world;
  auto options = Process::quick();
  options.closed_letters_kept = std::chrono::milliseconds{-1'000};  // its time is over at once
  world.log.append(kExpectedStream, "a 1");
  world.log.append(kProcessedStream, "! batch=a");
  world.log.append(kProcessedStream, "! batch=b");
  {
    Process process{world};
    process.run_until_durable();
    DeadLetterFilter of_a;
    of_a.batch = "a";
    CHECK(acknowledge(process, of_a) == 1);
  }
  world.log.append(kExpectedStream, "a 2");
  Process next{world, options};
  next.run_until_durable();
  CHECK(next.reconciler->slice().dead_letter_count() == 1);
  CHECK(next.reconciler->slice().doubts().open_letters() == 1);
}

TEST_CASE("a stream that was made anew is read from its beginning once it is asked for") {
  World world;
  for (const char* record : {"b 1", "b 2", "b 3"}) world.log.append(kExpectedStream, record);
  {
    Process process{world};
    process.run_until_durable();
    world.log.make_anew(kExpectedStream);
    world.log.append(kExpectedStream, "b 4");
    process.run_until([&] { return !process.source.channel(kExpectedStream).error.empty(); });
    CHECK(verdict_of(process, "b").confidence == Confidence::blind);

    Client client;
    const auto ask = [&](const std::string& topic) {
      return client.ask(process, Write{ResetSource{topic}});
    };
    CHECK(ask("nobody").outcome == WriteOutcome::no_such_source);
    CHECK(ask("p/0").outcome == WriteOutcome::nothing_to_reset);
    const WriteAnswer done = ask("e/0");
    REQUIRE(done.reset.channels.size() == 1);
    CHECK(done.reset.channels.front().next == 3);
    CHECK(done.reset.channels.front().unread == 0);
    CHECK(ask("e/0").outcome == WriteOutcome::nothing_to_reset);
    process.run_until_durable();
    CHECK(process.reconciler->batch("b")->totals[0] == 4);
    CHECK(verdict_of(process, "b").confidence == Confidence::final);
  }
  Process again{world};
  again.run_until_durable();
  CHECK(again.reconciler->batch("b")->totals[0] == 4);
  CHECK(again.reconciler->batch("b")->duplicates[0] == 0);
}

TEST_CASE("what was not read of a stream that was made anew is a gap, also over a crash") {
  World world;
  world.log.append(kExpectedStream, "b 1");
  {
    Process process{world};
    process.run_until_durable();
    process.source.channel(kExpectedStream).end = 5;  // as was heard before it went away
    process.source.away = true;
    world.log.make_anew(kExpectedStream);
    Client client;
    const WriteAnswer done = client.ask(process, Write{ResetSource{"e/0"}});
    CHECK(done.reset.channels.at(0).unread == 4);
  }
  world.log.append(kExpectedStream, "b 2");
  Process again{world};
  again.run_until_durable();
  CHECK(again.reconciler->batch("b")->totals[0] == 2);
  const Verdict verdict = verdict_of(again, "b");
  CHECK(verdict.confidence == Confidence::provisional);
  CHECK(says(verdict, "input_gap"));
  CHECK(verdict.in_doubt.expected == 4);
  DeadLetterFilter gap;
  gap.reason = BadRecordReason::input_gap;
  CHECK(acknowledge(again, gap) == 1);
  CHECK(verdict_of(again, "b").confidence == Confidence::final);
}

}  // namespace
}  // namespace rollcall
