#pragma once

#include <string>
#include <string_view>

namespace rollcall::config {

inline constexpr std::string_view kMask = "***";

// A URL that may be shown: the password behind the user and every password parameter are masked.
[[nodiscard]] std::string mask_url(std::string_view url);

// Nothing of it may be shown, only whether there is one.
[[nodiscard]] std::string mask_whole(std::string_view secret);

// Whether a librdkafka property's value must not be shown.
[[nodiscard]] bool is_secret_property(std::string_view name);

}  // namespace rollcall::config
