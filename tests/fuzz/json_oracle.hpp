#pragma once

#include <boost/json.hpp>
#include <string_view>

#include "connectors/json/json_syntax.hpp"
#include "connectors/json/slices.hpp"
#include "connectors/json/utf8.hpp"

// What an independent parser says about a text.
namespace rollcall::fuzz {

enum class Verdict { json, not_json, trailing, unknown };

inline Verdict judge(std::string_view text, boost::json::value& value) {
  boost::json::parse_options options;
  options.max_depth = json::kNestingMax;
  boost::json::stream_parser parser({}, options);
  boost::json::error_code ec;
  const auto used = parser.write_some(text.data(), text.size(), ec);
  // JSON sets no limit to exponents, the oracle does.
  if (ec == boost::json::error::exponent_overflow) return Verdict::unknown;
  if (ec) return Verdict::not_json;
  if (!parser.done()) parser.finish(ec);  // only a number is not done at its end
  if (ec) return Verdict::not_json;
  if (text.substr(used).find_first_not_of(" \t\r\n") != std::string_view::npos)
    return Verdict::trailing;
  value = parser.release();
  return Verdict::json;
}

// The boundary of nesting is each parser's own affair; deep texts are not compared.
inline bool is_deep(std::string_view text) {
  std::size_t opened = 0;
  for (const char c : text) opened += static_cast<std::size_t>(c == '[' || c == '{');
  return opened >= json::kNestingMax;
}

// The oracle keeps the last of several members with the same key, and so forgets that there were
// several; `object` is the text of `value`.
inline bool has_twins(std::string_view object, const boost::json::value& value) {
  return value.is_object() && json::members_of(object).size() != value.get_object().size();
}

inline std::string_view view(const boost::json::string& text) { return {text.data(), text.size()}; }

// Null where there is none.
inline const boost::json::value* member(const boost::json::value& value, const char* key) {
  return value.is_object() ? value.get_object().if_contains(key) : nullptr;
}

// An integer that has more digits than the oracle holds is a double to it, as 1e30 is.
inline bool is_beyond(const boost::json::value* value) {
  constexpr double kHeld = 9.2e18;
  return value != nullptr && value->is_double() &&
         (value->get_double() > kHeld || value->get_double() < -kHeld);
}

// True also for what is_beyond().
inline bool is_id(const boost::json::value* value) {
  if (value == nullptr) return false;
  if (value->is_uint64() || value->is_int64() || is_beyond(value)) return true;
  return value->is_string() && !value->get_string().empty() && value->get_string().size() <= 512;
}

// The text of the id that a reader should have made of it; not of what is_beyond().
inline std::string id_text(const boost::json::value& value) {
  if (value.is_string()) return std::string{view(value.get_string())};
  if (value.is_uint64()) return std::to_string(value.get_uint64());
  return std::to_string(value.to_number<std::int64_t>());
}

}  // namespace rollcall::fuzz
