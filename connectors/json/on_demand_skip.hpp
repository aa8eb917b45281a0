#pragma once

#include <simdjson.h>
#include <string_view>
#include <utility>

#include "connectors/json/json_syntax.hpp"

// What readers with simdjson On-Demand have in common. Included by .cpp files only: its names depend
// on compiler flags.
namespace rollcall::json {

// Where a raw key ends, and whether it must be unescaped first. The text is a closed string: stage 1
// has seen it.
inline std::string_view raw_key(const char* begin, bool& escaped) {
  const char* end = begin;
  while (*end != '"' && *end != '\\') ++end;
  escaped = *end == '\\';
  return {begin, static_cast<std::size_t>(end - begin)};
}

// Calls visit(key, value) for each field of an object, keys unescaped; false where the object is not
// JSON, or as soon as `visit` says so.
template <class Visit>
bool read_fields(simdjson::ondemand::object& object, const Visit& visit) {
  for (auto next : object) {
    simdjson::ondemand::field field;
    if (std::move(next).get(field)) return false;
    bool escaped = false;
    std::string_view key = raw_key(field.key().raw(), escaped);
    if (escaped && field.unescaped_key().get(key)) return false;
    if (!visit(key, field.value())) return false;
  }
  return true;
}

inline std::string_view without_space_behind(std::string_view token) {
  const auto last = token.find_last_not_of(" \t\n\r");
  return token.substr(0, last + 1);
}

// The JSON of a value that is passed over; false where it is none.
inline bool raw_json(simdjson::ondemand::value value, std::string_view& text) {
  namespace od = simdjson::ondemand;
  od::json_type type{};
  if (value.type().get(type)) return false;
  switch (type) {
    case od::json_type::object: {
      od::object object;
      if (value.get_object().get(object) || object.raw_json().get(text)) return false;
      break;
    }
    case od::json_type::array: {
      od::array array;
      if (value.get_array().get(array) || array.raw_json().get(text)) return false;
      break;
    }
    default:
      text = value.raw_json_token();
      break;
  }
  text = without_space_behind(text);
  if (type == od::json_type::string) {
    std::string_view unescaped;
    return !value.get_string().get(unescaped);
  }
  return check_syntax(text) == Syntax::valid;
}

// Passes over a value that is not needed, but is JSON.
inline bool skip_value(simdjson::ondemand::value value) {
  std::string_view text;
  return raw_json(value, text);
}

}  // namespace rollcall::json
