#include "config/units.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <utility>

namespace rollcall {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

constexpr std::array<Unit, 5> kDurationUnits = {
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}}};
constexpr std::array<Unit, 5> kBinaryUnits = {{{"TiB", std::uint64_t{1} << 40U},
                                               {"GiB", std::uint64_t{1} << 30U},
                                               {"MiB", std::uint64_t{1} << 20U},
                                               {"KiB", std::uint64_t{1} << 10U},
                                               {"B", 1}}};
constexpr std::array<Unit, 4> kDecimalUnits = {
    {{"TB", 1'000'000'000'000}, {"GB", 1'000'000'000}, {"MB", 1'000'000}, {"kB", 1000}}};

// Milliseconds are signed in the standard library; a size in a signed 64-bit number suits every
// library, too.
constexpr std::uint64_t kValueMax = std::numeric_limits<std::int64_t>::max();

std::optional<std::uint64_t> factor_of(std::string_view unit, const auto& units) {
  for (const auto& [name, factor] : units) {
    if (name == unit) return factor;
  }
  return std::nullopt;
}

// Takes the leading digits off `text`.
std::optional<std::uint64_t> take_number(std::string_view& text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

std::string_view take_unit(std::string_view& text) {
  const auto end = std::min(text.find_first_of("0123456789"), text.size());
  const auto unit = text.substr(0, end);
  text.remove_prefix(end);
  return unit;
}

std::optional<std::uint64_t> times(std::uint64_t number, std::uint64_t factor) {
  if (number > kValueMax / factor) return std::nullopt;
  return number * factor;
}

std::string to_text(std::uint64_t number, const auto& units, const char* zero) {
  if (number == 0) return zero;
  const auto unit = std::find_if(units.begin(), units.end(), [&](const Unit& candidate) {
    return number % candidate.factor == 0;
  });
  return std::to_string(number / unit->factor).append(unit->name);
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::uint64_t sum = 0;
  while (!text.empty()) {
    const auto number = take_number(text);
    const auto factor = factor_of(take_unit(text), kDurationUnits);
    if (!number || !factor) return std::nullopt;
    const auto part = times(*number, *factor);
    if (!part || *part > kValueMax - sum) return std::nullopt;
    sum += *part;
  }
  return std::chrono::milliseconds(static_cast<std::int64_t>(sum));
}

std::optional<Bytes> parse_bytes(std::string_view text) {
  const auto number = take_number(text);
  if (!number) return std::nullopt;
  auto factor = factor_of(text, kBinaryUnits);
  if (!factor) factor = factor_of(text, kDecimalUnits);
  if (!factor) return std::nullopt;
  const auto count = times(*number, *factor);
  if (!count) return std::nullopt;
  return Bytes{*count};
}

std::string to_text(std::chrono::milliseconds duration) {
  return to_text(static_cast<std::uint64_t>(duration.count()), kDurationUnits, "0s");
}

std::string to_text(Bytes bytes) { return to_text(bytes.count, kBinaryUnits, "0B"); }

}  // namespace rollcall
