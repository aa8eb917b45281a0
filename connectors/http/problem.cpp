#include "connectors/http/problem.hpp"

#include "connectors/http/json_writer.hpp"

namespace rollcall::http {

Response to_response(const Problem& problem, std::string_view request_id) {
  Response response;
  response.status = problem.status;
  response.content_type = kProblemType;
  JsonWriter json{response.body};
  json.open('{').member("type", "about:blank").member("title", reason_phrase(problem.status));
  json.member("status", problem.status)
      .member("detail", problem.detail)
      .member("code", problem.code);
  json.member("request_id", request_id).key("errors").open('[');
  for (const FieldError& error : problem.errors) {
    json.open('{').member("pointer", error.pointer).member("message", error.message).close('}');
  }
  json.close(']');
  for (const auto& [name, number] : problem.numbers) json.member(name, number);
  if (!problem.reasons.empty()) {
    json.key("reasons").open('[');
    for (const std::string& reason : problem.reasons) json.text(reason);
    json.close(']');
  }
  json.close('}');
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

Response internal_error(std::string_view request_id) {
  const Problem problem{500, "internal", "The server could not answer; its log says more.", {}, {}};
  return to_response(problem, request_id);
}

Response unavailable(Problem problem, std::string_view request_id,
                     std::chrono::seconds retry_after) {
  problem.status = 503;
  Response response = to_response(problem, request_id);
  response.headers.emplace_back("Retry-After", std::to_string(retry_after.count()));
  return response;
}

Response too_many_of_client(std::string_view request_id, std::chrono::seconds retry_after) {
  Problem problem{429,
                  "too_many_at_once",
                  "This address has as much under way as one address may have; let some of it end "
                  "first.",
                  {},
                  {}};
  Response response = to_response(problem, request_id);
  response.headers.emplace_back("Retry-After", std::to_string(retry_after.count()));
  return response;
}

Problem body_too_large(std::uint64_t bytes_max) {
  return {413,
          "body_too_large",
          "The body is larger than the " + std::to_string(bytes_max) +
              " bytes that this path takes; send it in pieces.",
          {},
          {}};
}

Problem bad_cursor() {
  return {400,
          "bad_cursor",
          "The cursor is not one that this list gave out; begin again without it.",
          {{"/query/cursor", "not a cursor of this list"}},
          {}};
}

Response not_found(const Request& request, std::string detail) {
  const Problem problem{404, "not_found", std::move(detail), {}, {}};
  return to_response(problem, request.id);
}

}  // namespace rollcall::http
