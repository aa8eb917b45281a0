#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rollcall::json {

// One member of an object as it is written: the key between its quotes with whatever escapes it
// has, and the text of the value.
struct MemberSlice {
  std::string_view key;
  std::string_view value;
};

// Cuts a JSON text into its parts without changing a byte of them, so that what is passed on keeps
// the spelling of every number. The text must be valid (check_syntax) and must be an object, or an
// array; views point into it.
[[nodiscard]] std::vector<MemberSlice> members_of(std::string_view object);
[[nodiscard]] std::vector<std::string_view> elements_of(std::string_view array);

// The value of the first member with that key; empty where there is none.
[[nodiscard]] std::string_view member_of(std::string_view object, std::string_view key);

// For people: not more than a line holds, and no half of a letter.
[[nodiscard]] std::string shortened(std::string_view value);

// Without the white space around it.
[[nodiscard]] std::string_view trimmed(std::string_view text);

}  // namespace rollcall::json
