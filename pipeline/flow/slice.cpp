#include "pipeline/flow/slice.hpp"

#include <algorithm>
#include <utility>

#include "pipeline/ensure.hpp"

namespace rollcall {
namespace {

constexpr std::size_t kDeadLetterOverheadBytes = 128;  // of a DeadLetter and its strings' headers
constexpr std::size_t kBatchOverheadBytes = 256;       // of what a checkpoint says of a batch

}  // namespace

Slice::Slice(SliceId id, std::vector<std::string> sides, Receipts::Options receipts)
    : id_(id), sides_(std::move(sides)), receipts_(receipts) {
  ENSURE(sides_.size() >= kSidesMin && sides_.size() <= kSidesMax);
}

void Slice::restore(SliceState state) {
  drop();
  epoch_ = state.epoch;
  sequence_ = state.sequence;
  seed_ = state.seed;
  dead_letter_count_ = state.dead_letters;
  next_batch_ = state.next_batch;
  receipts_.restore(std::move(state.receipts));
  std::sort(
      state.batches.begin(), state.batches.end(),
      [](const RestoredBatch& a, const RestoredBatch& b) { return a.row.number < b.row.number; });
  for (RestoredBatch& restored : state.batches) {
    auto batch = std::make_unique<Batch>(std::move(restored.row), std::move(restored.ledger),
                                         restored.summary.revision);
    batch->stored = true;
    insert(std::move(batch));
  }
}

void Slice::drop() {
  last_ = nullptr;
  touched_.clear();
  by_name_.clear();
  batches_.clear();
  dead_letters_.clear();
  deleted_.clear();
  garbage_.clear();
  receipts_.clear();
  uncut_bytes_ = 0;
  dead_letter_count_ = 0;
}

Batch* Slice::find_recent(std::string_view name) {
  if (last_ == nullptr || last_->row.name != name) last_ = find(name);
  return last_;
}

Batch& Slice::create(std::string_view name, std::int64_t now_ms) {
  BatchRow row;
  row.name = std::string{name};
  row.created_at_ms = now_ms;
  return create(std::move(row));
}

Batch& Slice::create(BatchRow row) {
  if (row.sides.empty()) row.sides = sides_;
  row.ledger_sides = std::max(row.ledger_sides, row.sides.size());
  ENSURE(row.ledger_sides <= kSidesMax);
  row.number = next_batch_++;
  auto ledger = std::make_unique<Ledger>(row.ledger_sides, seed_);
  Batch& batch = insert(std::make_unique<Batch>(std::move(row), std::move(ledger), 0));
  uncut_bytes_ += kBatchOverheadBytes;
  touch(batch);
  return *(last_ = &batch);
}

void Slice::remove(Batch& batch) {
  ENSURE(batch.pending == kNotPending);
  last_ = nullptr;
  if (batch.touched) std::erase(touched_, &batch);
  // Also where it was never stored: the next checkpoint holds the positions behind the events that made it.
  deleted_.push_back(batch.row.number);
  garbage_.push_back(std::move(batch.ledger));
  uncut_bytes_ += kBatchOverheadBytes;
  by_name_.erase(batch.row.name);
  std::erase_if(batches_, [&batch](const auto& held) { return held.get() == &batch; });
}

Batch& Slice::insert(std::unique_ptr<Batch> batch) {
  batch->default_sides = batch->row.sides == sides_;
  by_name_.emplace(batch->row.name, batch.get());
  return *batches_.emplace_back(std::move(batch));
}

Batch* Slice::find(BatchNumber number) const {
  const auto found =
      std::lower_bound(batches_.begin(), batches_.end(), number,
                       [](const auto& batch, BatchNumber n) { return batch->row.number < n; });
  return found != batches_.end() && (*found)->row.number == number ? found->get() : nullptr;
}

Batch* Slice::find(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second;
}

void Slice::refuse(DeadLetter letter) {
  uncut_bytes_ += kDeadLetterOverheadBytes + letter.sample.size() + letter.field.size();
  dead_letters_.push_back(std::move(letter));
  ++dead_letter_count_;
}

Checkpoint Slice::cut() {
  Checkpoint checkpoint;
  checkpoint.slice = id_;
  checkpoint.epoch = epoch_;
  checkpoint.sequence = ++sequence_;
  checkpoint.next_batch = next_batch_;
  checkpoint.deleted_batches = std::exchange(deleted_, {});
  checkpoint.garbage = std::exchange(garbage_, {});
  checkpoint.dead_letters = std::exchange(dead_letters_, {});
  receipts_.cut(checkpoint);
  checkpoint.changes.reserve(touched_.size());
  for (Batch* batch : touched_) {
    batch->touched = false;
    if (!std::exchange(batch->stored, true)) checkpoint.new_batches.push_back(batch->row);
    LedgerChange& change = checkpoint.changes.emplace_back();
    change.batch = batch->row.number;
    change.delta = batch->ledger->take_delta();
    change.after = ledger_summary(*batch);
  }
  touched_.clear();
  uncut_bytes_ = 0;
  return checkpoint;
}

std::size_t Slice::memory_bytes() const {
  std::size_t bytes = 0;
  for (const auto& batch : batches_) bytes += batch->ledger->memory_bytes();
  return bytes;
}

}  // namespace rollcall
