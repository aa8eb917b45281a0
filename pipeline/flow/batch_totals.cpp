#include "pipeline/flow/batch_totals.hpp"

#include <algorithm>
#include <utility>

#include "pipeline/flow/name_pattern.hpp"

namespace rollcall {

BatchTotals::BatchTotals(std::vector<std::string> sides, std::vector<std::string> watched)
    : sides_(std::move(sides)), patterns_(std::move(watched)), duplicates_(sides_.size() + 1) {}

void BatchTotals::add(const Batch& batch) {
  if (batch.row.kind != BatchKind::reconciliation) return;
  ++reconciliations_;
  if (is_watched(batch)) watched_.insert(watched_.end(), batch.row.number);
}

void BatchTotals::tally(Batch& batch) {
  const Ledger& ledger = *batch.ledger;
  Tally now;
  if (batch.row.kind == BatchKind::reconciliation) {
    now.missing = ledger.count(kMissing);
    now.unexpected = ledger.count(kUnexpected);
  }
  now.memory_bytes = ledger.memory_bytes();
  for (std::size_t side = 0; side < batch.row.sides.size(); ++side) {
    const std::uint64_t repeats = ledger.duplicates(static_cast<Side>(side));
    if (repeats == 0) continue;  // mostly: then nothing is kept of any side
    now.duplicates.resize(batch.row.sides.size());
    now.duplicates[side] = repeats;
  }
  const Tally& before = batch.tally;
  const bool same_debt = now.owed() == before.owed();
  if (!same_debt && before.owed() > 0) debts_.erase({before.owed(), batch.row.number});
  if (!same_debt && now.owed() > 0) debts_.insert({now.owed(), batch.row.number});
  take_back(batch);
  missing_ += now.missing;
  unexpected_ += now.unexpected;
  memory_bytes_ += now.memory_bytes;
  for (std::size_t side = 0; side < now.duplicates.size(); ++side)
    duplicates_[place_of(batch, side)] += now.duplicates[side];
  batch.tally = std::move(now);
}

void BatchTotals::remove(const Batch& batch) {
  if (batch.tally.owed() > 0) debts_.erase({batch.tally.owed(), batch.row.number});
  take_back(batch);
  if (batch.row.kind != BatchKind::reconciliation) return;
  --reconciliations_;
  watched_.erase(batch.row.number);
}

void BatchTotals::take_back(const Batch& batch) {
  missing_ -= batch.tally.missing;
  unexpected_ -= batch.tally.unexpected;
  memory_bytes_ -= batch.tally.memory_bytes;
  for (std::size_t side = 0; side < batch.tally.duplicates.size(); ++side)
    duplicates_[place_of(batch, side)] -= batch.tally.duplicates[side];
}

std::size_t BatchTotals::place_of(const Batch& batch, std::size_t side) const {
  return std::min<std::size_t>(side_index(sides_, batch.row.sides[side]), sides_.size());
}

bool BatchTotals::is_watched(const Batch& batch) const {
  return std::any_of(patterns_.begin(), patterns_.end(), [&batch](const std::string& pattern) {
    return matches_pattern(pattern, batch.row.name);
  });
}

std::vector<BatchNumber> BatchTotals::worst(std::size_t batches_max) const {
  std::vector<BatchNumber> numbers;
  for (auto debt = debts_.begin(); debt != debts_.end() && numbers.size() < batches_max; ++debt)
    numbers.push_back(debt->batch);
  return numbers;
}

std::vector<BatchNumber> BatchTotals::watched(std::size_t batches_max) const {
  std::vector<BatchNumber> numbers;
  for (auto at = watched_.rbegin(); at != watched_.rend() && numbers.size() < batches_max; ++at)
    numbers.push_back(*at);
  return numbers;
}

}  // namespace rollcall
