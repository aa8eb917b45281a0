#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "pipeline/ledger/integer_ids.hpp"
#include "pipeline/ledger/ledger_view.hpp"
#include "pipeline/ledger/record_id.hpp"
#include "pipeline/ledger/sides.hpp"

namespace rollcall {

// The integers of a picture that match, as runs in ascending order. A leaf of clustered ids is
// evaluated when it is reached, so what lies before `after` or behind the last run taken costs
// nothing. Spread ids are in no order, so each `batch` of them costs a pass over their table.
// Owner:   one call of a view. Limits: memory for `batch` runs and one leaf.
class MatchingRuns {
 public:
  MatchingRuns(const IntegerPicture& picture, MaskExpression expression,
               std::optional<std::uint64_t> after, std::size_t batch);
  // The next run, as long as it can be; empty at the end.
  [[nodiscard]] std::optional<IntegerRange> next();

 private:
  [[nodiscard]] std::optional<IntegerRange> next_piece();
  void refill_clustered();
  void refill_spread();

  const IntegerPicture& picture_;
  const MaskExpression expression_;
  const std::size_t batch_;
  std::optional<IntegerRange> piece_;  // read, but not yet given out

  std::size_t leaf_ = 0;
  Roaring matching_;  // in the current leaf
  std::uint64_t leaf_first_ = 0;
  std::optional<std::uint32_t>
      low_;  // where to go on in the current leaf; none: go to the next one
  std::uint64_t begin_ = 0;
  std::vector<IntegerRange> clustered_;
  std::size_t clustered_taken_ = 0;

  std::optional<std::uint64_t> spread_after_;
  bool spread_ended_ = false;
  std::vector<std::uint64_t> spread_;
  std::size_t spread_taken_ = 0;
};

[[nodiscard]] std::vector<std::uint64_t> matching_ids(const IntegerPicture& picture,
                                                      MaskExpression expression,
                                                      std::optional<std::uint64_t> after,
                                                      std::size_t limit);
[[nodiscard]] std::vector<IntegerRange> matching_runs(const IntegerPicture& picture,
                                                      MaskExpression expression,
                                                      std::optional<std::uint64_t> after,
                                                      std::size_t limit);
// Appends the first `limit` ids that a side has named more than once.
void append_repeated(const IntegerPicture& picture, std::optional<std::uint64_t> after,
                     std::size_t limit, std::vector<DuplicateEntry>& entries);

}  // namespace rollcall
