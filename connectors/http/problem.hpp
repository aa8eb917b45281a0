#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "connectors/http/request.hpp"
#include "connectors/http/response.hpp"

namespace rollcall::http {

// What is wrong with one part of a request. A pointer into the query is "/query/<name>", into a
// body a JSON pointer.
struct FieldError {
  std::string pointer;
  std::string message;
};

// An error as the outside sees it (RFC 9457). Says what the client can do about it and nothing of
// our insides.
struct Problem {
  unsigned status = 500;
  std::string_view code;  // stable, for programs; static storage
  std::string detail;     // one sentence, for people
  std::vector<FieldError> errors;
  std::vector<std::string> reasons;  // of a 503: why not now
  // Members of its own, for programs.
  std::vector<std::pair<std::string_view, std::uint64_t>> numbers{};
};

[[nodiscard]] Response to_response(const Problem& problem, std::string_view request_id);

// 500: the log says more.
[[nodiscard]] Response internal_error(std::string_view request_id);

// 503 with Retry-After.
[[nodiscard]] Response unavailable(Problem problem, std::string_view request_id,
                                   std::chrono::seconds retry_after);

// 429 with Retry-After: one client has all that one may have at once.
[[nodiscard]] Response too_many_of_client(std::string_view request_id,
                                          std::chrono::seconds retry_after);

[[nodiscard]] Problem bad_cursor();
[[nodiscard]] Problem body_too_large(std::uint64_t bytes_max);
[[nodiscard]] Response not_found(const Request& request, std::string detail);

}  // namespace rollcall::http
