#include "tests/api/asking.hpp"

#include <doctest/doctest.h>

namespace rollcall::test {

namespace json = boost::json;

Call post(const std::string& id, const std::string& target, const std::string& body,
          const std::string& type) {
  return {id, target, {{"Content-Type", type}}, body};
}

Call with_key(Call call, const std::string& key) {
  call.headers["Idempotency-Key"] = key;
  return call;
}

std::string code_of(const http::WireAnswer& answer) {
  boost::system::error_code error;
  const json::value body = json::parse(answer.body, error);
  const json::value* code = body.is_object() ? member(body.as_object(), "code") : nullptr;
  return code == nullptr ? answer.body : std::string{code->as_string().c_str()};
}

std::string first_pointer_of(const http::WireAnswer& answer) {
  return json::parse(answer.body).at("errors").at(0).at("pointer").as_string().c_str();
}

void refuse_bodies(Contract& contract, const std::string& id, const std::string& target) {
  contract.ask(post(id, target, "{}"), 422);
  contract.ask(post(id, target, "[]"), 422);
  contract.ask(post(id, target, "{\"a\":"), 400);
  contract.ask(post(id, target, "{}{}"), 400);
  contract.ask(post(id, target, "{}", "text/plain"), 415);
  contract.ask({id, target, {}, "{}"}, 415);
  Call coded = post(id, target, "{}");
  coded.headers["Content-Encoding"] = "br";
  const http::WireAnswer unknown = contract.ask(coded, 415);
  CHECK(code_of(unknown) == "unsupported_content_encoding");
  CHECK(unknown.header("accept-encoding") == "gzip, deflate, identity");
  coded.headers["Content-Encoding"] = "gzip";
  CHECK(code_of(contract.ask(coded, 400)) == "bad_content_encoding");
  contract.ask(with_key(post(id, target, "{}"), std::string(256, 'k')), 422);
}

void walk_pages(Contract& contract, const std::string& id, const std::string& target,
                const std::string& query) {
  contract.probe({id, target}, 200);
  CHECK(code_of(contract.ask({id, target + "?limt=1"}, 400)) == "bad_query");
  CHECK(code_of(contract.ask({id, target + "?limit=1&limit=2"}, 400)) == "bad_query");
  CHECK(code_of(contract.ask({id, target + "?cursor=AAAA"}, 400)) == "bad_cursor");
  for (const char* limit : {"0", "50001", "-1", "x", ""})
    CHECK(code_of(contract.ask({id, target + "?limit=" + limit}, 422)) == "invalid_parameter");
  const std::string first = '?' + query + "limit=1";
  std::string next = first;
  for (int page = 0; page < 3; ++page) {
    const json::value body = json::parse(contract.ask({id, target + next}, 200).body);
    CHECK(body.at("items").as_array().size() <= 1);
    if (body.at("next_cursor").is_null()) break;
    next = first + "&cursor=" + body.at("next_cursor").as_string().c_str();
  }
}

}  // namespace rollcall::test
