#include "tests/crash/bad_records.hpp"

#include <map>
#include <utility>

namespace rollcall::test {
namespace {

std::string with_batch(const std::string& rest) {
  return R"({"batch":"bad","side":"expected",)" + rest + "}";
}

std::vector<BadPayload> malformed() {
  return {
      {"", "empty_payload"},
      {"not json", "not_json"},
      {"{", "not_json"},
      {R"({"batch":"bad","id":1)", "not_json"},
      {R"({"batch":"bad","id":01})", "not_json"},
      {R"({"batch":"bad","id":1,})", "not_json"},
      {R"({"batch":"bad","id":1,"more":tru})", "not_json"},
      {"{\"batch\":\"bad\",\"id\":\"\xff\xfe\"}", "not_json"},
      {"{\"batch\":\"bad\",\"id\":\"a\nb\"}", "not_json"},
      {R"({"batch":"bad","id":1} {"batch":"bad","id":2})", "trailing_content"},
      {R"({"batch":"bad","id":1}})", "trailing_content"},
      {R"({"batch":"bad","id":1} x)", "trailing_content"},
      {R"([{"batch":"bad","id":1}])", "not_an_object"},
      {"17", "not_an_object"},
      {R"("text")", "not_an_object"},
      {"null", "not_an_object"},
  };
}

std::vector<BadPayload> wrong_fields() {
  return {
      {R"({"batch":[7],"id":1})", "wrong_type"},
      {R"({"batch":null,"id":1})", "missing_field"},
      {with_batch(R"("id":true)"), "wrong_type"},
      {with_batch(R"("id":null)"), "missing_field"},
      {with_batch(R"("id":{"n":1})"), "wrong_type"},
      {with_batch(R"("ids":5)"), "wrong_type"},
      {with_batch(R"("ids":[1,[2]])"), "wrong_type"},
      {with_batch(R"("range":"1-5")"), "wrong_type"},
      {"{}", "missing_field"},
      {R"({"id":1})", "missing_field"},
      {R"({"batch":"bad","side":"expected"})", "missing_field"},
      {R"({"batch":"","id":1})", "empty_field"},
      {with_batch(R"("id":"")"), "empty_field"},
      {with_batch(R"("ids":[])"), "empty_field"},
      {R"({"batch":")" + std::string(257, 'b') + R"(","id":1})", "field_too_long"},
      {with_batch(R"("id":")" + std::string(513, 'i') + "\""), "field_too_long"},
      {with_batch(R"("range":[-1,5])"), "not_an_integer"},
      {with_batch(R"("id":1.5)"), "not_an_integer"},
      {with_batch(R"("id":10001.0)"), "not_an_integer"},
      {with_batch(R"("id":1e3)"), "not_an_integer"},
      {with_batch(R"("id":1,"ids":[2])"), "conflicting_fields"},
      {with_batch(R"("id":1,"range":[2,3])"), "conflicting_fields"},
      {with_batch(R"("id":1,"id":2)"), "conflicting_fields"},
      {with_batch(R"("range":[5,1])"), "bad_range"},
      {with_batch(R"("range":[1])"), "bad_range"},
      {with_batch(R"("range":[1,2,3])"), "bad_range"},
      {with_batch(R"("range":[0,4294967296])"), "bad_range"},
      {with_batch(R"("id":1,"op":"retract")"), "unsupported_op"},
      {with_batch(R"("op":"seal","expected_count":9)"), "unsupported_op"},
      {R"({"batch":"bad","side":"returned","id":1})", "unknown_side", true},
      {R"({"batch":"bad","id":1})", "missing_field", true},
  };
}

}  // namespace

const std::vector<BadPayload>& bad_payloads() {
  static const std::vector<BadPayload> all = [] {
    std::vector<BadPayload> payloads = malformed();
    for (BadPayload& more : wrong_fields()) payloads.push_back(std::move(more));
    // A sample is cut: the longest that fits into it, and one more.
    payloads.push_back({std::string(1024, 'x'), "not_json"});
    payloads.push_back({std::string(1025, 'x'), "not_json"});
    return payloads;
  }();
  return all;
}

const std::string* reason_of(const std::string& payload, bool events_name_sides) {
  static const auto index = [] {
    std::map<std::string, const BadPayload*> by_payload;
    for (const BadPayload& bad : bad_payloads()) by_payload.emplace(bad.payload, &bad);
    return by_payload;
  }();
  const auto found = index.find(payload);
  if (found == index.end()) return nullptr;
  if (found->second->only_where_events_name_sides && !events_name_sides) return nullptr;
  return &found->second->reason;
}

}  // namespace rollcall::test
