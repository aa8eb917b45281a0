#include "config/nearest.hpp"

#include <algorithm>
#include <utility>

namespace rollcall::config {
namespace {

// No name of ours is longer; a longer word is nobody's typing error, and the table below stays
// small.
constexpr std::size_t kWordBytesMax = 128;

std::size_t distance_max(std::string_view word) {
  return std::max<std::size_t>(2, word.size() / 4);
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::swap(before_last, last);
    std::swap(last, row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + change});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
  }
  return row[b.size()];
}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  if (word.size() > kWordBytesMax) return {};
  const std::string* best = nullptr;
  std::size_t best_distance = distance_max(word) + 1;
  for (const auto& candidate : candidates) {
    const auto distance = edit_distance(word, candidate);
    // A word that shares nothing with the candidate is no misspelling of it, however short both
    // are.
    if (distance >= best_distance || distance >= candidate.size()) continue;
    best = &candidate;
    best_distance = distance;
  }
  return best == nullptr ? std::string() : *best;
}

}  // namespace rollcall::config
