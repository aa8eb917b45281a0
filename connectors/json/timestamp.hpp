#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace rollcall::json {

inline constexpr std::int64_t kTimestampMsMax =
    253'402'300'799'999;  // the last millisecond of the year 9999

// Milliseconds since 1970 of an RFC 3339 date and time: "2026-11-21T09:30:00.25+01:00". A leap second is the second
// after it, digits below a millisecond are cut off. Empty where the text is none, or lies before 1970.
[[nodiscard]] std::optional<std::int64_t> parse_timestamp(std::string_view text);

// "1h30m": whole numbers with ms, s, m, h or d. Empty where the text is none, or longer than 100 years.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

}  // namespace rollcall::json
