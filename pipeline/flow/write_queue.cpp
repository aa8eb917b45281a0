#include "pipeline/flow/write_queue.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "pipeline/ensure.hpp"
#include "pipeline/flow/import_event.hpp"
#include "pipeline/flow/named_records.hpp"

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

// A batch of customers: the usual sources, and room for others.
BatchRow sources_row(const std::string& name, std::int64_t now_ms) {
  BatchRow row;
  row.name = name;
  row.sides = {"salesforce", "hubspot", "internal"};
  row.kind = BatchKind::comparison;
  row.created_at_ms = now_ms;
  row.ledger_sides = kSidesMax;
  return row;
}

}  // namespace

// Owners: the queue, and the coroutine that waits for it.
struct WriteQueue::Entry {
  Entry(const asio::any_io_executor& executor, Write its_write)
      : write(std::move(its_write)), timer(executor) {}

  void settle(Result<WriteAnswer> with) {
    result = std::move(with);
    timer.cancel();
  }

  Write write;
  WriteAnswer answer;
  asio::steady_timer timer;  // runs out when the client has waited long enough
  bool begun = false;
  std::uint64_t sequence = 0;                  // of the checkpoint that makes it durable
  std::optional<std::size_t> acknowledgement;  // its place in CommitStats::acknowledged
  std::optional<Result<WriteAnswer>> result;

  // Of records: for each run its batch, and for each name of a side its index there.
  struct Place {
    Batch* batch = nullptr;
    std::vector<Side> sides;
  };
  std::vector<Place> places;
};

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
    if (!std::exchange(entry.begun, true) && replay(entry)) {
      finish(entry);
      continue;
    }
    --budget;
    under_way_ = !apply(entry, budget);
    if (!under_way_) finish(entry);
  }
}

// Whether the write was applied before, or came with the key of another.
bool WriteQueue::replay(Entry& entry) {
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

// Finds every batch and side; false where they are not there and nothing is to be applied.
bool WriteQueue::begin(Entry& entry, AddRecords& change) {
  WriteAnswer& answer = entry.answer;
  for (const AddRecords::Run& run : change.runs) {
    Batch* batch = find(run.batch);
    if (batch == nullptr && change.gathers_sources)
      batch = &slice_.create(sources_row(std::get<std::string>(run.batch), clock_.now_ms()));
    if (batch == nullptr && !change.makes_batches) {
      answer.outcome = WriteOutcome::no_such_batch;
      return false;
    }
    if (batch == nullptr) batch = &slice_.create(std::get<std::string>(run.batch), clock_.now_ms());
    if (change.gathers_sources && !slice_.add_sides(*batch, change.sides)) {
      answer.outcome = WriteOutcome::too_many_sources;
      return false;
    }
    Entry::Place& place = entry.places.emplace_back();
    place.batch = batch;
    for (const std::string& side : change.sides) place.sides.push_back(batch->side(side));
    answer.receipt.batch = change.runs.size() == 1 ? batch->row.number : 0;
    const bool all_known =
        std::find(place.sides.begin(), place.sides.end(), Side{kSidesMax}) == place.sides.end();
    for (std::size_t at = run.begin; at < run.end && !all_known; ++at) {
      const NamedRecord& record = change.records[at];
      if (place.sides[record.side] < kSidesMax) continue;
      if (answer.refused_lines.size() < kRefusedLinesMax &&
          (answer.refused_lines.empty() || answer.refused_lines.back() != record.line)) {
        answer.refused_lines.push_back(record.line);
        answer.sides_there.push_back(batch->row.sides);
      }
    }
  }
  if (!change.all_or_nothing || answer.refused_lines.empty()) return true;
  answer.outcome = WriteOutcome::unknown_side;
  return false;
}

void WriteQueue::add_some(Entry& entry, AddRecords& change, std::size_t& budget) {
  Receipt& receipt = entry.answer.receipt;
  for (; next_run_ < change.runs.size(); ++next_run_) {
    const AddRecords::Run& run = change.runs[next_run_];
    const Entry::Place& place = entry.places[next_run_];
    next_record_ = std::max(next_record_, run.begin);
    const std::size_t begin = next_record_;
    std::array<std::uint64_t, kSidesMax> named{};
    slice_.change(*place.batch, [&](Ledger& ledger) {
      next_record_ = add_records(ledger, place.sides, change, {begin, run.end}, range_, budget,
                                 receipt, named);
    });
    count(*place.batch, named);
    note_details(entry, change, next_record_);
    slice_.count_events(*place.batch, next_record_ - begin, receipt.at_ms);
    if (next_record_ < run.end) return;
  }
}

void WriteQueue::count(const Batch& batch, const std::array<std::uint64_t, kSidesMax>& named) {
  for (std::size_t side = 0; side < batch.row.sides.size(); ++side) {
    const Side known = slice_.default_side(batch.row.sides[side]);
    (known < kSidesMax ? counters_.events[known] : counters_.events_of_other_sides) += named[side];
  }
}

// What was said about the records up to `end`.
void WriteQueue::note_details(const Entry& entry, const AddRecords& change, std::size_t end) {
  const Entry::Place& place = entry.places[next_run_];
  for (; next_detail_ < change.details.size() && change.details[next_detail_].record < end;
       ++next_detail_) {
    const AddRecords::Detail& detail = change.details[next_detail_];
    const NamedRecord& record = change.records[detail.record];
    const Side side = place.sides[record.side];
    if (side >= kSidesMax) continue;
    const auto json = std::string_view{change.detail_bytes}.substr(detail.begin, detail.length);
    const RecordId id = id_of(record, change.texts);
    if (change.gathers_sources) {
      slice_.store_detail({place.batch->row.number, side, owned_id(id), std::string{json}});
    } else {
      slice_.note(*place.batch, side, id, json);
    }
  }
}

}  // namespace rollcall
