#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace rollcall {

// What the sides of a batch are to each other. Stored with the batch, so that nothing has to guess it from names.
enum class BatchKind : std::uint8_t {
  reconciliation,  // the first side expects and the second processes, whatever they are called
  comparison,      // equals: nothing in it is missing or unexpected
  numbers,  // the game of the missing number: as a reconciliation, but nobody's records are missing
};
inline constexpr std::size_t kBatchKinds = 3;

namespace detail {
inline constexpr std::array<std::string_view, kBatchKinds> kBatchKindNames{"reconciliation",
                                                                           "comparison", "numbers"};
}  // namespace detail

[[nodiscard]] constexpr std::string_view to_string(BatchKind kind) {
  return detail::kBatchKindNames.at(static_cast<std::size_t>(kind));
}
[[nodiscard]] constexpr std::optional<BatchKind> batch_kind_named(std::string_view name) {
  for (std::size_t i = 0; i < kBatchKinds; ++i) {
    if (detail::kBatchKindNames.at(i) == name) return static_cast<BatchKind>(i);
  }
  return std::nullopt;
}

// Whether an id of the first side that the second has not named is missing.
[[nodiscard]] constexpr bool names_missing(BatchKind kind) { return kind != BatchKind::comparison; }

}  // namespace rollcall
