// Where producers deviate from an event's shape and mean well: their ids are taken.
#include <doctest/doctest.h>
#include <string>
#include <utility>
#include <vector>

#include "tests/json/decoded.hpp"

using namespace rollcall;
using namespace rollcall::test;
using json::FieldNames;

TEST_CASE("a byte order mark before the JSON is skipped") {
  check_all({
      {"\xef\xbb\xbf{\"batch\":\"b\",\"id\":1}", "b: 1"},
      {"\xef\xbb\xbf \r\n{\"batch\":\"b\",\"id\":1}", "b: 1"},
      {"\xef\xbb\xbf{\"batch\":\"b\",\"id\":1}\xef\xbb\xbf", "trailing_content"},
      {"\xef\xbb\xbf[]", "not_an_object"},
  });
}

TEST_CASE("null is the same as absent, whatever the field") {
  check_all({
      {with(R"("ts":null,"due":null,"source":null,"attrs":null,"side":null,"op":null)"), "b: 1"},
      {with(R"("ids":null,"range":null)"), "b: 1"},
      {R"({"batch":"b","id":null,"ids":[2]})", "b: 2"},
      {R"({"batch":"b","id":null,"ids":null,"range":[1,2]})", "b: [1..2]"},
      {R"({"batch":null,"id":1})", "missing_field batch"},
      {R"({"batch":"b","id":null})", "missing_field id"},
      {R"({"batch":"b","ids":null})", "missing_field id"},
      {R"({"batch":null,"id":null,"range":null})", "missing_field batch"},
      // Of a field that stands there twice, too.
      {R"({"batch":null,"batch":"b","id":null,"id":1,"id":null})", "b: 1"},
      {with(R"("attrs":null,"attrs":{"a":1},"attrs":null)"), "b: 1 attrs={\"a\":1}"},
      // An element of a list is no field: what it was meant to be is not known.
      {R"({"batch":"b","ids":[null]})", "wrong_type ids"},
      {R"({"batch":"b","id":nul})", "not_json"},
  });
}

TEST_CASE(
    "an optional field that cannot be read is left out and counted, and the record is taken") {
  for (const auto* field : {"ts", "due", "source", "attrs"}) {
    for (const auto* value : {"true", "[1]", R"("")"}) {
      CAPTURE(field);
      CAPTURE(value);
      CHECK(decoded(with("\"" + std::string(field) + "\":" + value)) == "b: 1 unread=1");
    }
  }
  check_all({
      {with(R"("ts":"yesterday","due":"tomorrow","source":5,"attrs":[])"), "b: 1 unread=4"},
      {with(R"("ts":{},"due":{"in":"30m"})"), "b: 1 unread=2"},
      {with(R"("source":"a\u0000b")"), "b: 1 unread=1"},
      {with(R"("source":{"name":"crm"},"attrs":"a")"), "b: 1 unread=2"},
      {with(R"("attrs":{"a":")" + text_of(4096) + "\"}"), "b: 1 unread=1"},
      {with(R"("ts":0,"ts":1)"), "b: 1 unread=1"},
      {with(R"("attrs":{"a":1},"attrs":{"a":2})"), "b: 1 unread=1"},
      {with(R"("x":1,"ts":"?")"), "b: 1 unknown=1 unread=1"},
      // What is no JSON at all stays that.
      {with(R"("ts":"\ud800")"), "not_json"},
      {with(R"("ts":01)"), "not_json"},
      {with(R"("source":tru)"), "not_json"},
      {with(R"("attrs":[1,])"), "not_json"},
  });
}

TEST_CASE("an integer of any size is an id; beyond 0 to 2^64-1 it is the text of its digits") {
  const std::string long_one(512, '7');
  for (const auto& [number, id] : std::vector<std::pair<std::string, std::string>>{
           {"-5", "'-5'"},
           {"-1", "'-1'"},
           {"-0", "0"},
           {"-9223372036854775809", "'-9223372036854775809'"},
           {"18446744073709551616", "'18446744073709551616'"},
           {"99999999999999999999999999", "'99999999999999999999999999'"},
           {long_one, "'" + long_one + "'"}}) {
    CAPTURE(number);
    CHECK(decoded(R"({"batch":"b","id":)" + number + "}") == "b: " + id);
    CHECK(decoded(R"({"batch":"b","id":)" + number + " \n}") == "b: " + id);
    CHECK(decoded(R"({"batch":"b","ids":[1,)" + number + ",2]}") == "b: 1 " + id + " 2");
    CHECK(decoded(R"({"id":1,"batch":)" + number + "}") == (number.size() > 256
                                                                ? "field_too_long batch"
                                                            : number == "-0" ? "0: 1"
                                                                             : number + ": 1"));
  }
  check_all({{R"({"batch":"b","id":)" + long_one + "7}", "field_too_long id"},
             {R"({"batch":20261125,"id":1})", "20261125: 1"},
             {R"({"batch":0,"id":1})", "0: 1"},
             {R"({"batch":)" + text_of(0) + std::string(256, '7') + R"(,"id":1})",
              std::string(256, '7') + ": 1"},
             {R"({"batch":1.0,"id":1})", "not_an_integer batch"},
             {R"({"batch":1e5,"id":1})", "not_an_integer batch"},
             {R"({"batch":01,"id":1})", "not_json"}});
}

TEST_CASE("times are read as people write them") {
  for (const auto* field : {"ts", "due"}) {
    for (const auto* value :
         {R"("2026-11-21T09:30:00Z")", R"("2026-11-25 07:00:00+00")",
          R"("2026-11-25T07:00:00+0000")", R"("2026-11-21T09:30:00")", R"("2026-11-21")",
          "1795253400000", "1795253400000.5", "1795253400000123", "1.7952534e12", "0"}) {
      CAPTURE(value);
      CHECK(decoded(with("\"" + std::string(field) + "\":" + value)) == "b: 1");
    }
    for (const auto* value : {R"("yesterday")", R"("2026-02-29T00:00:00Z")", "-1", "-0.5", "1e18",
                              "99999999999999999999", "1e400"}) {
      CAPTURE(value);
      CHECK(decoded(with("\"" + std::string(field) + "\":" + value)) == "b: 1 unread=1");
    }
  }
  CHECK(decoded(with(R"("ts":"30m")")) == "b: 1 unread=1");
  CHECK(decoded(with(R"("due":"30 minutes")")) == "b: 1 unread=1");
}

TEST_CASE(
    "on the way to an optional field anything may stand, on the way to a needed one an object") {
  FieldNames names;
  names.ts = "/meta/times/at";
  names.source = "/meta/source";
  names.side = "/where/side";
  names.due = "/where/due";
  check_all({{with(R"("meta":{"times":{"at":"2026-11-21"},"source":"s"})"), "b: 1"},
             {with(R"("meta":"none")"), "b: 1 unread=1"},
             {with(R"("meta":{"times":17,"source":[]})"), "b: 1 unread=2"},
             {with(R"("meta":null,"where":null)"), "b: 1"},
             {with(R"("where":"there")"), "wrong_type where"}},
            names);
}
