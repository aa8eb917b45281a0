#include "connectors/client/api_answer.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <charconv>

#include "connectors/http/percent.hpp"
#include "connectors/json/slices.hpp"

namespace rollcall::client {
namespace {

namespace bj = boost::json;

std::string text_at(const bj::object& object, std::string_view key) {
  const bj::value* const value = object.if_contains(key);
  if (value == nullptr || !value->is_string()) return {};
  return std::string{value->get_string().data(), value->get_string().size()};
}

// Those that say "not now": the rest says "not like this".
bool may_pass(int status) {
  constexpr std::array kPassing = {408, 425, 429, 500, 502, 503, 504};
  return std::find(kPassing.begin(), kPassing.end(), status) != kPassing.end();
}

std::string advice_for(int status) {
  switch (status) {
    case 401:
    case 403:
      return "Give a token with --token-file or ROLLCALL_TOKEN.";
    case 413:
      return "Raise the daemon's http.body_bytes_max to 16MiB.";
    default:
      return {};
  }
}

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

}  // namespace

ApiProblem problem_of(const HttpAnswer& answer) {
  ApiProblem problem;
  bj::error_code error;
  const bj::value document = bj::parse(answer.body, error);
  if (error || !document.is_object()) return problem;
  const bj::object& object = document.get_object();
  problem.code = text_at(object, "code");
  problem.detail = text_at(object, "detail");
  const bj::value* const errors = object.if_contains("errors");
  if (errors == nullptr || !errors->is_array()) return problem;
  for (const bj::value& item : errors->get_array()) {
    if (!item.is_object()) continue;
    problem.errors.push_back(
        {text_at(item.get_object(), "pointer"), text_at(item.get_object(), "message")});
  }
  return problem;
}

Failure failure_of(const HttpAnswer& answer, const std::string& url) {
  const ApiProblem problem = problem_of(answer);
  std::string message = url + " answers " + std::to_string(answer.status);
  if (!problem.detail.empty()) message += ": " + problem.detail;
  for (const auto& error : problem.errors) message += " " + error.pointer + ": " + error.message;
  if (may_pass(answer.status)) return transient(std::move(message));
  return fatal(std::move(message), advice_for(answer.status));
}

// A date, which the header may hold too, rollcall never sends.
std::optional<std::chrono::milliseconds> retry_after(const HttpAnswer& answer) {
  const auto found = answer.headers.find("retry-after");
  if (found == answer.headers.end()) return std::nullopt;
  const std::string& text = found->second;
  constexpr std::uint32_t kSecondsMax = 3'600;
  std::uint32_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return std::chrono::seconds{std::min(seconds, kSecondsMax)};
}

std::string batch_path(std::string_view batch, bool by_name) {
  const bool is_number = !by_name && batch.starts_with('#') && all_digits(batch.substr(1));
  if (is_number) return "/api/v1/batches/" + std::string{batch.substr(1)};
  by_name = by_name || all_digits(batch);  // to the daemon digits are a number
  return (by_name ? "/api/v1/batches/by-name/" : "/api/v1/batches/") + http::percent_encode(batch);
}

std::string number_advice(std::string_view batch) {
  if (!all_digits(batch)) return {};
  const std::string digits{batch};
  return digits + " is taken as a name; the batch with that number is '#" + digits + "'.";
}

std::string text_of(std::string_view json) {
  bj::error_code error;
  const bj::value value = bj::parse({json.data(), json.size()}, error);
  if (error || !value.is_string()) return std::string{json};
  return std::string{value.get_string().data(), value.get_string().size()};
}

std::string member_text(std::string_view object, std::string_view name) {
  const std::string_view value = json::member_of(object, name);
  return value == "null" ? std::string{} : text_of(value);
}

}  // namespace rollcall::client
