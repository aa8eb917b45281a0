// What a body of records says, and what it is told when it cannot be taken.
#include "connectors/json/records_body.hpp"

#include <doctest/doctest.h>
#include <string>
#include <vector>

using namespace rollcall;
using json::RecordsBody;

namespace {

std::string shown_id(const AddRecords& change, const NamedRecord& record) {
  if (record.kind == NamedRecord::Kind::integer) return std::to_string(record.first);
  return "'" + change.texts.substr(record.first, record.second) + "'";
}

// The records in one line, or the pointers to what is wrong.
std::string shown(const RecordsBody& body) {
  if (body.syntax == RecordsBody::Syntax::malformed) return "malformed";
  if (body.syntax == RecordsBody::Syntax::not_an_object) return "not an object";
  std::string line;
  for (const auto& error : body.errors.first()) line += error.pointer + ' ';
  if (!line.empty()) return line;
  line = std::to_string(body.batch.value_or(0)) + ':';
  const AddRecords& change = body.change;
  std::size_t next_detail = 0;
  for (std::size_t at = 0; at < change.records.size(); ++at) {
    const NamedRecord& record = change.records[at];
    line += ' ' + shown_id(change, record) + '=' + change.sides[record.side];
    if (next_detail < change.details.size() && change.details[next_detail].record == at) {
      const auto& detail = change.details[next_detail++];
      line += change.detail_bytes.substr(detail.begin, detail.length);
    }
  }
  return line;
}

std::string many(std::string text) { return shown(json::read_records(text)); }
std::string one(std::string text) { return shown(json::read_record(text)); }
std::string element(const std::string& record) {
  return many(R"({"batch_id":7,"records":[)" + record + "]}");
}
// An otherwise good record with this id, or this metadata.
std::string id(const std::string& value) {
  return element(R"({"record_id":)" + value + R"(,"status":"expected"})");
}
std::string metadata(const std::string& value) {
  return element(R"({"record_id":1,"status":"expected","record_metadata":)" + value + "}");
}
std::string repeated(const std::string& text, std::size_t times) {
  std::string out;
  while (times-- > 0) out += text;
  return out;
}

TEST_CASE("records are read in their order, whatever the order of their fields") {
  CHECK(many(R"({"batch_id":7,"records":[{"record_id":1,"status":"expected"},)"
             R"({"status":"processed","record_metadata":"x","record_id":"A-1"}]})") ==
        R"(7: 1=expected 'A-1'=processed"x")");
  CHECK(many(R"({"records":[{"record_id":1,"status":"expected"}],"batch_id":7})") ==
        "7: 1=expected");
  CHECK(many(R"( {"batch_id":7,"records":[ ]} )") == "7:");
  CHECK(one(R"({"status":"expected","record_id":1,"batch_id":7})") == "7: 1=expected");
  CHECK(many("\r\n\t {\"batch_id\" : 7 , \"records\" : [ ] }\r\n") == "7:");
}

TEST_CASE("what nobody asked for is passed over, but must be JSON") {
  const std::string nested = R"({"a":[{"records":[1]},{"batch_id":"x"}],"record_id":{}})";
  CHECK(many(R"({"x":)" + nested + R"(,"batch_id":7,"records":[{"record_id":1,"y":)" + nested +
             R"(,"status":"expected"}]})") == "7: 1=expected");
  CHECK(one(R"({"batch_id":7,"records":[1],"record_id":1,"status":"expected"})") ==
        "7: 1=expected");
  CHECK(many(R"({"batch_id":7,"records":[],"x":tru})") == "malformed");
  CHECK(element(R"({"record_id":1,"status":"expected","x":[1,]})") == "malformed");
  CHECK(element(R"({"record_id":1,"status":"expected","x":"\ud800"})") == "malformed");
  CHECK(element(R"({"record_id":1,"status":"expected","x":1e999999})") == "7: 1=expected");
}

TEST_CASE("keys may be escaped") {
  CHECK(many(R"({"batch\u005fid":7,"\u0072ecords":[{"record\u005Fid":1,"st\u0061tus":)"
             R"("expected"}]})") == "7: 1=expected");
  CHECK(many(R"({"batch_id":7,"records":[],"\ud800":1})") == "malformed");
}

TEST_CASE("a field that is given twice is refused") {
  CHECK(many(R"({"batch_id":7,"batch_id":7,"records":[]})") == "/batch_id ");
  CHECK(many(R"({"batch_id":7,"records":[],"records":[]})") == "/records ");
  CHECK(element(R"({"record_id":1,"record_id":2,"status":"expected"})") == "/records/0/record_id ");
  CHECK(element(R"({"record_id":1,"status":"expected","status":"expected"})") ==
        "/records/0/status ");
  CHECK(element(R"({"record_id":1,"status":"expected","record_metadata":"a",)"
                R"("record_metadata":"b"})") == "/records/0/record_metadata ");
  CHECK(one(R"({"batch_id":7,"record_id":1,"status":"expected","record\u005fid":2})") ==
        "/record_id ");
}

TEST_CASE("an id is an integer of any size or a text of 1 to 512 bytes") {
  CHECK(id("0") == "7: 0=expected");
  CHECK(id("-0") == "7: 0=expected");
  CHECK(id("18446744073709551615") == "7: 18446744073709551615=expected");
  CHECK(id("18446744073709551616") == "7: '18446744073709551616'=expected");
  CHECK(id("-1") == "7: '-1'=expected");
  CHECK(id(std::string(400, '9')) == "7: '" + std::string(400, '9') + "'=expected");
  CHECK(id("\"17\"") == "7: 17=expected");
  CHECK(id("\"017\"") == "7: '017'=expected");
  CHECK(id("\"18446744073709551616\"") == "7: '18446744073709551616'=expected");
  CHECK(id(R"("a\u0000b")") == std::string("7: 'a\0b'=expected", 17));
  CHECK(id('"' + std::string(512, 'x') + '"') == "7: '" + std::string(512, 'x') + "'=expected");
  CHECK(one(R"({"batch_id":7,"record_id":-5 ,"status":"expected"})") == "7: '-5'=expected");
  for (const std::string& wrong :
       {std::string{"1e2"}, std::string{"1.0"}, std::string{"1e400"}, std::string{"null"},
        std::string{"true"}, std::string{"[1]"}, std::string{R"({"a":1})"}, std::string{"\"\""},
        '"' + std::string(513, 'x') + '"', std::string(513, '9')}) {
    CAPTURE(wrong);
    CHECK(id(wrong) == "/records/0/record_id ");
  }
  CHECK(id("01") == "malformed");
  CHECK(id("+1") == "malformed");
  CHECK(id("tru") == "malformed");
}

TEST_CASE("null is the same as absent, whatever the field") {
  CHECK(element(R"({"record_id":1,"status":"expected","record_metadata":null})") ==
        "7: 1=expected");
  CHECK(element(R"({"record_id":null,"status":null,"record_metadata":null})") ==
        "/records/0/record_id /records/0/status ");
  CHECK(element(R"({"record_id":null,"record_id":1,"status":"expected","status":null})") ==
        "7: 1=expected");
  CHECK(many(R"({"batch_id":null,"records":null,"batch_id":7,"records":[]})") == "7:");
  std::string text = R"({"batch_id":null})";
  CHECK(json::read_record(text).errors.first().back().message == "is required");
  CHECK(element(R"({"record_id":nul,"status":"expected"})") == "malformed");
}

TEST_CASE("a byte order mark before the body is skipped") {
  CHECK(many("\xef\xbb\xbf{\"batch_id\":7,\"records\":[]}") == "7:");
  CHECK(one("\xef\xbb\xbf {\"batch_id\":7,\"record_id\":1,\"status\":\"expected\"}") ==
        "7: 1=expected");
  CHECK(many("\xef\xbb\xbf[]") == "not an object");
  CHECK(many("\xef\xbb\xbf") == "malformed");
}

TEST_CASE("a batch is named by its number") {
  const auto batch = [](const std::string& value) {
    return many(R"({"batch_id":)" + value + R"(,"records":[]})");
  };
  CHECK(batch("9223372036854775807") == "9223372036854775807:");
  for (const char* wrong : {"0", "-1", "1.0", "1e2", "9223372036854775808", "99999999999999999999",
                            "null", "\"7\"", "[7]", "{}"})
    CHECK(batch(wrong) == "/batch_id ");
}

TEST_CASE("a status is a text that some batch may have for a side") {
  const auto status = [](const std::string& value) {
    return element(R"({"record_id":1,"status":)" + value + "}");
  };
  CHECK(status("\"salesforce\"") == "7: 1=salesforce");
  for (const std::string& wrong :
       {std::string{"\"\""}, std::string{"17"}, std::string{"null"}, std::string{"[\"expected\"]"},
        '"' + std::string(257, 'x') + '"'})
    CHECK(status(wrong) == "/records/0/status ");
  std::string records = R"({"record_id":1,"status":"s0"})";
  for (int side = 1; side < 20; ++side)
    records += R"(,{"record_id":1,"status":"s)" + std::to_string(side) + "\"}";
  CHECK(element(records) ==
        "/records/16/status /records/17/status /records/18/status /records/19/status ");
}

TEST_CASE("metadata are kept as they are written, up to 4 KiB") {
  CHECK(metadata(R"( {"a" : [1.50, "\u0041"]} )") == R"(7: 1=expected{"a" : [1.50, "\u0041"]})");
  CHECK(metadata(R"("\ud83d\ude00")") == R"(7: 1=expected"\ud83d\ude00")");
  CHECK(metadata("null") == "7: 1=expected");
  const std::string longest = '"' + std::string(4094, 'x') + '"';
  CHECK(metadata(longest) == "7: 1=expected" + longest);
  for (const std::string& wrong : {std::string{"17"}, std::string{"true"}, std::string{"[]"},
                                   '"' + std::string(4095, 'x') + '"'})
    CHECK(metadata(wrong) == "/records/0/record_metadata ");
  CHECK(metadata(R"({"a":01})") == "malformed");

  std::string text = R"({"batch_id":7,"record_id":1,"status":"expected","record_metadata":"x"})";
  CHECK(json::read_record(text).metadata == "\"x\"");
  text = R"({"batch_id":7,"record_id":1,"status":"expected"})";
  CHECK(json::read_record(text).metadata == "null");
}

TEST_CASE("what is missing or has the wrong form is told where it is") {
  CHECK(many("{}") == "/batch_id /records ");
  CHECK(one("{}") == "/record_id /status /batch_id ");
  CHECK(many(R"({"batch_id":7,"records":{}})") == "/records ");
  CHECK(many(R"({"batch_id":7,"records":null})") == "/records ");
  CHECK(element("{},17") == "/records/0/record_id /records/0/status /records/1 ");
}

TEST_CASE("all errors are counted, the first hundred told") {
  std::string text = R"({"batch_id":7,"records":[1)" + repeated(",1", 249) + "]}";
  const RecordsBody body = json::read_records(text);
  CHECK(body.errors.count() == 250);
  CHECK(body.errors.first().size() == 100);
  CHECK(body.errors.first().back().pointer == "/records/99");
}

TEST_CASE("one JSON object and nothing else is a body") {
  for (const char* text : {"", " ", "{", "}", "{}{}", "{} x", "{}\n,", R"({"batch_id":7,})",
                           R"({"batch_id":7 "records":[]})", "{'batch_id':7}", "nul",
                           R"({"batch_id":7,"records":[})", R"({"batch_id":7,"records":[{]}})",
                           "{\"a\":\"\xff\"}", "{\"\xc0\x80\":1}", "\xef\xbb\xbf{} {}", "[1,]"}) {
    CAPTURE(text);
    CHECK(many(text) == "malformed");
    CHECK(one(text) == "malformed");
  }
  for (const char* text : {"[]", "17", "\"x\"", "null", " [{\"batch_id\":7}] ", "-0.5e3"}) {
    CAPTURE(text);
    CHECK(many(text) == "not an object");
    CHECK(one(text) == "not an object");
  }
  CHECK(many(std::string(5000, '[') + std::string(5000, ']')) == "malformed");
  CHECK(many(R"({"x":)" + std::string(600, '[') + std::string(600, ']') + "}") == "malformed");
}

}  // namespace
