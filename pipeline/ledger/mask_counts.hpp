#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "pipeline/ensure.hpp"
#include "pipeline/ledger/sides.hpp"

namespace rollcall {

// How many ids have each presence mask, and each side's sums: kept at all times, so every total,
// union, intersection and difference is a sum of a few cells.
class MaskCounts {
 public:
  explicit MaskCounts(std::size_t sides)
      : cells_(std::size_t{1} << sides),
        totals_(sides),
        duplicates_(sides),
        duplicate_ids_(sides) {}

  // `ids` ids that were on the sides of `before` are now on those of `after` as well.
  void move(Mask before, Mask after, std::uint64_t ids) {
    if (before != 0) {
      cells_[before] -= ids;
    } else {
      distinct_ += ids;
    }
    cells_[after] += ids;
    for (unsigned fresh = after & ~unsigned{before}; fresh != 0; fresh &= fresh - 1) {
      totals_[static_cast<std::size_t>(__builtin_ctz(fresh))] += ids;
    }
  }
  void add_duplicates(Side side, std::uint64_t occurrences, std::uint64_t new_ids) {
    duplicates_[side] += occurrences;
    duplicate_ids_[side] += new_ids;
  }

  [[nodiscard]] std::size_t sides() const { return totals_.size(); }
  [[nodiscard]] std::uint64_t exactly(Mask mask) const { return cells_[mask]; }
  [[nodiscard]] std::uint64_t matching(MaskExpression expression) const;
  [[nodiscard]] std::uint64_t distinct() const { return distinct_; }  // ids on any side
  [[nodiscard]] std::uint64_t total(Side side) const { return totals_[side]; }
  [[nodiscard]] std::uint64_t duplicates(Side side) const { return duplicates_[side]; }
  [[nodiscard]] std::uint64_t duplicate_ids(Side side) const { return duplicate_ids_[side]; }
  [[nodiscard]] std::size_t bytes() const { return (cells_.size() + 3 * totals_.size()) * 8; }

 private:
  std::vector<std::uint64_t> cells_;  // by mask; that of mask 0 stays 0
  std::uint64_t distinct_ = 0;
  std::vector<std::uint64_t> totals_;
  std::vector<std::uint64_t> duplicates_;
  std::vector<std::uint64_t> duplicate_ids_;
};

inline std::uint64_t MaskCounts::matching(MaskExpression expression) const {
  if ((expression.in & expression.not_in) != 0) return 0;
  const unsigned free =
      full_mask(sides()) & ~unsigned{expression.in} & ~unsigned{expression.not_in};
  if ((expression.in & ~unsigned{full_mask(sides())}) != 0) return 0;
  std::uint64_t sum = 0;
  for (unsigned others = free;; others = (others - 1) & free) {  // every subset of the free sides
    sum += cells_[expression.in | others];
    if (others == 0) return sum;
  }
}

}  // namespace rollcall
