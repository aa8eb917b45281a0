#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace rollcall::config {

struct Position {
  std::uint32_t line = 0;  // from 1; 0: not from a file
  std::uint32_t column = 0;
  auto operator<=>(const Position&) const = default;
};

// One value as somebody wrote it, with the place where it stands; keeps toml++ inside its one file.
struct Node {
  enum class Kind : std::uint8_t { text, integer, real, boolean, date, list, table };
  Kind kind = Kind::text;
  // From the environment or a flag, where everything is text: may be read as whatever kind the
  // option wants.
  bool loose = false;
  bool boolean = false;
  std::int64_t integer = 0;
  std::string text;
  std::string name;            // its key, where it stands in a table
  std::vector<Node> children;  // of a list or a table
  Position at;                 // of its key in a table, of the value elsewhere
};

[[nodiscard]] std::string_view to_string(Node::Kind kind);  // "a text", "a list", ...

struct SyntaxError {
  Position at;
  std::string message;
};

// The document as a table. Never throws, whatever the bytes.
[[nodiscard]] std::variant<Node, SyntaxError> parse_toml(std::string_view text);

}  // namespace rollcall::config
