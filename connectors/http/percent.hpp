#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rollcall::http {

enum class PlusSign { is_itself, is_space };  // in a path, in a query

// Undoes percent-encoding. Strict: a '%' without two hex digits behind it gives none, it is not
// guessed around.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text, PlusSign plus);

// Encodes everything but RFC 3986's unreserved characters.
[[nodiscard]] std::string percent_encode(std::string_view text);

}  // namespace rollcall::http
