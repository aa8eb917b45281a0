#include "pipeline/flow/write_queue.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "pipeline/ensure.hpp"
#include "pipeline/flow/import_event.hpp"
#include "pipeline/flow/write_entry.hpp"

namespace rollcall {

namespace asio = boost::asio;

namespace {

BatchRow row_of(CreateBatch& change, const std::vector<std::string>& default_sides,
                std::int64_t now_ms) {
  BatchRow row;
  row.name = std::move(change.name);
  row.record_type = std::move(change.record_type);
  row.description = std::move(change.description);
  row.kind = change.kind.value_or(change.sides.empty() ? BatchKind::reconciliation
                                                       : kind_of(change.sides, default_sides));
  row.sides = std::move(change.sides);
  row.deadline_ms = change.deadline_ms;
  row.created_at_ms = now_ms;
  // A place that stays empty, so that lists can name matched texts too.
  row.ledger_sides =
      std::min((row.sides.empty() ? default_sides.size() : row.sides.size()) + 1, kSidesMax);
  return row;
}

}  // namespace

WriteQueue::WriteQueue(asio::any_io_executor executor, Slice& slice, Pump& pump, const Clock& clock,
                       Signal& wake, Options options)
    : executor_(std::move(executor)),
      slice_(slice),
      pump_(pump),
      clock_(clock),
      wake_(wake),
      options_(options) {}

WriteQueue::~WriteQueue() = default;

asio::awaitable<Result<WriteAnswer>> WriteQueue::write(Write write,
                                                       std::chrono::milliseconds patience) {
  if (refusal_) co_return *refusal_;
  const auto entry = std::make_shared<Entry>(executor_, std::move(write));
  queue_.push_back(entry);
  wake_.notify();
  entry->timer.expires_after(patience);
  while (!entry->result) {
    const auto [cancelled] = co_await entry->timer.async_wait(asio::as_tuple(asio::use_awaitable));
    if (entry->result || cancelled) continue;
    if (entry->begun) {
      co_return transient("the store has not answered in time; the write may become durable later");
    }
    std::erase(queue_, entry);
    co_return transient("the store does not answer; nothing was written");
  }
  co_return std::move(*entry->result);
}

bool WriteQueue::awaits_cut() const {
  return !applied_.empty() && applied_.back()->sequence == slice_.next_sequence();
}

void WriteQueue::turn() {
  std::size_t budget = options_.ids_per_turn_max;
  while (budget > 0 && !queue_.empty()) {
    Entry& entry = *queue_.front();
    if (!std::exchange(entry.begun, true) && repeats(entry)) {
      finish(entry);
      continue;
    }
    --budget;
    under_way_ = !apply(entry, budget);
    if (!under_way_) finish(entry);
    if (!pump_.between_units()) return;  // an event that is replayed: the pump goes on with it
  }
}

// Whether the write was applied before, or came with the key of another.
bool WriteQueue::repeats(Entry& entry) {
  if (!entry.write.key) return false;
  const WriteKey& key = *entry.write.key;
  Receipt& receipt = entry.answer.receipt;
  const Receipt* known = slice_.receipts().find(key.key);
  if (known == nullptr) {
    receipt.key = key.key;
    return false;
  }
  receipt = *known;
  if (key.unit >= known->units) return false;  // goes on where the first attempt ended
  const bool last_of_known = key.unit + 1 == known->units;
  const bool same = last_of_known ? known->fingerprint == key.fingerprint : !key.whole;
  if (!same) entry.answer.outcome = WriteOutcome::key_reused;
  const Batch* batch = slice_.find(known->batch);
  if (same && batch != nullptr) entry.answer.batch = batch->row;
  return true;
}

// Whether the write is applied whole.
bool WriteQueue::apply(Entry& entry, std::size_t& budget) {
  if (!under_way_) entry.answer.receipt.at_ms = clock_.now_ms();
  if (auto* records = std::get_if<AddRecords>(&entry.write.change)) {
    if (entry.places.empty() && !begin(entry, *records)) return true;
    add_some(entry, *records, budget);
    if (next_run_ < records->runs.size()) return false;
    entry.answer.receipt.lines += records->lines;
    entry.answer.receipt.refused += records->refused;
    counters_.refused_lines += records->refused;
    counters_.unknown_fields += records->unknown_fields;
    counters_.unread_fields += records->unread_fields;
  } else if (auto* made = std::get_if<CreateBatch>(&entry.write.change)) {
    if (!create(entry, *made, budget)) return false;
  } else if (const auto* one = std::get_if<DeleteBatch>(&entry.write.change)) {
    apply_one(entry, *one);
  } else if (const auto* all = std::get_if<DeleteAllBatches>(&entry.write.change)) {
    apply_one(entry, *all);
  } else if (const auto* taken = std::get_if<TakeNumber>(&entry.write.change)) {
    apply_one(entry, *taken);
  } else if (const auto* reset = std::get_if<ResetNumbers>(&entry.write.change)) {
    apply_one(entry, *reset);
  } else if (auto* acknowledge = std::get_if<AcknowledgeLetters>(&entry.write.change)) {
    apply_one(entry, *acknowledge);
  } else if (auto* replayed = std::get_if<ReplayLetters>(&entry.write.change)) {
    if (!replay_some(entry, *replayed, budget)) return false;
  } else if (auto* import = std::get_if<ImportEvent>(&entry.write.change)) {
    apply_one(entry, *import);
  } else {
    apply_one(entry, std::get<ResetSource>(entry.write.change));
  }
  if (entry.write.key && entry.answer.outcome == WriteOutcome::applied) {
    Receipt& receipt = entry.answer.receipt;
    receipt.fingerprint = entry.write.key->fingerprint;
    receipt.units = entry.write.key->unit + 1;
    slice_.receipts().put(receipt);
  }
  return true;
}

// What is applied, or stands in the way, is durable with the next cut; where nothing has changed since the last one it
// is with that.
void WriteQueue::finish(Entry& entry) {
  next_run_ = 0;
  next_record_ = 0;
  next_detail_ = 0;
  range_.reset();
  entry.sequence = slice_.next_sequence() - (slice_.changed() ? 0 : 1);
  if (entry.sequence <= committed_) {
    entry.settle(std::move(entry.answer));
  } else {
    applied_.push_back(queue_.front());
  }
  queue_.pop_front();
}

void WriteQueue::committed(std::uint64_t sequence, const std::vector<std::uint64_t>& acknowledged) {
  committed_ = sequence;
  while (!applied_.empty() && applied_.front()->sequence <= sequence) {
    Entry& entry = *applied_.front();
    if (entry.acknowledgement && *entry.acknowledgement < acknowledged.size())
      entry.answer.receipt.accepted = acknowledged[*entry.acknowledgement];
    entry.settle(std::move(entry.answer));
    applied_.pop_front();
  }
}

void WriteQueue::refuse_new(Failure reason) {
  refusal_ = std::move(reason);
  while (!queue_.empty() && !queue_.back()->begun) {
    queue_.back()->settle(*refusal_);
    queue_.pop_back();
  }
}

void WriteQueue::fail_all(const Failure& reason) {
  refuse_new(reason);
  for (const auto* entries : {&queue_, &applied_}) {
    for (const auto& entry : *entries) entry->settle(reason);
  }
  queue_.clear();
  applied_.clear();
}

Batch* WriteQueue::find(const BatchRef& batch) const {
  if (const auto* number = std::get_if<BatchNumber>(&batch)) return slice_.find(*number);
  return slice_.find(std::get<std::string>(batch));
}

// Whether the batch is made whole. Its range takes several turns where it is long.
bool WriteQueue::create(Entry& entry, CreateBatch& change, std::size_t& budget) {
  if (!range_) {
    if (const Batch* existing = slice_.find(change.name)) {
      entry.answer.outcome = WriteOutcome::batch_exists;
      entry.answer.batch = existing->row;
      return true;
    }
    const Batch& batch =
        slice_.create(row_of(change, slice_.default_sides(), entry.answer.receipt.at_ms));
    entry.answer.receipt.batch = batch.row.number;
    entry.answer.batch = batch.row;
    if (!change.range) return true;
    range_.emplace(*change.range);
  }
  if (budget == 0) return false;
  Batch& batch = *slice_.find(entry.answer.receipt.batch);
  slice_.change(batch, [&](Ledger& ledger) { ledger.add(0, *range_, budget); });
  if (!range_->done) return false;
  slice_.count_event(batch, entry.answer.receipt.at_ms);
  return true;
}

void WriteQueue::apply_one(Entry& entry, const DeleteBatch& change) {
  Batch* batch = find(change.batch);
  if (batch == nullptr) {
    entry.answer.outcome = WriteOutcome::no_such_batch;
    return;
  }
  entry.answer.receipt.batch = batch->row.number;
  slice_.remove(*batch);
}

void WriteQueue::apply_one(Entry& entry, const DeleteAllBatches&) {
  entry.answer.receipt.accepted = slice_.batches().size();
  slice_.clear();
}

void WriteQueue::apply_one(Entry& entry, const TakeNumber& change) {
  Batch& batch = numbers(change.batch, change.range);
  const RecordId id{change.number};
  if ((batch.ledger->sides_of(id) & bit(kProcessed)) != 0) {
    entry.answer.outcome = WriteOutcome::number_taken;
  } else {
    slice_.change(batch, [&](Ledger& ledger) { ledger.add(kProcessed, id); });
    slice_.count_event(batch, entry.answer.receipt.at_ms);
  }
  entry.answer.receipt.batch = batch.row.number;
  entry.answer.receipt.accepted = batch.ledger->count(kMissing);
}

void WriteQueue::apply_one(Entry& entry, const ResetNumbers& change) {
  if (Batch* batch = slice_.find(change.batch)) slice_.remove(*batch);
  const Batch& batch = numbers(change.batch, change.range);
  entry.answer.receipt.batch = batch.row.number;
  entry.answer.receipt.accepted = batch.ledger->count(kMissing);
}

void WriteQueue::apply_one(Entry& entry, AcknowledgeLetters& change) {
  entry.acknowledgement = slice_.acknowledge(std::move(change.filter),
                                             {0, std::move(change.by), std::move(change.note)});
}

void WriteQueue::apply_one(Entry& entry, ImportEvent& change) {
  entry.acknowledgement = apply_import(slice_, change, entry.answer.receipt.at_ms);
}

void WriteQueue::apply_one(Entry& entry, const ResetSource& change) {
  entry.answer.reset = pump_.reset(change.topic);
  using Outcome = SourceReset::Outcome;
  if (entry.answer.reset.outcome == Outcome::no_such_source)
    entry.answer.outcome = WriteOutcome::no_such_source;
  if (entry.answer.reset.outcome == Outcome::nothing_to_reset)
    entry.answer.outcome = WriteOutcome::nothing_to_reset;
}

Batch& WriteQueue::numbers(const std::string& name, IntegerRange range) {
  if (Batch* batch = slice_.find(name)) return *batch;
  BatchRow row;
  row.name = name;
  row.kind = BatchKind::numbers;
  row.created_at_ms = clock_.now_ms();
  Batch& batch = slice_.create(std::move(row));
  slice_.change(batch, [&](Ledger& ledger) { ledger.add(kExpected, range); });
  slice_.count_event(batch, batch.row.created_at_ms);
  return batch;
}

}  // namespace rollcall
