#pragma once

#include <string_view>

namespace rollcall {

// Whether a batch's name is one of those that a pattern means: `*` stands for any text, also none, and everything else
// for itself. Costs at most the product of both lengths.
[[nodiscard]] bool matches_pattern(std::string_view pattern, std::string_view name);

}  // namespace rollcall
