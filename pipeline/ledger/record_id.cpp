#include "pipeline/ledger/record_id.hpp"

namespace rollcall {

std::optional<std::uint64_t> canonical_integer(std::string_view text) {
  constexpr std::size_t kDigitsMax = 20;  // 2^64-1 has 20 digits
  if (text.empty() || text.size() > kDigitsMax) return std::nullopt;
  if (text.front() == '0' && text.size() > 1) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    const auto digit = static_cast<std::uint64_t>(static_cast<unsigned char>(c)) - '0';
    if (digit > 9) return std::nullopt;
    if (__builtin_mul_overflow(value, std::uint64_t{10}, &value)) return std::nullopt;
    if (__builtin_add_overflow(value, digit, &value)) return std::nullopt;
  }
  return value;
}

}  // namespace rollcall
