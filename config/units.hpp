#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rollcall {

// A size, so that no bare number stands for one.
struct Bytes {
  std::uint64_t count = 0;
  auto operator<=>(const Bytes&) const = default;
};
constexpr Bytes kibibytes(std::uint64_t n) { return {n << 10U}; }
constexpr Bytes mebibytes(std::uint64_t n) { return {n << 20U}; }
constexpr Bytes gibibytes(std::uint64_t n) { return {n << 30U}; }

// "200ms", "5m", "1h30m": whole numbers, each with one of ms, s, m, h, d. Empty where the text is
// anything else or does not fit.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
// "64MiB", "10MB", "512B": one whole number and one unit, binary or decimal.
[[nodiscard]] std::optional<Bytes> parse_bytes(std::string_view text);

// One number and the largest unit that divides it: 75s, 90m, 64MiB.
[[nodiscard]] std::string to_text(std::chrono::milliseconds duration);
[[nodiscard]] std::string to_text(Bytes bytes);

}  // namespace rollcall
