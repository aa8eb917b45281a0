#include "tests/api/contract.hpp"

#include <algorithm>
#include <cctype>
#include <doctest/doctest.h>
#include <stdexcept>

#include "tests/api/schema_check.hpp"

namespace rollcall::test {
namespace {

namespace json = boost::json;

std::string to_case(std::string text, int (*convert)(int)) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [convert](unsigned char c) { return static_cast<char>(convert(c)); });
  return text;
}

std::string media_type_of(const http::WireAnswer& answer) {
  const std::string type = answer.header("content-type");
  return type.substr(0, type.find(';'));
}

bool is_json(const std::string& media_type) {
  return media_type == "application/json" || media_type.ends_with("+json");
}

// A header is text; its schema may speak of a number.
json::value value_of(const json::value& schema, const std::string& text) {
  const json::value* type = member(schema.as_object(), "type");
  if (type == nullptr || *type != "integer") return json::value(text);
  boost::system::error_code error;
  const json::value number = json::parse(text, error);
  return error ? json::value(text) : number;
}

void expect_valid(const Specification& specification, const json::value& schema,
                  const json::value& instance, const std::string& what) {
  for (const std::string& violation : schema_violations(specification.root(), schema, instance))
    FAIL_CHECK(what << " at " << violation);
}

}  // namespace

std::vector<std::string> Coverage::gaps(const Specification& specification) const {
  std::vector<std::string> gaps;
  for (const Operation& operation : specification.operations()) {
    const auto seen = seen_.find(operation.id);
    if (seen == seen_.end()) {
      gaps.push_back(operation.id + " was never asked");
      continue;
    }
    for (const unsigned status : Specification::statuses(operation)) {
      if (status < 400 && !seen->second.contains(status))
        gaps.push_back(operation.id + " never answered " + std::to_string(status));
    }
  }
  return gaps;
}

const Operation& Contract::operation_of(const Call& call) const {
  const Operation* operation = specification_.find(call.id);
  if (operation == nullptr) throw std::runtime_error("no operation " + call.id);
  return *operation;
}

http::WireAnswer Contract::send(const std::string& method, const Call& call) const {
  std::string request = to_case(method, std::toupper) + ' ' + call.target + " HTTP/1.1\r\n";
  request += "Host: 127.0.0.1\r\nConnection: close\r\n";
  for (const auto& [name, value] : call.headers)
    request.append(name).append(": ").append(value).append("\r\n");
  if (!call.body.empty()) request += "Content-Length: " + std::to_string(call.body.size()) + "\r\n";
  http::Peer peer{port_};
  peer.send(request + "\r\n" + call.body);
  return peer.receive(method == "head");
}

void Contract::check_headers(const json::object& response, const http::WireAnswer& answer) const {
  const json::value* headers = member(response, "headers");
  if (headers == nullptr) return;
  for (const auto& described : headers->as_object()) {
    const std::string name{described.key()};
    const json::object& header = specification_.resolve(described.value()).as_object();
    const auto found = answer.headers.find(to_case(name, std::tolower));
    if (found == answer.headers.end()) {
      CHECK_MESSAGE(header.at("required") == false, "no header ", name);
      continue;
    }
    const json::value& schema = specification_.resolve(header.at("schema"));
    expect_valid(specification_, schema, value_of(schema, found->second), name);
  }
}

void Contract::check_body(const json::object& response, const http::WireAnswer& answer) const {
  const json::value* content = member(response, "content");
  if (content == nullptr) {
    CHECK(answer.body.empty());
    CHECK(answer.header("content-type").empty());
    return;
  }
  const std::string media_type = media_type_of(answer);
  const json::value* described = member(content->as_object(), media_type);
  CHECK_MESSAGE(described != nullptr, "no such content type: ", media_type);
  if (described == nullptr) return;
  const json::value& schema = described->at("schema");
  if (!is_json(media_type)) {
    expect_valid(specification_, schema, json::value(answer.body), media_type);
    return;
  }
  boost::system::error_code error;
  const json::value body = json::parse(answer.body, error);
  CHECK_MESSAGE(!error, "this is no JSON: ", answer.body);
  if (!error) expect_valid(specification_, schema, body, media_type);
}

void Contract::check(const Operation& operation, const Call& call, const std::string& method,
                     const http::WireAnswer& answer) {
  INFO(to_case(method, std::toupper), " ", call.target, " answered ", answer.status, " ",
       answer.body.substr(0, 1000));
  CHECK(answer.complete);
  const json::object* response = specification_.response(operation, answer.status);
  CHECK_MESSAGE(response != nullptr, operation.id, " does not say that it answers ", answer.status);
  if (response == nullptr) return;
  check_headers(*response, answer);
  if (method != "head") check_body(*response, answer);
}

http::WireAnswer Contract::ask(const Call& call, unsigned status) {
  const Operation& operation = operation_of(call);
  http::WireAnswer answer = send(operation.method, call);
  INFO(call.id, " ", call.target, " ", answer.body.substr(0, 1000));
  CHECK(answer.status == status);
  check(operation, call, operation.method, answer);
  coverage_.note(call.id, answer.status);
  if (operation.method == "get") {
    const http::WireAnswer head = send("head", call);
    CHECK(head.status == answer.status);
    check(operation, call, "head", head);
  }
  return answer;
}

// A slash at the end is no path of the description, which says once for all of them what comes then.
void Contract::check_slash(const Operation& operation, const Call& call) const {
  Call slashed = call;
  slashed.target.insert(std::min(call.target.find('?'), call.target.size()), "/");
  const http::WireAnswer moved = send(operation.method, slashed);
  CAPTURE(slashed.target);
  CHECK(moved.status == 308);
  CHECK(moved.header("location") == call.target);
  CHECK_FALSE(moved.header("x-request-id").empty());
  CHECK(media_type_of(moved) == "text/plain");
  const std::string_view general = specification_.root().at("info").at("description").as_string();
  CHECK(general.find("answered 308 (`text/plain`), with `Location`") != general.npos);
}

void Contract::probe(const Call& call, unsigned status) {
  const Operation& operation = operation_of(call);
  const http::WireAnswer good = ask(call, status);

  const http::WireAnswer refused = send("patch", call);
  CHECK(refused.status == 405);
  CHECK(refused.header("allow").find(to_case(operation.method, std::toupper)) != std::string::npos);
  check(operation, call, "patch", refused);

  if (operation.path != "/") check_slash(operation, call);
  if (operation.path.find('{') != std::string::npos) {
    Call unreadable = call;
    unreadable.target = operation.path;
    const auto begin = unreadable.target.find('{');
    unreadable.target.replace(begin, unreadable.target.find('}') - begin + 1, "%zz");
    ask(unreadable, 400);
  }
  // A format in the query wins over Accept.
  const bool negotiates = call.target.find("format=") == std::string::npos;
  if (negotiates && specification_.response(operation, 406) != nullptr) {
    Call picky = call;
    picky.headers["Accept"] = "image/png";
    ask(picky, 406);
  }
  if (!good.header("etag").empty()) {
    Call again = call;
    again.headers["If-None-Match"] = good.header("etag");
    ask(again, 304);
  }
}

}  // namespace rollcall::test
