#pragma once

#include <cstddef>
#include <cstdint>

namespace rollcall {

// Index of a side within its batch: 0 is `expected` and 1 is `processed` unless the batch names others.
using Side = std::uint8_t;

// Set of sides that have named an id: bit n is side n.
using Mask = std::uint16_t;

inline constexpr std::size_t kSidesMin = 2;
inline constexpr std::size_t kSidesMax = 16;
inline constexpr Side kExpected = 0;
inline constexpr Side kProcessed = 1;

constexpr Mask bit(Side side) { return static_cast<Mask>(1U << side); }
constexpr Mask full_mask(std::size_t sides) { return static_cast<Mask>((1U << sides) - 1U); }

// Ids that are on every side of `in` and on no side of `not_in`. missing = {expected, processed},
// unexpected = {processed, expected}.
struct MaskExpression {
  Mask in = 0;
  Mask not_in = 0;
  [[nodiscard]] constexpr bool matches(Mask mask) const {
    return (mask & in) == in && (mask & not_in) == 0 && mask != 0;
  }
};

inline constexpr MaskExpression kMissing{bit(kExpected), bit(kProcessed)};
inline constexpr MaskExpression kUnexpected{bit(kProcessed), bit(kExpected)};
inline constexpr MaskExpression kMatched{static_cast<Mask>(bit(kExpected) | bit(kProcessed)), 0};

}  // namespace rollcall
