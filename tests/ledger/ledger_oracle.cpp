#include "tests/ledger/ledger_oracle.hpp"

#include <doctest/doctest.h>
#include <random>

namespace rollcall {

bool LedgerOracle::add(Side side, const OwnedRecordId& id) {
  Occurrences& occurrences = occurrences_[id];
  occurrences.resize(sides_);
  return ++occurrences[side] == 1;
}

void LedgerOracle::add(Side side, IntegerRange range) {
  for (std::uint64_t id = range.lo;; ++id) {
    add(side, id);
    if (id == range.hi) break;
  }
}

Mask LedgerOracle::mask_of(const Occurrences& occurrences) const {
  unsigned mask = 0;
  for (std::size_t s = 0; s < sides_; ++s) mask |= occurrences[s] > 0 ? 1U << s : 0U;
  return static_cast<Mask>(mask);
}

std::vector<OwnedRecordId> LedgerOracle::ids(MaskExpression expression,
                                             const std::optional<OwnedRecordId>& after,
                                             std::size_t limit) const {
  std::vector<OwnedRecordId> found;
  for (auto at = after ? occurrences_.upper_bound(*after) : occurrences_.begin();
       at != occurrences_.end(); ++at) {
    if (found.size() == limit) break;
    const Mask mask = mask_of(at->second);
    const bool text_let_go =
        std::holds_alternative<std::string>(at->first) && mask == full_mask(sides_);
    if (expression.matches(mask) && !text_let_go) found.push_back(at->first);
  }
  return found;
}

std::vector<IntegerRange> LedgerOracle::runs(MaskExpression expression,
                                             std::optional<std::uint64_t> after,
                                             std::size_t limit) const {
  std::vector<IntegerRange> found;
  std::optional<OwnedRecordId> from;
  if (after) from.emplace(*after);
  for (const OwnedRecordId& id : ids(expression, from, occurrences_.size())) {
    const auto* number = std::get_if<std::uint64_t>(&id);
    if (number == nullptr) break;
    if (!found.empty() && found.back().hi + 1 == *number) {
      found.back().hi = *number;
    } else {
      if (found.size() == limit) break;
      found.push_back({*number, *number});
    }
  }
  return found;
}

std::vector<DuplicateEntry> LedgerOracle::duplicates(const std::optional<OwnedRecordId>& after,
                                                     std::size_t limit) const {
  std::vector<DuplicateEntry> found;
  for (auto at = after ? occurrences_.upper_bound(*after) : occurrences_.begin();
       at != occurrences_.end(); ++at) {
    if (found.size() == limit) break;
    DuplicateEntry entry{at->first, Occurrences(sides_)};
    bool repeated = false;
    for (std::size_t s = 0; s < sides_; ++s) {
      if (at->second[s] < 2) continue;
      entry.extra[s] = at->second[s] - 1;
      repeated = true;
    }
    if (repeated) found.push_back(std::move(entry));
  }
  return found;
}

void LedgerOracle::check_counts(const Ledger& ledger) const {
  std::vector<std::uint64_t> cells(std::size_t{1} << sides_);
  std::vector<std::uint64_t> totals(sides_);
  std::vector<std::uint64_t> extra(sides_);
  std::vector<std::uint64_t> extra_ids(sides_);
  for (const auto& [id, occurrences] : occurrences_) {
    ++cells[mask_of(occurrences)];
    for (std::size_t s = 0; s < sides_; ++s) {
      totals[s] += occurrences[s] > 0 ? 1 : 0;
      extra[s] += occurrences[s] > 1 ? occurrences[s] - 1 : 0;
      extra_ids[s] += occurrences[s] > 1 ? 1 : 0;
    }
  }
  std::uint64_t wrong_cells = 0;
  for (std::size_t mask = 0; mask < cells.size(); ++mask) {
    wrong_cells += ledger.count(static_cast<Mask>(mask)) != cells[mask] ? 1 : 0;
  }
  CHECK(wrong_cells == 0);
  for (Side s = 0; s < sides_; ++s) {
    CHECK(ledger.total(s) == totals[s]);
    CHECK(ledger.count({bit(s), 0}) == totals[s]);
    CHECK(ledger.duplicates(s) == extra[s]);
    CHECK(ledger.duplicate_ids(s) == extra_ids[s]);
  }
  CHECK(ledger.count({0, 0}) == occurrences_.size());  // every id has exactly one mask
  CHECK(ledger.count(kMissing) + ledger.count(kMatched) == ledger.total(kExpected));
}

void LedgerOracle::check_lists(const LedgerView& view, std::uint64_t seed) const {
  std::mt19937_64 random(seed);
  for (const MaskExpression expression : {kMissing, kUnexpected, kMatched, MaskExpression{0, 0}}) {
    check_list(view, expression, random());
  }
  for (int i = 0; i < 3; ++i) {
    check_list(
        view,
        {static_cast<Mask>(random() & full_mask(sides_)), static_cast<Mask>(random() & random())},
        random());
  }
  CHECK(same(view.duplicates(std::nullopt, size() + 1), duplicates(std::nullopt, size() + 1)));
  std::optional<OwnedRecordId> after;
  for (int page = 0; page < 20; ++page) {
    const std::size_t limit = random() % 50;
    const auto entries = view.duplicates(after, limit);
    CHECK(same(entries, duplicates(after, limit)));
    if (!entries.empty()) after = entries.back().id;
  }
}

void LedgerOracle::check_list(const LedgerView& view, MaskExpression expression,
                              std::uint64_t seed) const {
  std::mt19937_64 random(seed);
  const auto all = ids(expression, std::nullopt, size());
  CHECK(view.ids(expression, std::nullopt, size() + 1) == all);
  CHECK(view.runs(expression, std::nullopt, size() + 1) ==
        runs(expression, std::nullopt, size() + 1));
  for (int page = 0; page < 10; ++page) {
    const std::size_t limit = random() % 100;
    std::optional<OwnedRecordId> after;
    if (!all.empty() && random() % 4 != 0) after = all[random() % all.size()];
    CHECK(view.ids(expression, after, limit) == ids(expression, after, limit));
    const std::uint64_t number = random() >> random() % 64;
    CHECK(view.ids(expression, number, limit) == ids(expression, number, limit));
    CHECK(view.runs(expression, number, limit) == runs(expression, number, limit));
  }
}

bool same(const std::vector<DuplicateEntry>& a, const std::vector<DuplicateEntry>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].id != b[i].id || a[i].extra != b[i].extra) return false;
  }
  return true;
}

}  // namespace rollcall
