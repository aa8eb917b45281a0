#include "connectors/json/body_object.hpp"

#include <simdjson.h>

#include "connectors/json/byte_order_mark.hpp"
#include "connectors/json/json_syntax.hpp"
#include "connectors/json/timestamp.hpp"
#include "pipeline/ports/decoder.hpp"

namespace rollcall::json {

namespace dom = simdjson::dom;

struct BodyObject::Document {
  dom::parser parser;
  dom::element root;
  Syntax syntax = Syntax::malformed;

  // Nothing where the field is missing or null.
  [[nodiscard]] std::optional<dom::element> field(std::string_view name) const {
    dom::element value;
    if (syntax != Syntax::object || root.at_key(name).get(value) || value.is_null())
      return std::nullopt;
    return value;
  }
};

namespace {

std::string pointer_to(std::string_view name) { return std::string{"/"}.append(name); }

// Why a text cannot be taken; empty where it can.
std::string fault_of(std::string_view text, std::size_t bytes_max) {
  if (text.empty()) return "must not be empty";
  if (text.size() > bytes_max) return "must have at most " + std::to_string(bytes_max) + " bytes";
  if (text.find('\0') != std::string_view::npos) return "must not contain U+0000";
  return {};
}

}  // namespace

BodyObject::BodyObject(std::string_view text) : document_(std::make_unique<Document>()) {
  text = without_mark(text);
  if (document_->parser.parse(text.data(), text.size(), true).get(document_->root)) {
    const bool is_json = simdjson::validate_utf8(text.data(), text.size()) &&
                         check_syntax(text) == json::Syntax::valid;
    if (is_json) document_->syntax = Syntax::unsupported;
    return;
  }
  document_->syntax = document_->root.is_object() ? Syntax::object : Syntax::not_an_object;
}

BodyObject::~BodyObject() = default;

BodyObject::Syntax BodyObject::syntax() const { return document_->syntax; }

std::optional<std::string> BodyObject::text(std::string_view name, std::size_t bytes_max) {
  const auto value = document_->field(name);
  if (!value) return std::nullopt;
  std::string_view text;
  if (value->get_string().get(text)) {
    errors_.add(pointer_to(name), "must be a text");
    return std::nullopt;
  }
  if (auto fault = fault_of(text, bytes_max); !fault.empty() && !text.empty()) {
    errors_.add(pointer_to(name), std::move(fault));
    return std::nullopt;
  }
  return std::string{text};
}

std::string BodyObject::required_text(std::string_view name, std::size_t bytes_max) {
  const std::size_t before = errors_.count();
  auto value = text(name, bytes_max);
  if (errors_.count() > before) return {};
  if (!value) errors_.add(pointer_to(name), "is required");
  if (value && value->empty()) errors_.add(pointer_to(name), "must not be empty");
  return std::move(value).value_or("");
}

std::optional<std::uint64_t> BodyObject::required_integer(std::string_view name, std::uint64_t min,
                                                          std::uint64_t max) {
  if (!document_->field(name)) {
    errors_.add(pointer_to(name), "is required");
    return std::nullopt;
  }
  return integer(name, min, max);
}

std::optional<std::uint64_t> BodyObject::integer(std::string_view name, std::uint64_t min,
                                                 std::uint64_t max) {
  const auto value = document_->field(name);
  if (!value) return std::nullopt;
  std::uint64_t number = 0;
  if (!value->get_uint64().get(number) && number >= min && number <= max) return number;
  errors_.add(pointer_to(name),
              "must be an integer from " + std::to_string(min) + " to " + std::to_string(max));
  return std::nullopt;
}

std::optional<std::vector<std::uint64_t>> BodyObject::integers(std::string_view name,
                                                               std::size_t count_max,
                                                               std::uint64_t max) {
  const auto value = document_->field(name);
  if (!value) return std::nullopt;
  dom::array array;
  if (value->get_array().get(array) || array.size() > count_max) {
    errors_.add(pointer_to(name),
                "must be a list of at most " + std::to_string(count_max) + " integers");
    return std::nullopt;
  }
  std::vector<std::uint64_t> found;
  for (const dom::element element : array) {
    std::uint64_t number = 0;
    if (element.get_uint64().get(number) || number > max)
      errors_.add(pointer_to(name) + "/" + std::to_string(found.size()), "must be an integer");
    found.push_back(number);
  }
  return found;
}

std::optional<std::vector<std::string>> BodyObject::texts(std::string_view name,
                                                          std::size_t count_max,
                                                          std::size_t bytes_max) {
  const auto value = document_->field(name);
  if (!value) return std::nullopt;
  dom::array array;
  if (value->get_array().get(array)) {
    errors_.add(pointer_to(name), "must be a list of texts");
    return std::nullopt;
  }
  std::vector<std::string> found;
  for (const dom::element element : array) {
    if (found.size() == count_max) {
      errors_.add(pointer_to(name), "must have at most " + std::to_string(count_max) + " items");
      break;
    }
    const std::string pointer = pointer_to(name) + "/" + std::to_string(found.size());
    std::string_view text;
    if (element.get_string().get(text)) {
      errors_.add(pointer, "must be a text");
    } else if (auto fault = fault_of(text, bytes_max); !fault.empty()) {
      errors_.add(pointer, std::move(fault));
    }
    found.emplace_back(text);
  }
  return found;
}

std::optional<std::int64_t> BodyObject::time_ms(std::string_view name) {
  const std::size_t before = errors_.count();
  const auto value = text(name, 64);
  if (!value || errors_.count() > before) return std::nullopt;
  const auto time = parse_timestamp(*value);
  if (!time) errors_.add(pointer_to(name), "must be a time such as 2026-11-21T09:30:00Z");
  return time;
}

std::optional<IntegerRange> BodyObject::range(std::string_view name) {
  const auto value = document_->field(name);
  if (!value) return std::nullopt;
  dom::array array;
  IntegerRange range;
  std::size_t count = 0;
  bool good = !value->get_array().get(array);
  if (good) {
    for (const dom::element element : array) {
      good = good && count < 2 && !element.get_uint64().get(count == 0 ? range.lo : range.hi);
      ++count;
    }
  }
  if (good && count == 2 && range.lo <= range.hi && range.hi - range.lo < kRangeIdsMax)
    return range;
  errors_.add(pointer_to(name), "must be [lo, hi] with integers lo <= hi and at most " +
                                    std::to_string(kRangeIdsMax) + " of them");
  return std::nullopt;
}

}  // namespace rollcall::json
