#include "connectors/http/query.hpp"

#include <algorithm>

#include "connectors/http/percent.hpp"
#include "pipeline/ledger/record_id.hpp"

namespace rollcall::http {
namespace {

std::string pointer_to(std::string_view name) { return std::string{"/query/"}.append(name); }

}  // namespace

QueryReader::QueryReader(std::string_view raw) {
  while (!raw.empty()) {
    const auto end = raw.find('&');
    if (const std::string_view pair = raw.substr(0, end); !pair.empty()) add(pair);
    if (end == std::string_view::npos) break;
    raw.remove_prefix(end + 1);
  }
}

void QueryReader::add(std::string_view pair) {
  const auto sign = pair.find('=');
  auto name = percent_decode(pair.substr(0, sign), PlusSign::is_space);
  auto value =
      percent_decode(sign == std::string_view::npos ? std::string_view{} : pair.substr(sign + 1),
                     PlusSign::is_space);
  if (!name || !value) {
    malformed_.push_back({"/query", "a '%' must be followed by two hexadecimal digits"});
  } else if (find(*name) != nullptr) {
    malformed_.push_back({pointer_to(*name), "given more than once"});
  } else if (parameters_.size() == kParametersMax) {
    malformed_.assign(1, {"/query", "too many parameters"});
  } else {
    parameters_.push_back({std::move(*name), std::move(*value), false});
  }
}

QueryReader::Parameter* QueryReader::find(std::string_view name) {
  const auto found =
      std::find_if(parameters_.begin(), parameters_.end(),
                   [name](const Parameter& parameter) { return parameter.name == name; });
  return found == parameters_.end() ? nullptr : &*found;
}

void QueryReader::refuse(std::string_view name, std::string message) {
  out_of_range_.push_back({pointer_to(name), std::move(message)});
}

std::optional<std::string> QueryReader::text(std::string_view name) {
  Parameter* parameter = find(name);
  if (parameter == nullptr) return std::nullopt;
  parameter->asked = true;
  return parameter->value;
}

std::uint64_t QueryReader::integer(std::string_view name, std::uint64_t otherwise,
                                   std::uint64_t min, std::uint64_t max) {
  const auto value = text(name);
  if (!value) return otherwise;
  const auto number = canonical_integer(*value);
  if (number && *number >= min && *number <= max) return *number;
  refuse(name, "must be an integer from " + std::to_string(min) + " to " + std::to_string(max));
  return otherwise;
}

std::optional<std::string> QueryReader::word(std::string_view name,
                                             std::initializer_list<std::string_view> words) {
  auto value = text(name);
  if (!value || std::find(words.begin(), words.end(), *value) != words.end()) return value;
  std::string message = "must be one of:";
  for (const std::string_view word : words) message.append(" ").append(word);
  refuse(name, std::move(message));
  return std::nullopt;
}

std::optional<Problem> QueryReader::problem() {
  for (const Parameter& parameter : parameters_) {
    if (!parameter.asked)
      malformed_.push_back({pointer_to(parameter.name), "not a parameter of this path"});
  }
  if (!malformed_.empty()) {
    return Problem{
        400, "bad_query", "The query could not be understood.", std::move(malformed_), {}};
  }
  if (!out_of_range_.empty()) {
    return Problem{422,
                   "invalid_parameter",
                   "A parameter is outside what is allowed.",
                   std::move(out_of_range_),
                   {}};
  }
  return std::nullopt;
}

}  // namespace rollcall::http
