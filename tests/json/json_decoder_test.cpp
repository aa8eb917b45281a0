// What an event is, and which reason every kind of bad record is given.
#include "connectors/json/json_decoder.hpp"

#include <doctest/doctest.h>
#include <string>
#include <vector>

#include "connectors/json/json_syntax.hpp"
#include "tests/json/decoded.hpp"

using namespace rollcall;
using json::FieldNames;
using json::JsonDecoder;
using namespace rollcall::test;

TEST_CASE("an event names its batch and its records in any order of fields") {
  check_all({
      {R"({"batch":"orders","id":17})", "orders: 17"},
      {R"({"id":17,"batch":"orders"})", "orders: 17"},
      {" \t\r\n{ \"batch\" : \"orders\" , \"id\" : 17 } \n", "orders: 17"},
      {R"({"batch":"b","id":"A-17"})", "b: 'A-17'"},
      {R"({"batch":"b","ids":[3,"x","4"]})", "b: 3 'x' 4"},
      {R"({"batch":"b","range":[5,9]})", "b: [5..9]"},
      {R"({"batch":"b","range":[7,7]})", "b: [7..7]"},
      {R"({"batch":"b","range":["18446744073709551614",18446744073709551615]})",
       "b: [18446744073709551614..18446744073709551615]"},
      {R"({"batch":"b","range":[0,4294967295]})", "b: [0..4294967295]"},
      {with(R"("side":"salesforce","source":"crm","op":"add","attrs":{"a":[1,{}]})"),
       "b: 1 side=salesforce attrs={\"a\":[1,{}]}"},
      {with(R"("ts":1795253400000,"due":"30m")"), "b: 1"},
      {with(R"("ts":"2026-11-21T09:30:00Z","due":"2026-11-21T10:30:00.5+01:00")"), "b: 1"},
      {with(R"("ts":0,"due":1795253400000)"), "b: 1"},
  });
}

TEST_CASE("a canonical decimal is an integer however it is written") {
  check_all({
      {R"({"batch":"b","id":"17"})", "b: 17"},
      {R"({"batch":"b","id":0})", "b: 0"},
      {R"({"batch":"b","id":"0"})", "b: 0"},
      {R"({"batch":"b","id":"017"})", "b: '017'"},
      {R"({"batch":"b","id":"-1"})", "b: '-1'"},
      {R"({"batch":"b","id":" 1"})", "b: ' 1'"},
      {R"({"batch":"b","id":18446744073709551615})", "b: 18446744073709551615"},
      {R"({"batch":"b","id":"18446744073709551615"})", "b: 18446744073709551615"},
      {R"({"batch":"b","id":"18446744073709551616"})", "b: '18446744073709551616'"},
      {R"({"batch":"b","id":9223372036854775808})", "b: 9223372036854775808"},
  });
}

TEST_CASE("escapes in keys and texts are undone") {
  check_all({
      {R"({"\u0062atch":"b","i\u0064":1})", "b: 1"},
      {R"({"batch":"\u00fc\ud83d\ude00\n","id":"\"\\\/"})", "\u00fc\U0001F600\n: '\"\\/'"},
      {R"({"batch":"b","id":"\u0031\u0037"})", "b: 17"},
      {R"({"b\"atch":"x","batch":"b","id":1})", "b: 1 unknown=1"},
      {R"({"batch":"b","ids":["\u0061","\u0062\u0063"]})", "b: 'a' 'bc'"},
      {R"({"batch":"b","id":"\u0000"})", std::string("b: '") + '\0' + "'"},
  });
}

TEST_CASE("unknown fields are counted and otherwise ignored") {
  check_all({
      {with(R"("x":1)"), "b: 1 unknown=1"},
      {with(R"("x":{"batch":"other","id":[{}]},"y":[[],"]"],"z":null,"":true)"), "b: 1 unknown=4"},
      {with(R"("x":1,"x":2)"), "b: 1 unknown=2"},
      {with(R"("Batch":"c","batches":"d","i":5)"), "b: 1 unknown=3"},
  });
}

TEST_CASE("what is not one JSON text in UTF-8 is not_json, whatever else is wrong with it") {
  CHECK(decoded("") == "empty_payload");
  check_all({
      {" ", "not_json"},
      {"{", "not_json"},
      {R"({"batch":"b","id":1)", "not_json"},
      {R"({"batch":"b","id":1,})", "not_json"},
      {R"({,"batch":"b","id":1})", "not_json"},
      {R"({"batch":"b" "id":1})", "not_json"},
      {R"({"batch":"b","id" 1})", "not_json"},
      {R"({"batch":"b","id":})", "not_json"},
      {R"({batch:"b","id":1})", "not_json"},
      {R"({'batch':'b','id':1})", "not_json"},
      {R"({"batch":"b","id":01})", "not_json"},
      {R"({"batch":"b","id":1x})", "not_json"},
      {R"({"batch":"b","id":+1})", "not_json"},
      {R"({"batch":"b","id":1.})", "not_json"},
      {R"({"batch":"b","id":.5})", "not_json"},
      {R"({"batch":"b","id":1e})", "not_json"},
      {R"({"batch":"b","id":-})", "not_json"},
      {R"({"batch":"b","id":NaN})", "not_json"},
      {R"({"batch":"b","id":"open})", "not_json"},
      {R"({"batch":"b","id":"\x"})", "not_json"},
      {R"({"batch":"b","id":"\ud800"})", "not_json"},
      {R"({"batch":"b","id":"\udc00"})", "not_json"},
      {R"({"batch":"b","id":"\ud800\u0041"})", "not_json"},
      {R"({"batch":"b","id":"\u12"})", "not_json"},
      {R"({"ba\qtch":"b","id":1})", "not_json"},
      {"{\"batch\":\"b\xff\",\"id\":1}", "not_json"},
      {"{\"batch\":\"b\xc0\x80\",\"id\":1}", "not_json"},
      {"{\"batch\":\"b\xed\xa0\x80\",\"id\":1}", "not_json"},
      {"{\"batch\":\"b\n\",\"id\":1}", "not_json"},
      {std::string("{\"batch\":\"b\0\",\"id\":1}", 20), "not_json"},
      {"\xef\xbb\xbf", "not_json"},
      {"\xef\xbb{\"batch\":\"b\",\"id\":1}", "not_json"},
      {"\xef\xbb\xbf\xef\xbb\xbf{\"batch\":\"b\",\"id\":1}", "not_json"},
      {" \xef\xbb\xbf{\"batch\":\"b\",\"id\":1}", "not_json"},
      {R"({"batch":7,"id":tru})", "not_json"},
      {R"([1,2)", "not_json"},
      {R"({"batch":"b","ids":[1,2})", "not_json"},
      {R"({"batch":"b","ids":[1,]})", "not_json"},
      {R"({"batch":"b","range":[,1]})", "not_json"},
      {"hello", "not_json"},
      {"batch=b&id=1", "not_json"},
  });
}

TEST_CASE("values that no field needs must be JSON too") {
  check_all({
      {with(R"("x":tru)"), "not_json"},
      {with(R"("x":nul)"), "not_json"},
      {with(R"("x":1.2.3)"), "not_json"},
      {with(R"("x":"\ud800")"), "not_json"},
      {with(R"("x":{"y":tru})"), "not_json"},
      {with(R"("x":[1 2])"), "not_json"},
      {with(R"("x":[1},"y":{2])"), "not_json"},
      {with(R"("x":[[[{"y":}]]])"), "not_json"},
      {with(R"("attrs":{"a":falsey})"), "not_json"},
      {with("\"x\":" + std::string(10'000, '[') + std::string(10'000, ']')), "not_json"},
      {with("\"x\":" + std::string(400, '[') + std::string(400, ']')), "b: 1 unknown=1"},
  });
}

TEST_CASE("anything behind the event is trailing_content") {
  check_all({
      {R"({"batch":"b","id":1}{"batch":"b","id":2})", "trailing_content"},
      {R"({"batch":"b","id":1} xyz)", "trailing_content"},
      {R"({"batch":"b","id":1}})", "trailing_content"},
      {R"({"batch":"b","id":1},)", "trailing_content"},
      {R"({"batch":"b","id":1} 5)", "trailing_content"},
      {R"(5 {"batch":"b","id":1})", "trailing_content"},
      {R"([] [])", "trailing_content"},
      {R"({"batch":5,"id":1}])", "trailing_content"},
  });
}

TEST_CASE("JSON that is no object is not_an_object") {
  check_all({{"[]", "not_an_object"},
             {R"([{"batch":"b","id":1}])", "not_an_object"},
             {"17", "not_an_object"},
             {R"("text")", "not_an_object"},
             {" null ", "not_an_object"},
             {"true", "not_an_object"}});
}

TEST_CASE("a field of another type than its own is wrong_type") {
  check_all({
      {R"({"batch":true,"id":1})", "wrong_type batch"},
      {R"({"batch":["b"],"id":1})", "wrong_type batch"},
      {R"({"batch":"a\u0000b","id":1})", "wrong_type batch"},
      {R"({"batch":"b","id":true})", "wrong_type id"},
      {R"({"batch":"b","id":[1]})", "wrong_type id"},
      {R"({"batch":"b","id":{"n":1}})", "wrong_type id"},
      {R"({"batch":"b","ids":1})", "wrong_type ids"},
      {R"({"batch":"b","ids":[1,null]})", "wrong_type ids"},
      {R"({"batch":"b","ids":[[1]]})", "wrong_type ids"},
      {R"({"batch":"b","range":"1-5"})", "wrong_type range"},
      {R"({"batch":"b","range":{"lo":1,"hi":5}})", "wrong_type range"},
      {R"({"batch":"b","range":[1,null]})", "wrong_type range"},
      {with(R"("side":1)"), "wrong_type side"},
      {with(R"("op":true)"), "wrong_type op"},
  });
}

TEST_CASE("missing, empty and overlong fields have a reason each") {
  check_all({
      {"{}", "missing_field batch"},
      {R"({"id":1})", "missing_field batch"},
      {R"({"batch":"b"})", "missing_field id"},
      {R"({"batch":"b","side":"expected"})", "missing_field id"},
      {R"({"batch":"","id":1})", "empty_field batch"},
      {R"({"batch":"b","id":""})", "empty_field id"},
      {R"({"batch":"b","ids":[]})", "empty_field ids"},
      {R"({"batch":"b","ids":[1,""]})", "empty_field ids"},
      {with(R"("side":"")"), "empty_field side"},
      {with(R"("op":"")"), "empty_field op"},
      {R"({"batch":")" + text_of(257) + R"(","id":1})", "field_too_long batch"},
      {R"({"batch":")" + text_of(256) + R"(","id":1})", text_of(256) + ": 1"},
      {R"({"batch":"b","id":")" + text_of(513) + "\"}", "field_too_long id"},
      {R"({"batch":"b","id":")" + text_of(512) + "\"}", "b: '" + text_of(512) + "'"},
      {R"({"batch":"b","ids":["a",")" + text_of(513) + "\"]}", "field_too_long ids"},
      // 129 times two bytes of UTF-8, written as escapes: the limit is on the text, not on its spelling.
      {[] {
         std::string batch;
         for (int i = 0; i < 129; ++i) batch += "\\u00fc";
         return R"({"batch":")" + batch + R"(","id":1})";
       }(),
       "field_too_long batch"},
  });
}

TEST_CASE("a number that is no integer, or in a range none below 2^64, is not_an_integer") {
  for (const auto* number : {"1.5", "1e3", "1E3", "1.0", "-1.0", "0.0", "-0.0", "1e400"}) {
    CAPTURE(number);
    CHECK(decoded(R"({"batch":"b","id":)" + std::string(number) + "}") == "not_an_integer id");
    CHECK(decoded(R"({"batch":"b","ids":[1,)" + std::string(number) + "]}") ==
          "not_an_integer ids");
  }
  for (const auto* bound :
       {"1.5", "1e3", "-1", "18446744073709551616", R"("01")", R"("-1")", R"("")"}) {
    CAPTURE(bound);
    CHECK(decoded(R"({"batch":"b","range":[1,)" + std::string(bound) + "]}") ==
          "not_an_integer range");
  }
}

TEST_CASE("one event has one of id, ids and range, and no field twice") {
  check_all({
      {with(R"("ids":[2])"), "conflicting_fields ids"},
      {with(R"("range":[1,2])"), "conflicting_fields range"},
      {R"({"batch":"b","range":[1,2],"ids":[3]})", "conflicting_fields range"},
      {with(R"("id":1)"), "conflicting_fields id"},
      {with(R"("batch":"b")"), "conflicting_fields batch"},
      {with(R"("i\u0064":2)"), "conflicting_fields id"},
      {with(R"("op":"add","op":"add")"), "conflicting_fields op"},
  });
}

TEST_CASE("a range is two integers in order, not too many of them") {
  check_all({
      {R"({"batch":"b","range":[9,5]})", "bad_range range"},
      {R"({"batch":"b","range":[]})", "bad_range range"},
      {R"({"batch":"b","range":[1]})", "bad_range range"},
      {R"({"batch":"b","range":[1,2,3]})", "bad_range range"},
      {R"({"batch":"b","range":[0,4294967296]})", "bad_range range"},
      {R"({"batch":"b","range":[0,18446744073709551615]})", "bad_range range"},
  });
}

TEST_CASE("every operation but add is unsupported, and says so before it asks for an id") {
  check_all({
      {with(R"("op":"retract")"), "unsupported_op op"},
      {R"({"batch":"b","op":"seal","expected_count":5})", "unsupported_op op"},
      {with(R"("op":"ADD")"), "unsupported_op op"},
      {with(R"("op":"frobnicate")"), "unsupported_op op"},
  });
}

TEST_CASE("of several wrong fields the first one is named") {
  check_all({{R"({"batch":"","id":1.5})", "empty_field batch"},
             {R"({"id":1.5,"batch":""})", "not_an_integer id"},
             {R"({"x":1,"side":7,"op":"seal"})", "wrong_type side"}});
}

TEST_CASE("fields are found where the mapping says") {
  FieldNames names;
  names.batch = "/order/batch_no";
  names.id = "/order/line/key";
  names.side = "/meta/a~1b";
  names.ts = "/created";
  names.ids = "";
  check_all(
      {
          {R"({"order":{"batch_no":"b","line":{"key":5}}})", "b: 5"},
          {R"({"created":5,"order":{"x":{"batch_no":"c"},"line":{"key":"k","y":1},"batch_no":"b"}})",
           "b: 'k' unknown=2"},
          {R"({"order":{"batch_no":"b","line":{"key":5}},"meta":{"a/b":"left"}})",
           "b: 5 side=left"},
          {R"({"order":{"batch_no":"b","line":{"key":5}},"meta":null})", "b: 5"},
          {R"({"order":{"batch_no":"b","line":{"key":5}},"ids":[1]})", "b: 5 unknown=1"},
          {R"({"batch":"b","id":5})", "missing_field /order/batch_no"},
          {R"({"order":{"batch_no":"b","line":{}}})", "missing_field /order/line/key"},
          {R"({"order":{"batch_no":"b","line":null}})", "missing_field /order/line/key"},
          {R"({"order":{"batch_no":"b","line":7}})", "wrong_type /order/line"},
          {R"({"order":[],"line":7})", "wrong_type order"},
          {R"({"order":{"batch_no":"b","line":{"key":1.5}}})", "not_an_integer /order/line/key"},
          {R"({"created":"x","order":{"batch_no":"b","line":{"key":1}}})", "b: 1 unread=1"},
          {R"({"order":{"batch_no":4711,"line":{"key":-5}}})", "4711: '-5'"},
          {R"({"order":{"batch_no":"b","line":{"key":null}}})", "missing_field /order/line/key"},
          {R"({"order":{"batch_no":"b"},"order":{"batch_no":"b","line":{"key":1}}})",
           "conflicting_fields /order/batch_no"},
          {R"({"order":{"batch_no":"b","line":{"key":5}})", "not_json"},
      },
      names);
}

TEST_CASE("a mapping that cannot be used says everything that is wrong with it") {
  CHECK(problems(FieldNames{}).empty());
  FieldNames names;
  names.batch = "";
  names.id = "id";
  names.ids = "/a~2";
  names.range = "/op";
  names.attrs = "/order";
  names.source = "/order/source";
  CHECK(problems(names).size() == 5);
  FieldNames none;
  none.id = none.ids = none.range = "";
  CHECK(problems(none).size() == 1);
}

TEST_CASE("views of the event live until the next record, also when escapes were undone") {
  JsonDecoder decoder;
  BadRecord bad;
  std::string payload =
      R"({"batch":"\u0062atch","ids":["\u0061a","bb"],"side":"\u0073","x":"\u0079"})";
  const auto* event = decoder.decode(payload, bad);
  payload.assign(payload.size(), '#');
  REQUIRE(event != nullptr);
  CHECK(event->batch == "batch");
  CHECK(event->side == "s");
  CHECK(event->ids[0].text() == "aa");
  CHECK(event->ids[1].text() == "bb");
}

TEST_CASE("long payloads and short ones follow each other") {
  JsonDecoder decoder;
  const auto big = with("\"x\":\"" + text_of(1'000'000) + "\"");
  for (int i = 0; i < 3; ++i) {
    CHECK(decoded(decoder, R"({"batch":"b","id":1})") == "b: 1");
    CHECK(decoded(decoder, big) == "b: 1 unknown=1");
  }
}
