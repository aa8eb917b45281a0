// JSON and NDJSON files: bare ids, objects with an id, and events.
#include <doctest/doctest.h>
#include <string>
#include <vector>

#include "tests/files/collected.hpp"

namespace rollcall::files::test {
namespace {

using Texts = std::vector<std::string>;

ReaderOptions options_for(Format format, const std::string& side = "expected") {
  ReaderOptions options;
  options.format = format;
  options.mapping.batch = "b";
  options.mapping.side = side;
  return options;
}

Collected read(const ReaderOptions& options, const std::string& bytes) {
  auto whole = read_whole(options, bytes);
  for (const std::size_t piece : {1U, 2U, 3U, 5U, 7U}) {
    CAPTURE(piece);
    CHECK(is_same(whole, read_whole(options, bytes, piece)));
  }
  return whole;
}

TEST_CASE("bare ids become events") {
  const Texts events{R"(1 {"batch":"b","side":"expected","id":17})",
                     R"(1 {"batch":"b","side":"expected","id":"x \" 1"})"};
  CHECK(read(options_for(Format::json), R"([17, "x \" 1"])").records == events);
  CHECK(read(options_for(Format::ndjson), "17\n\n\"A\"\r\n").records ==
        Texts{R"(1 {"batch":"b","side":"expected","id":17})",
              R"(3 {"batch":"b","side":"expected","id":"A"})"});
}

TEST_CASE("an object's id, side and metadata are found by name") {
  const auto options = options_for(Format::json, "");
  const auto collected = read(options, R"({"batch_id": 1, "more": [[{}], "]"], "records": [
    {"record_id": 10001, "status": "expected", "record_metadata": "Order 10001"},
    {"id": "x", "side": "processed",
     "record_metadata": null}
  ], "next": {"a": "}"}})");
  CHECK(collected.failure.empty());
  CHECK(collected.refusals.empty());
  CHECK(
      collected.records ==
      Texts{
          R"(2 {"batch":"b","side":"expected","id":10001,"attrs":{"record_metadata":"Order 10001"}})",
          R"(3 {"batch":"b","side":"processed","id":"x"})"});
}

TEST_CASE("null is as good as absent, and integers of any size are ids") {
  auto options = options_for(Format::ndjson, "");
  options.mapping.batch.clear();
  const auto collected = read(
      options, R"({"batch":"B","side":"x","id":null,"ids":[1,-5],"range":null,"op":null,"ts":null})"
               "\n"
               R"({"batch":7,"side":null,"status":"x","record_id":null,"id":-5,"attrs":null})"
               "\n"
               R"({"batch":"B","side":"x","id":18446744073709551616,"id":null,"source":null})"
               "\n"
               R"({"batch":null,"side":"x","id":1})"
               "\n"
               R"({"batch":"B","side":"x","id":null})"
               "\n"
               R"({"batch":"B","side":null,"id":1})");
  CHECK(collected.records == Texts{R"(1 {"batch":"B","side":"x","ids":[1,-5]})",
                                   R"(2 {"batch":7,"side":"x","id":-5})",
                                   R"(3 {"batch":"B","side":"x","id":18446744073709551616})"});
  CHECK(collected.refusals == Texts{"4 batch: missing; give --batch", "5 record_id: missing",
                                    "6 side: missing; give --side"});
  CHECK(read(options_for(Format::ndjson), "-5\n18446744073709551616\n").refusals.empty());
}

TEST_CASE("a side that nearly every batch has is found in any case") {
  CHECK(read(options_for(Format::ndjson, ""), R"({"id":1,"status":"Expected"})"
                                              "\n"
                                              R"({"id":2,"side":" PROCESSED "})"
                                              "\n"
                                              R"({"id":3,"side":"Shipped"})"
                                              "\n"
                                              R"({"id":4,"side":"\u0045xpected"})")
            .records == Texts{R"(1 {"batch":"b","side":"expected","id":1})",
                              R"(2 {"batch":"b","side":"processed","id":2})",
                              R"(3 {"batch":"b","side":"Shipped","id":3})",
                              R"(4 {"batch":"b","side":"\u0045xpected","id":4})"});
}

TEST_CASE("a record is refused where what it is made of is given twice") {
  auto options = options_for(Format::ndjson, "");
  options.mapping.batch.clear();
  const std::string rest = R"(,"batch":"B","side":"x"})";
  CHECK(read(options, R"({"id":1,"id":2)" + rest + "\n" + R"({"ids":[1],"ids":[2])" + rest + "\n" +
                          R"({"id":1,"batch":"A")" + rest + "\n" + R"({"id":1,"side":"y")" + rest +
                          "\n" + R"({"id":1,"n":1,"n":2)" + rest)
            .refusals == Texts{"1 id: given twice", "2 ids: given twice", "3 batch: given twice",
                               "4 side: given twice"});
  // What is given for the whole file holds, whatever the record says itself.
  CHECK(read(options_for(Format::ndjson), R"({"id":1,"batch":"A")" + rest).refusals.empty());
}

TEST_CASE("an event passes as it is, in the spelling that it has") {
  auto options = options_for(Format::ndjson, "");
  options.mapping.batch.clear();
  const auto collected =
      read(options, R"({"batch":"B","side":"expected","ids":[1,"2"],"ts":1.0e3})"
                    "\n"
                    R"({"op":"seal","batch":"B","expected_count":3})"
                    "\n"
                    R"({"attrs":{"n":1.10},"id":5,"side":"x","batch":"B","other":1})"
                    "\n");
  CHECK(collected.refusals.empty());
  CHECK(collected.records == Texts{R"(1 {"batch":"B","side":"expected","ids":[1,"2"],"ts":1.0e3})",
                                   R"(2 {"batch":"B","op":"seal","expected_count":3})",
                                   R"(3 {"batch":"B","side":"x","id":5,"attrs":{"n":1.10}})"});
}

TEST_CASE("what is given for the whole file holds for each record") {
  CHECK(
      read(options_for(Format::ndjson), R"({"batch":"other","side":"processed","id":1})").records ==
      Texts{R"(1 {"batch":"b","side":"expected","id":1})"});
}

TEST_CASE("named members are used instead of the usual ones") {
  auto options = options_for(Format::ndjson, "");
  options.mapping.id_column = "no";
  options.mapping.side_column = "kind";
  options.mapping.metadata_columns = {"n", "absent"};
  CHECK(read(options, R"({"id":1,"no":2,"kind":"processed","status":"x","n":[1.0],"attrs":{}})")
            .records == Texts{R"(1 {"batch":"b","side":"processed","id":2,"attrs":{"n":[1.0]}})"});
}

TEST_CASE("a record that cannot be used is refused with line and field, and reading goes on") {
  const auto collected = read(options_for(Format::ndjson),
                              "1\n{\n\"\"\n1.5\nnull\n{\"x\":1}\n"
                              "{\"id\":true}\n\"\xFF\"\n1 2\n2\n");
  CHECK(collected.failure.empty());
  CHECK(collected.records.size() == 2);
  CHECK(collected.refusals ==
        Texts{"2 : not one JSON text", "3 : empty", "4 : a number that is no integer",
              "5 : neither an integer nor a text", "6 record_id: missing",
              "7 id: neither an integer nor a text", "8 : not UTF-8", "9 : not one JSON text"});
  auto nothing_given = options_for(Format::ndjson, "");
  CHECK(read(nothing_given, "1\n{\"id\":1}").refusals ==
        Texts{"1 side: missing; give --side", "2 side: missing; give --side"});
  nothing_given.mapping.batch.clear();
  CHECK(read(nothing_given, "{\"id\":1}").refusals == Texts{"1 batch: missing; give --batch"});
}

TEST_CASE("an array need not be laid out in any way") {
  const auto collected =
      read(options_for(Format::json), "\xEF\xBB\xBF [1,\n2\n\n, {\n\"id\":3}] \n");
  CHECK(collected.records == Texts{R"(1 {"batch":"b","side":"expected","id":1})",
                                   R"(2 {"batch":"b","side":"expected","id":2})",
                                   R"(4 {"batch":"b","side":"expected","id":3})"});
  CHECK(read(options_for(Format::json), "[]").failure.empty());
  CHECK(read(options_for(Format::json), R"({"records":[]})").failure.empty());
}

TEST_CASE("a damaged element is refused alone; a damaged array ends the reading") {
  const auto options = options_for(Format::json);
  CHECK(read(options, "[1 , 2x, {\"id\" 3}, 4]").refusals ==
        Texts{"1 : not one JSON text", "1 : not one JSON text"});
  const auto failure = [&](const std::string& text) { return read(options, text).failure; };
  CHECK(failure("") == "line 1: the file is empty");
  CHECK(failure("[1,\n2") == "line 2: the file ends in the middle");
  CHECK(failure("[1,,2]") == "line 1: a value is missing before ','");
  CHECK(failure("[1,]") == "line 1: a value is missing before ']'");
  CHECK(failure("[1 2]") == "line 1: expected ',', found another character");
  CHECK(failure("[1]\n2") == "line 2: something stands behind the end of the JSON text");
  CHECK(failure("17").find("neither an array nor an object") != std::string::npos);
  CHECK(failure(R"({"items":[1]})") ==
        "line 1: there is no array: neither around everything nor as \"records\"");
  CHECK(failure(R"({"records":{}})") == "line 1: \"records\" is no array");
  CHECK(failure(R"({records:[]})").starts_with("line 1: expected"));
}

TEST_CASE("no element and no line may be longer than a megabyte") {
  const std::string text = "\"" + std::string(1'200'000, 'x') + "\"";
  CHECK(read_whole(options_for(Format::json), "[1,\n" + text + "]", 65'536).failure ==
        "line 2: an element of more than 1 MiB begins here");
  CHECK(read_whole(options_for(Format::ndjson), "1\n" + text, 65'536).failure ==
        "line 2: longer than 1 MiB; one event stands on each line");
}

}  // namespace
}  // namespace rollcall::files::test
