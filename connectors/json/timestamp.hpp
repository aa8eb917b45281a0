#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace rollcall::json {

inline constexpr std::int64_t kTimestampMsMax =
    253'402'300'799'999;  // the last millisecond of the year 9999

// Milliseconds since 1970 of a time as people and their programs write it: RFC 3339 ("2026-11-21T09:30:00.25+01:00"), with
// a space for the T, a comma for the point, an offset of "+01", "+0100", "UTC" or none (then it is UTC), without seconds, a
// date alone (its midnight), a zone's name in brackets behind an offset (RFC 9557); and 13 digits (milliseconds) or 16
// (microseconds since 1970). A leap second is the second after it, digits below a millisecond are cut off. Empty where the
// text is none of these, or lies before 1970.
[[nodiscard]] std::optional<std::int64_t> parse_timestamp(std::string_view text);

// The same of a number: milliseconds since 1970, or microseconds where it is larger than any millisecond that there is.
[[nodiscard]] std::optional<std::int64_t> timestamp_of(double number);

// "1h30m": whole numbers with ms, s, m, h or d. Empty where the text is none, or longer than 100 years.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

}  // namespace rollcall::json
