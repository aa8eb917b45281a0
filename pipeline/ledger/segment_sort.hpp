#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

namespace rollcall::segment {

// Sorts by a 64-bit key, stably, in time linear in the entries: least significant digit first, digits that all keys
// share skipped (most of those of sequences are). Entries that arrived in order cost one look.
template <class Entry, class KeyOf>
void sort_by_key(std::vector<Entry>& entries, KeyOf key_of) {
  constexpr unsigned kDigitBits = 11;
  constexpr unsigned kDigits = 6;
  constexpr std::size_t kDigitValues = std::size_t{1} << kDigitBits;
  constexpr std::size_t kFewEntries = 512;  // too few to pay for counting digits
  const auto in_order = [&](const Entry& a, const Entry& b) { return key_of(a) < key_of(b); };
  if (std::is_sorted(entries.begin(), entries.end(), in_order)) return;
  if (entries.size() < kFewEntries) {
    std::stable_sort(entries.begin(), entries.end(), in_order);
    return;
  }
  const auto digit_of = [&](const Entry& entry, unsigned digit) {
    return static_cast<std::size_t>(key_of(entry) >> (digit * kDigitBits)) & (kDigitValues - 1);
  };
  std::vector<std::array<std::size_t, kDigitValues>> counts(kDigits);
  for (const Entry& entry : entries) {
    for (unsigned digit = 0; digit < kDigits; ++digit) ++counts[digit][digit_of(entry, digit)];
  }
  std::vector<Entry> other(entries.size());
  for (unsigned digit = 0; digit < kDigits; ++digit) {
    std::array<std::size_t, kDigitValues>& place = counts[digit];
    if (place[digit_of(entries.front(), digit)] == entries.size()) continue;
    std::size_t begin = 0;
    for (std::size_t& of_value : place) begin += std::exchange(of_value, begin);
    for (const Entry& entry : entries) other[place[digit_of(entry, digit)]++] = entry;
    entries.swap(other);
  }
}

}  // namespace rollcall::segment
