#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::config {

// Text as a TOML basic string. Also safe to show on a terminal: no control character gets through.
[[nodiscard]] std::string quote(std::string_view text);
// The same, cut where it is too long for a message.
[[nodiscard]] std::string quote_briefly(std::string_view text);
// A key, quoted only where it must be.
[[nodiscard]] std::string quote_key(std::string_view key);

// On one line: ["a", "b"] and {a = "b"}.
[[nodiscard]] std::string inline_list(const std::vector<std::string>& texts);
[[nodiscard]] std::string inline_table(const std::map<std::string, std::string>& entries);

}  // namespace rollcall::config
