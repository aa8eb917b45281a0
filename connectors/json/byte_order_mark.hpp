#pragma once

#include <string_view>

namespace rollcall::json {

// What some programs write before UTF-8. It is no part of a JSON text, and RFC 8259 (8.1) lets a
// reader ignore it: a producer that writes it means what stands behind.
inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

[[nodiscard]] inline std::string_view without_mark(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  return text;
}

}  // namespace rollcall::json
