#pragma once

#include <string>
#include <string_view>

namespace rollcall {

[[nodiscard]] std::string_view version();     // "0.1.0"
[[nodiscard]] std::string_view build_type();  // "RelWithDebInfo"

// The allocator that this process really uses, preloaded ones included.
[[nodiscard]] std::string_view allocator();

// Several lines for `rollcall version`: what a report of a fault should begin with.
[[nodiscard]] std::string version_text();

}  // namespace rollcall
