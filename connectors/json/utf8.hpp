#pragma once

#include <string_view>

namespace rollcall::json {

[[nodiscard]] bool is_utf8(std::string_view text);

}  // namespace rollcall::json
