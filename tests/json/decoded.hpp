#pragma once

#include <doctest/doctest.h>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/json/json_decoder.hpp"

// What the decoder makes of a payload, in one line.
namespace rollcall::test {

inline std::string shown(const RecordId& id) {
  return id.is_integer() ? std::to_string(id.integer()) : "'" + std::string(id.text()) + "'";
}

// The event in one line, or "reason field".
inline std::string decoded(json::JsonDecoder& decoder, std::string_view payload) {
  BadRecord bad;
  const auto* event = decoder.decode(payload, bad);
  if (event == nullptr) {
    return std::string(to_string(bad.reason)) +
           (bad.field.empty() ? "" : " " + std::string(bad.field));
  }
  std::string line = std::string(event->batch) + ":";
  for (const auto& id : event->ids) line += " " + shown(id);
  if (event->range) {
    line += " [" + std::to_string(event->range->lo) + ".." + std::to_string(event->range->hi) + "]";
  }
  if (!event->side.empty()) line += " side=" + std::string(event->side);
  if (!event->attributes.empty()) line += " attrs=" + std::string(event->attributes);
  if (event->unknown_fields > 0) line += " unknown=" + std::to_string(event->unknown_fields);
  if (event->unread_fields > 0) line += " unread=" + std::to_string(event->unread_fields);
  return line;
}

inline std::string decoded(std::string_view payload) {
  json::JsonDecoder decoder;
  return decoded(decoder, payload);
}

struct Case {
  std::string payload;
  std::string expected;
};

inline void check_all(const std::vector<Case>& cases, const json::FieldNames& names = {}) {
  json::JsonDecoder reused(names);  // what one record leaves behind must not show in the next
  for (const auto& c : cases) {
    CAPTURE(c.payload);
    CHECK(decoded(reused, c.payload) == c.expected);
  }
}

// An otherwise good event with this field added.
inline std::string with(const std::string& field) {
  return R"({"batch":"b","id":1,)" + field + "}";
}
inline std::string text_of(std::size_t size) { return std::string(size, 'x'); }

}  // namespace rollcall::test
