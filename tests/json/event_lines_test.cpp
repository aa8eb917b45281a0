// Where units of lines end, and what each line becomes.
#include "connectors/json/event_lines.hpp"

#include <doctest/doctest.h>
#include <string>
#include <string_view>
#include <vector>

#include "tests/json/arriving_units.hpp"

using namespace rollcall;
using json::EventLines;

namespace {

std::string batch_of(const AddRecords::Run& run) { return std::get<std::string>(run.batch); }

std::string shown_id(const AddRecords& unit, const NamedRecord& record) {
  if (record.kind == NamedRecord::Kind::integer) return std::to_string(record.first);
  if (record.kind == NamedRecord::Kind::range)
    return std::to_string(record.first) + ".." + std::to_string(record.second);
  return "'" + unit.texts.substr(record.first, record.second) + "'";
}

// "batch: id@line=side{attributes} …", batch by batch.
std::string shown(const AddRecords& unit) {
  std::string text;
  std::size_t next_detail = 0;
  for (const auto& run : unit.runs) {
    text += batch_of(run) + ':';
    for (std::size_t at = run.begin; at < run.end; ++at) {
      const NamedRecord& record = unit.records[at];
      text += ' ' + shown_id(unit, record) + '@' + std::to_string(record.line) + '=' +
              unit.sides[record.side];
      if (next_detail < unit.details.size() && unit.details[next_detail].record == at) {
        const auto& detail = unit.details[next_detail++];
        text += unit.detail_bytes.substr(detail.begin, detail.length);
      }
    }
    text += '\n';
  }
  CHECK(next_detail == unit.details.size());
  return text;
}

struct Taken {
  std::vector<AddRecords> units;
  std::vector<std::string> pointers;
  std::size_t errors = 0;
};

// All of a body that comes in pieces of that size.
Taken taken(std::string_view text, std::size_t piece = std::string_view::npos) {
  EventLines lines;
  Taken all;
  all.units = test::arriving_units(lines, text, piece);
  for (const auto& error : lines.errors().first()) all.pointers.push_back(error.pointer);
  all.errors = lines.errors().count();
  return all;
}

std::string only_unit(std::string_view text) {
  const Taken all = taken(text);
  REQUIRE(all.units.size() == 1);
  return shown(all.units.front());
}

const std::string kOne = R"({"batch":"a","id":1,"side":"expected"})";
const std::string kTwo = R"({"batch":"a","id":2,"side":"processed"})";

TEST_CASE("a line is an event, with or without a line feed behind the last one") {
  const std::string both = "a: 1@0=expected 2@1=processed\n";
  CHECK(only_unit(kOne + '\n' + kTwo + '\n') == both);
  CHECK(only_unit(kOne + '\n' + kTwo) == both);
  CHECK(only_unit(kOne + "\r\n" + kTwo + "\r\n") == both);
  CHECK(only_unit(kOne + "\r\n" + kTwo + "\r") == both);
}

TEST_CASE("blank lines are lines that say nothing") {
  CHECK(only_unit("\n" + kOne + "\n \t\r\n" + kTwo + "\n\n") == "a: 1@1=expected 2@3=processed\n");
  const Taken blank = taken("\n\r\n \n");
  REQUIRE(blank.units.size() == 1);
  CHECK(blank.units.front().lines == 3);
  CHECK(blank.units.front().refused == 0);
  CHECK(blank.units.front().runs.empty());
  CHECK(taken("").units.empty());
}

TEST_CASE("a byte order mark before a line is no part of it") {
  const std::string mark = "\xef\xbb\xbf";
  const std::string both = "a: 1@0=expected 2@1=processed\n";
  CHECK(only_unit(mark + kOne + '\n' + kTwo) == both);
  CHECK(only_unit(kOne + '\n' + mark + kTwo) == both);  // of files that were put together
  CHECK(only_unit(mark + "\r\n" + kOne) == "a: 1@1=expected\n");
  CHECK(taken(mark + '\n' + mark).pointers.empty());
}

TEST_CASE("integers of any size are ids and names of batches") {
  CHECK(only_unit(R"({"batch":20261125,"ids":[-5,18446744073709551616,7],"side":"expected"})") ==
        "20261125: '-5'@0=expected '18446744073709551616'@0=expected 7@0=expected\n");
}

TEST_CASE("null is absent, and what is left out of a record is counted") {
  const Taken all =
      taken(R"({"batch":"a","id":1,"side":"expected","ts":null,"attrs":null,"x":1})"
            "\n"
            R"({"batch":"a","id":2,"side":"expected","ts":"soon","attrs":[1],"y":1,"z":2})"
            "\n"
            R"({"batch":"a","id":3,"side":null,"ts":"soon"})"
            "\n");
  REQUIRE(all.units.size() == 1);
  CHECK(shown(all.units.front()) == "a: 1@0=expected 2@1=expected\n");
  CHECK(all.units.front().unknown_fields == 3);
  CHECK(all.units.front().unread_fields == 2);
  CHECK(all.pointers == std::vector<std::string>{"/3/side"});
}

TEST_CASE("records of several batches are brought together, each batch in its order") {
  const std::string b = R"({"batch":"b","ids":[9,"x"],"side":"expected","attrs":{"n":1}})";
  const std::string range = R"({"batch":"a","range":[5,6],"side":"s","attrs":{"n":2}})";
  const std::string last =
      R"({"batch":"a","id":7,"side":"processed","attrs":{ "n" : 3 },"op":"add"})";
  CHECK(only_unit(b + '\n' + kOne + '\n' + range + '\n' + b + '\n' + last + '\n') ==
        R"(b: 9@0=expected{"n":1} 'x'@0=expected{"n":1} 9@3=expected{"n":1})"
        R"( 'x'@3=expected{"n":1})"
        "\na: 1@1=expected 5..6@2=s 7@4=processed{ \"n\" : 3 }\n");
}

TEST_CASE("what is said about many ids of one event is held once") {
  std::string ids = "1";
  for (int id = 2; id <= 1000; ++id) ids += ',' + std::to_string(id);
  const std::string attributes = R"({"text":")" + std::string(4000, 'x') + "\"}";
  const Taken all = taken(R"({"batch":"a","side":"expected","ids":[)" + ids + R"(],"attrs":)" +
                          attributes + "}\n");
  REQUIRE(all.units.size() == 1);
  const AddRecords& unit = all.units.front();
  CHECK(unit.details.size() == 1000);
  CHECK(unit.detail_bytes == attributes);
  for (const auto& detail : unit.details)
    CHECK(unit.detail_bytes.substr(detail.begin, detail.length) == attributes);
}

TEST_CASE("a line that is no event is told with its number, and the next ones are read") {
  const Taken all = taken("x\n" + kOne + "\n[]\n{}\n" + R"({"batch":"a","id":1})" + '\n' + kOne +
                          kOne + "\n{\"batch\":\"a\",\"id\":1,\"side\":\"\xff\"}\n" + kTwo);
  REQUIRE(all.units.size() == 1);
  CHECK(shown(all.units.front()) == "a: 1@1=expected 2@7=processed\n");
  CHECK(all.units.front().lines == 8);
  CHECK(all.units.front().refused == 6);
  CHECK(all.pointers == std::vector<std::string>{"/1", "/3", "/4/batch", "/5/side", "/6", "/7"});
}

TEST_CASE("all errors are counted, the first hundred told") {
  std::string text;
  for (int line = 0; line < 250; ++line) text += "x\n";
  const Taken all = taken(text);
  CHECK(all.errors == 250);
  CHECK(all.pointers.size() == 100);
  CHECK(all.pointers.back() == "/100");
}

TEST_CASE("a side beyond all that a unit can name is refused") {
  std::string text;
  for (int side = 0; side < 256; ++side)
    text += R"({"batch":"a","id":1,"side":"s)" + std::to_string(side) + "\"}\n";
  const Taken all = taken(text + R"({"batch":"a","id":1,"side":"s0"})");
  REQUIRE(all.units.size() == 1);
  CHECK(all.units.front().records.size() == 256);
  CHECK(all.pointers == std::vector<std::string>{"/256/side"});
}

TEST_CASE("a unit ends with its 10,000th line, and lines are counted through all units") {
  std::string text;
  for (int line = 0; line < 9'999; ++line) text += "\n";
  CHECK(taken(text).units.size() == 1);
  text += kOne + '\n';
  CHECK(taken(text).units.size() == 1);
  const Taken two = taken(text + kTwo + "\nx\n");
  REQUIRE(two.units.size() == 2);
  CHECK(shown(two.units[0]) == "a: 1@9999=expected\n");
  CHECK(shown(two.units[1]) == "a: 2@0=processed\n");
  CHECK(two.units[0].lines == 10'000);
  CHECK(two.units[1].lines == 2);
  CHECK(two.pointers == std::vector<std::string>{"/10002"});

  EventLines lines;
  CHECK(lines.take(text, true) == text.size());
  CHECK(lines.full());
  CHECK(lines.take(text, true) == 0);  // nothing more before the unit is taken
  static_cast<void>(lines.take_unit());
  CHECK(lines.line_of(9'999) == 10'000);
  CHECK(lines.take(kOne, true) == kOne.size());
  static_cast<void>(lines.take_unit());
  CHECK(lines.line_of(0) == 10'001);
}

TEST_CASE("a unit ends with the line that makes it a mebibyte") {
  const auto line_of = [](std::size_t bytes) {  // with its line feed
    return kOne + std::string(bytes - kOne.size() - 1, ' ') + '\n';
  };
  const std::string half = line_of(EventLines::kUnitBytes / 2);
  CHECK(taken(half + line_of(EventLines::kUnitBytes / 2 - 1) + kOne).units.size() == 1);
  const Taken full = taken(half + half + kOne);
  REQUIRE(full.units.size() == 2);
  CHECK(full.units[0].lines == 2);
  const Taken over = taken(half + line_of(EventLines::kUnitBytes) + kOne);
  REQUIRE(over.units.size() == 2);
  CHECK(over.units[0].lines == 2);
  CHECK(over.units[1].lines == 1);
}

TEST_CASE("units do not depend on the pieces that a body comes in") {
  std::string text;
  for (int line = 0; line < 300; ++line)
    text += (line % 7 == 0 ? "bad\r\n" : kOne + '\n' + kTwo + "\r\n\n");
  text += kTwo;
  const Taken whole = taken(text);
  for (const std::size_t piece : {1U, 2U, 3U, 64U, 1000U}) {
    const Taken cut = taken(text, piece);
    REQUIRE(cut.units.size() == whole.units.size());
    for (std::size_t unit = 0; unit < whole.units.size(); ++unit)
      CHECK(shown(cut.units[unit]) == shown(whole.units[unit]));
    CHECK(cut.pointers == whole.pointers);
  }
}

TEST_CASE("a line without its end is left until more comes") {
  EventLines lines;
  CHECK(lines.take(kOne, false) == 0);
  CHECK(lines.empty());
  CHECK(lines.take(kOne + '\n' + kTwo, false) == kOne.size() + 1);
  CHECK_FALSE(lines.empty());
  CHECK(lines.take(kTwo, true) == kTwo.size());
  CHECK(shown(lines.take_unit()) == "a: 1@0=expected 2@1=processed\n");
  CHECK(lines.empty());
}

}  // namespace
