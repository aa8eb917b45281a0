#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/client/http_client.hpp"

namespace rollcall::client {

struct FieldProblem {
  std::string pointer;
  std::string message;
};

// What is wrong, as application/problem+json says it (RFC 9457).
struct ApiProblem {
  std::string code;
  std::string detail;
  std::vector<FieldProblem> errors;
};

// Empty parts where the answer has none.
[[nodiscard]] ApiProblem problem_of(const HttpAnswer& answer);

// An answer that is not the one that was wanted: transient where asking again may help.
[[nodiscard]] Failure failure_of(const HttpAnswer& answer, const std::string& url);

[[nodiscard]] std::optional<std::chrono::milliseconds> retry_after(const HttpAnswer& answer);

// "/api/v1/batches/orders". A batch is meant by its name, also where that is all digits; "#3" is the one with number 3,
// unless `by_name`.
[[nodiscard]] std::string batch_path(std::string_view batch, bool by_name = false);
// What to try where there is no batch of that name and a number may have been meant; empty where that cannot be.
[[nodiscard]] std::string number_advice(std::string_view batch);

// What a JSON string says; a text that is none stays as it is.
[[nodiscard]] std::string text_of(std::string_view json);
// What a member of an object says; nothing where it is null or not there.
[[nodiscard]] std::string member_text(std::string_view object, std::string_view name);

}  // namespace rollcall::client
