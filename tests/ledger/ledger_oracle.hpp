#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "pipeline/ledger/ledger.hpp"

namespace rollcall {

// What a ledger promises, kept in the plainest way: for each id, how often each side has named it.
class LedgerOracle {
 public:
  explicit LedgerOracle(std::size_t sides) : sides_(sides) {}

  bool add(Side side, const OwnedRecordId& id);
  void add(Side side, IntegerRange range);

  [[nodiscard]] std::size_t size() const { return occurrences_.size(); }
  [[nodiscard]] std::vector<OwnedRecordId> ids(MaskExpression expression,
                                               const std::optional<OwnedRecordId>& after,
                                               std::size_t limit) const;
  [[nodiscard]] std::vector<IntegerRange> runs(MaskExpression expression,
                                               std::optional<std::uint64_t> after,
                                               std::size_t limit) const;
  [[nodiscard]] std::vector<DuplicateEntry> duplicates(const std::optional<OwnedRecordId>& after,
                                                       std::size_t limit) const;
  // Checks every count that the ledger gives.
  void check_counts(const Ledger& ledger) const;
  // Checks the whole of every list that matters, and some pages of it.
  void check_lists(const LedgerView& view, std::uint64_t seed) const;

 private:
  using Occurrences = std::vector<std::uint64_t>;
  [[nodiscard]] Mask mask_of(const Occurrences& occurrences) const;
  void check_list(const LedgerView& view, MaskExpression expression, std::uint64_t seed) const;

  std::size_t sides_;
  std::map<OwnedRecordId, Occurrences> occurrences_;
};

[[nodiscard]] bool same(const std::vector<DuplicateEntry>& a, const std::vector<DuplicateEntry>& b);

}  // namespace rollcall
