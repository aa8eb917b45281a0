#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::json {

// Where an event's fields stand in a producer's JSON: one JSON pointer (RFC 6901) for each, so that producers need not
// change. An empty pointer: the field is never read. `batch` and one of `id`, `ids`, `range` are needed.
struct FieldNames {
  std::string batch = "/batch";
  std::string id = "/id";
  std::string ids = "/ids";
  std::string range = "/range";
  std::string side = "/side";
  std::string op = "/op";
  std::string ts = "/ts";
  std::string due = "/due";
  std::string source = "/source";
  std::string attrs = "/attrs";
};

enum class Field : std::uint8_t { batch, id, ids, range, side, op, ts, due, source, attrs };
inline constexpr std::size_t kFields = 10;

// Whether the field tells which records an event is about, or what becomes of them. Without the others a record is the same
// record: where one of them cannot be read, it is left out.
[[nodiscard]] constexpr bool is_needed(Field field) {
  return field != Field::ts && field != Field::due && field != Field::source &&
         field != Field::attrs;
}

// rollcall's own word for the field: its option in a topic's mapping.
[[nodiscard]] std::string_view to_string(Field field);
[[nodiscard]] const std::string& pointer_of(const FieldNames& names, Field field);

// The unescaped tokens of a JSON pointer ("/a~1b/c": "a/b", "c"). Empty where it is no pointer to something inside a
// document.
[[nodiscard]] std::vector<std::string> pointer_tokens(std::string_view pointer);

// Everything that is wrong with a mapping, a sentence each; empty where it can be used.
[[nodiscard]] std::vector<std::string> problems(const FieldNames& names);

}  // namespace rollcall::json
