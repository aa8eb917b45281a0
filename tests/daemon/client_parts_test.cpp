// What the client commands decide and word, without a daemon.
#include <chrono>
#include <doctest/doctest.h>
#include <string>

#include "daemon/batch_forms.hpp"
#include "daemon/check_outcome.hpp"
#include "daemon/import_run.hpp"
#include "daemon/progress.hpp"
#include "daemon/terminal.hpp"
#include "daemon/text_table.hpp"

namespace rollcall {
namespace {

CheckState state_of(const std::string& missing, const std::string& unexpected,
                    const std::string& confidence) {
  CheckState state;
  state.seen = CheckState::Seen::batch;
  state.ever_answered = true;
  state.batch.emplace();
  state.batch->missing = missing;
  state.batch->unexpected = unexpected;
  state.batch->confidence = confidence;
  state.batch->expected = "10";
  return state;
}

TEST_CASE("a batch is complete within the limits, and only where the answer is final") {
  const CheckArguments none;
  CheckArguments some;
  some.max_missing = 2;
  some.max_unexpected = 1;
  CHECK(exit_code_of(state_of("0", "0", "final"), none) == ExitCode::ok);
  CHECK(exit_code_of(state_of("2", "1", "final"), some) == ExitCode::ok);
  CHECK(exit_code_of(state_of("3", "0", "final"), some) == ExitCode::incomplete);
  CHECK(exit_code_of(state_of("0", "2", "final"), some) == ExitCode::incomplete);
  for (const auto* const confidence : {"provisional", "blind"}) {
    CHECK(exit_code_of(state_of("0", "0", confidence), none) == ExitCode::pending);
    CHECK(exit_code_of(state_of("3", "0", confidence), none) == ExitCode::pending);
  }
}

TEST_CASE("doubt explains so much and no more") {
  const CheckArguments none;
  CheckState state = state_of("50", "0", "provisional");
  state.batch->reasons = {"quarantine", "input_gap", "import_unfinished"};
  state.batch->unexplained_missing = "49";
  state.batch->unexplained_unexpected = "0";
  CHECK(exit_code_of(state, none) == ExitCode::incomplete);
  CheckArguments some;
  some.max_missing = 49;
  CHECK(exit_code_of(state, some) == ExitCode::pending);
  state.batch->unexplained_missing = "0";
  CHECK(exit_code_of(state, none) == ExitCode::pending);
  state.batch->unexplained_unexpected = "1";
  CHECK(exit_code_of(state, none) == ExitCode::incomplete);
  state.batch->reasons.emplace_back("lag");  // what is still to be read may be all of it
  CHECK(exit_code_of(state, none) == ExitCode::pending);
}

TEST_CASE("an empty batch is not complete, unless that is fine") {
  CheckState state = state_of("0", "0", "final");
  state.batch->expected = "0";
  state.batch->processed = "0";
  CHECK(exit_code_of(state, {}) == ExitCode::pending);
  CheckArguments fine;
  fine.allow_empty = true;
  CHECK(exit_code_of(state, fine) == ExitCode::ok);
}

TEST_CASE("what was known once does not count where nobody answers any more") {
  auto state = state_of("0", "0", "final");
  state.seen = CheckState::Seen::no_answer;
  CHECK(exit_code_of(state, {}) == ExitCode::pending);
  state.ever_answered = false;
  CHECK(exit_code_of(state, {}) == ExitCode::unreachable);
}

TEST_CASE("a chunk is ten thousand records, refused ones included") {
  ChunkSink sink;
  for (std::uint64_t line = 1; line <= 25'000; ++line) {
    if (line % 10 == 0) {
      sink.refused({line, "id", "empty"});
    } else {
      sink.record(line, "{}");
    }
  }
  CHECK(sink.take_chunks().size() == 2);
  sink.finish();
  const auto last = sink.take_chunks();
  REQUIRE(last.size() == 1);
  CHECK(last[0].index == 2);
  CHECK(last[0].lines.size() == 4'500);
  CHECK(last[0].lines.front() == 20'001);
  CHECK(last[0].body.size() == 3 * 4'500);
  CHECK(sink.take_refusals().size() == 2'500);
  sink.finish();
  CHECK(sink.take_chunks().empty());
}

TEST_CASE("a chunk of long records is cut by its bytes") {
  ChunkSink sink;
  const std::string event(1'000'000, 'x');
  for (std::uint64_t line = 1; line <= 9; ++line) sink.record(line, event);
  const auto chunks = sink.take_chunks();
  REQUIRE(chunks.size() == 1);
  CHECK(chunks[0].body.size() == 9 * 1'000'001);
}

TEST_CASE("of many refusals the first are kept, all are counted") {
  ImportTotals totals;
  totals.refuse(std::vector<files::Refusal>(15, {1, "", "x"}));
  totals.refuse(std::vector<files::Refusal>(15, {2, "", "y"}));
  CHECK(totals.refused == 30);
  CHECK(totals.first_refused.size() == 20);
  CHECK(refusal_line("f.csv", {7, "i\nd", "em\x1bpty"}) == "f.csv:7: i\\nd: em\\x1bpty");
}

TEST_CASE("progress says how far, how fast and how long") {
  ImportProgress progress;
  progress.bytes = 512 * 1'024;
  progress.bytes_total = 2'048 * 1'024;
  progress.records = 1'234'567;
  progress.elapsed = std::chrono::seconds{30};
  CHECK(progress_line(progress) ==
        "25 %  512.0 KiB of 2.0 MiB  1,234,567 records  41,152/s  01:30 left");
  progress.bytes_total.reset();
  CHECK(progress_line(progress) == "512.0 KiB  1,234,567 records  41,152/s");
  CHECK(progress_line({}) == "0.0 KiB  0 records  0/s");
}

TEST_CASE("numbers are grouped by thousands") {
  CHECK(grouped(0) == "0");
  CHECK(grouped(999) == "999");
  CHECK(grouped(1'000) == "1,000");
  CHECK(grouped(123'456'789) == "123,456,789");
}

TEST_CASE("text from outside cannot move a terminal's cursor") {
  CHECK(printable("a\\b\nc\rd\te\x1b[2J\x7f ü") == "a\\\\b\\nc\\rd\\x09e\\x1b[2J\\x7f ü");
}

TEST_CASE("colours enclose a text, or are not there at all") {
  CHECK(Paint{true}(Colour::red, "x") == "\x1b[31mx\x1b[0m");
  CHECK(Paint{true}(Colour::plain, "x") == "x");
  CHECK(Paint{false}(Colour::red, "x") == "x");
}

TEST_CASE("a batch's status that is none is said to be none") {
  CHECK_FALSE(parse_batch("{}").has_value());
  CHECK_FALSE(parse_batch("17").has_value());
  CHECK(count_of("17") == 17);
  CHECK_FALSE(count_of("").has_value());
  CHECK_FALSE(count_of("1.5").has_value());
}

TEST_CASE("CSV fields are quoted where they must be") {
  CHECK(csv_field("a b") == "a b");
  CHECK(csv_field("a,b") == "\"a,b\"");
  CHECK(csv_field("\"") == "\"\"\"\"");
  CHECK(csv_field("a\nb") == "\"a\nb\"");
}

}  // namespace
}  // namespace rollcall
