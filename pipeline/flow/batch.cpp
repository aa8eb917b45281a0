#include "pipeline/flow/batch.hpp"

#include <algorithm>

namespace rollcall {

Side side_index(const std::vector<std::string>& sides, std::string_view name) {
  const auto found = std::find(sides.begin(), sides.end(), name);
  return found == sides.end() ? Side{kSidesMax} : static_cast<Side>(found - sides.begin());
}

BatchKind kind_of(const std::vector<std::string>& sides,
                  const std::vector<std::string>& default_sides) {
  const bool usual = sides.size() >= kSidesMin && default_sides.size() >= kSidesMin &&
                     std::equal(sides.begin(), sides.begin() + kSidesMin, default_sides.begin());
  return sides.size() == kSidesMin || usual ? BatchKind::reconciliation : BatchKind::comparison;
}

BatchSummary summarize(const Batch& batch) {
  const Ledger& ledger = *batch.ledger;
  BatchSummary summary;
  summary.row = &batch.row;
  summary.revision = batch.revision;
  summary.last_event_ms = batch.last_event_ms;
  const std::size_t sides = batch.row.sides.size();
  summary.matched = ledger.count(MaskExpression{full_mask(sides), 0});
  if (names_missing(batch.row.kind)) {
    summary.missing = ledger.count(kMissing);
    summary.unexpected = ledger.count(kUnexpected);
  }
  for (Side side = 0; side < static_cast<Side>(sides); ++side) {
    summary.totals.push_back(ledger.total(side));
    summary.duplicates.push_back(ledger.duplicates(side));
    summary.duplicate_ids.push_back(ledger.duplicate_ids(side));
  }
  summary.unlisted_texts = ledger.unlisted_texts();
  return summary;
}

LedgerSummary ledger_summary(const Batch& batch) {
  const Ledger& ledger = *batch.ledger;
  LedgerSummary summary;
  summary.revision = batch.revision;
  summary.last_event_ms = batch.last_event_ms;
  const std::uint32_t masks = std::uint32_t{full_mask(ledger.sides())} + 1;
  for (std::uint32_t mask = 1; mask < masks; ++mask) {
    const std::uint64_t count = ledger.count(static_cast<Mask>(mask));
    if (count > 0) summary.counts.emplace_back(static_cast<Mask>(mask), count);
  }
  for (Side side = 0; side < static_cast<Side>(ledger.sides()); ++side) {
    summary.duplicates.push_back(ledger.duplicates(side));
    summary.duplicate_ids.push_back(ledger.duplicate_ids(side));
  }
  return summary;
}

}  // namespace rollcall
