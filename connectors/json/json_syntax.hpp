#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace rollcall::json {

inline constexpr std::size_t kNestingMax = 512;

enum class Syntax {
  valid,
  malformed,  // not one value of RFC 8259, or nested deeper than kNestingMax
  trailing,   // a valid value and something behind it
};

// The grammar of JSON, byte by byte, for what the fast path leaves unread and to name what it refused. Does not look at
// whether the bytes are UTF-8. Iterative: no depth of nesting can exhaust the stack. Allocates nothing.
[[nodiscard]] Syntax check_syntax(std::string_view text);

// The digits, with their sign, of a valid JSON value that is an integer of any size; -0 is 0. Empty where it is none: 1.0
// and 1e5 are not, however round they are.
[[nodiscard]] std::optional<std::string_view> integer_of(std::string_view value);

}  // namespace rollcall::json
