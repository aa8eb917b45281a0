#include "pipeline/flow/slice.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include "pipeline/ensure.hpp"
#include "pipeline/flow/ledger_laws.hpp"

namespace rollcall {
namespace {

constexpr std::size_t kDeadLetterOverheadBytes = 128;  // of a DeadLetter and its strings' headers
constexpr std::size_t kBatchOverheadBytes = 256;       // of what a checkpoint says of a batch
// Where nearly no batch owes anything, what is shown beside them is looked for among so many.
constexpr std::size_t kNewestLookedAt = 4'096;

}  // namespace

Slice::Slice(SliceId id, std::vector<std::string> sides, Options options)
    : id_(id),
      sides_(std::move(sides)),
      options_(std::move(options)),
      totals_(sides_, options_.watched),
      receipts_(options_.receipts),
      attributes_(options_.attributes_bytes_max) {
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
    batch->last_event_ms = restored.summary.last_event_ms;
    batch->at_cut = named_now(*batch->ledger);
    Batch& inserted = insert(std::move(batch));
    if (!restored.kind_known) settle_kind(inserted);
    totals_.add(inserted);
    totals_.tally(inserted);
  }
  for (const OpenDoubt& doubt : state.doubts) doubts_.add(doubt);
  letters_ = std::move(state.letters);
}

// Decided once, from what the batch looks like, and stored with the next checkpoint.
void Slice::settle_kind(Batch& batch) {
  BatchRow& row = batch.row;
  row.kind = row.name == options_.numbers_batch ? BatchKind::numbers
             : row.ledger_sides == kSidesMax    ? BatchKind::comparison
                                                : kind_of(row.sides, sides_);
  batch.stored = false;
  touch(batch);
}

void Slice::drop() {
  last_ = nullptr;
  touched_.clear();
  by_name_.clear();
  batches_ = BatchList{};
  totals_ = BatchTotals{sides_, options_.watched};
  dead_letters_.clear();
  acknowledgements_.clear();
  still_bad_.clear();
  replayed_.clear();
  doubts_.clear();
  letters_.clear();
  deleted_.clear();
  garbage_.clear();
  details_.clear();
  receipts_.clear();
  attributes_.clear();
  uncut_bytes_ = 0;
  dead_letter_count_ = 0;
}

Batch* Slice::find_recent(std::string_view name) {
  if (last_ == nullptr || last_->row.name != name) last_ = find(name);
  return last_;
}

Batch& Slice::create(std::string_view name, std::int64_t now_ms) {
  return create(name, now_ms, now_ms);
}

Batch& Slice::create(std::string_view name, std::int64_t now_ms, std::int64_t timestamp_ms) {
  BatchRow row;
  row.name = std::string{name};
  row.created_at_ms = now_ms;
  row.began_at_ms = timestamp_ms;
  return create(std::move(row));
}

Batch& Slice::create(BatchRow row) {
  if (row.sides.empty()) row.sides = sides_;
  row.ledger_sides = std::max(row.ledger_sides, row.sides.size());
  if (row.began_at_ms == 0) row.began_at_ms = row.created_at_ms;
  ENSURE(row.ledger_sides <= kSidesMax);
  row.number = next_batch_++;
  auto ledger = std::make_unique<Ledger>(row.ledger_sides, seed_);
  Batch& batch = insert(std::make_unique<Batch>(std::move(row), std::move(ledger), 0));
  totals_.add(batch);
  uncut_bytes_ += kBatchOverheadBytes;
  touch(batch);
  return *(last_ = &batch);
}

bool Slice::add_sides(Batch& batch, const std::vector<std::string>& names) {
  std::vector<std::string> sides = batch.row.sides;
  for (const std::string& name : names) {
    if (side_index(sides, name) == kSidesMax) sides.push_back(name);
  }
  if (sides.size() > batch.row.ledger_sides) return false;
  if (sides.size() == batch.row.sides.size()) return true;
  batch.row.sides = std::move(sides);
  batch.default_sides = batch.row.sides == sides_;
  batch.stored = false;  // the row is written anew
  touch(batch);
  return true;
}

void Slice::remove(Batch& batch) {
  ENSURE(batch.pending == kNotPending);
  last_ = nullptr;
  if (batch.touched != kUntouched) {
    touched_.back()->touched = batch.touched;
    touched_[batch.touched] = touched_.back();
    touched_.pop_back();
  }
  // Also where it was never stored: the next checkpoint holds the positions behind the events that made it.
  deleted_.push_back(batch.row.number);
  end_doubt_about(batch.row.name);
  uncut_bytes_ += kBatchOverheadBytes;
  by_name_.erase(batch.row.name);
  totals_.remove(batch);
  garbage_.emplace_back(batches_.take(batch.row.number));
}

// A batch that is made anew under the name is another one.
void Slice::end_doubt_about(const std::string& batch) {
  if (!doubts_.names(batch)) return;
  DeadLetterFilter theirs;
  theirs.batch = batch;
  acknowledge(std::move(theirs), {0, "rollcall", "the batch was deleted"});
  doubts_.forget(batch);
}

void Slice::clear() {
  for (const std::string& name : doubts_.named()) {
    if (by_name_.contains(name)) end_doubt_about(name);
  }
  last_ = nullptr;
  touched_.clear();
  uncut_bytes_ += batches_.size() * sizeof(BatchNumber);
  batches_.append_numbers_to(deleted_);
  garbage_.push_back(std::make_shared<const BatchList>(std::exchange(batches_, {})));
  garbage_.push_back(std::make_shared<const ByName>(std::exchange(by_name_, {})));
  BatchTotals none{sides_, options_.watched};
  garbage_.push_back(std::make_shared<const BatchTotals>(std::exchange(totals_, std::move(none))));
}

Batch& Slice::insert(std::unique_ptr<Batch> batch) {
  batch->default_sides = batch->row.sides == sides_;
  for (const std::string& feed : batch->row.feeds) batch->feeds |= feed_bit(feed);
  by_name_.emplace(batch->row.name, batch.get());
  return batches_.add(std::move(batch));
}

Batch* Slice::find(BatchNumber number) const { return batches_.find(number); }

Batch* Slice::find(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second;
}

std::uint64_t Slice::feed_bit(const std::string& feed) {
  auto found = std::find(feeds_.begin(), feeds_.end(), feed);
  if (found == feeds_.end()) found = feeds_.insert(feeds_.end(), feed);
  const auto place = static_cast<std::size_t>(found - feeds_.begin());
  return place < kFeedsMax ? std::uint64_t{1} << place : 0;
}

void Slice::join_feed(Batch& batch, std::uint64_t feed) {
  batch.feeds |= feed;
  batch.row.feeds.push_back(feeds_.at(static_cast<std::size_t>(std::countr_zero(feed))));
  batch.stored = false;  // the row is written anew
  touch(batch);
}

std::size_t Slice::acknowledge(DeadLetterFilter filter, Closing closing) {
  filter.state = DeadLetterState::open;
  uncut_bytes_ += kDeadLetterOverheadBytes + closing.note.size();
  acknowledgements_.push_back({std::move(filter), std::move(closing), dead_letters_.size()});
  return acknowledgements_.size() - 1;
}

void Slice::keep_bad(StillBad letter) {
  replayed_.erase(letter.number);
  uncut_bytes_ += kDeadLetterOverheadBytes + letter.field.size();
  still_bad_.push_back(std::move(letter));
}

void Slice::close_replayed(std::vector<std::int64_t> letters, Closing closing) {
  uncut_bytes_ += kDeadLetterOverheadBytes + letters.size() * sizeof(std::int64_t);
  Acknowledgement& closed = acknowledgements_.emplace_back();
  closed.filter.numbers = std::move(letters);
  closed.closing = std::move(closing);
  closed.letters_before = dead_letters_.size();
  closed.becomes = DeadLetterState::replayed;
}

void Slice::learn(const CommitStats::Doubts& doubts) {
  doubts_.clear();
  for (const OpenDoubt& doubt : doubts.open) doubts_.add(doubt);
  letters_ = doubts.letters;
  for (const DeadLetter& letter : dead_letters_) {
    doubts_.add(doubt_of(letter));
    count_letters(letters_, letter.channel, letter.state, 1);
  }
  dead_letter_count_ = doubts.dead_letters + dead_letters_.size();
}

void Slice::refuse(DeadLetter letter) {
  uncut_bytes_ += kDeadLetterOverheadBytes + letter.sample.size() + letter.field.size();
  if (letter.batches_before == 0) letter.batches_before = next_batch_;
  doubts_.add(doubt_of(letter));
  count_letters(letters_, letter.channel, letter.state, 1);
  dead_letters_.push_back(std::move(letter));
  ++dead_letter_count_;
}

void Slice::note(const Batch& batch, Side side, const RecordId& id, std::string_view json) {
  OwnedRecordId owned = owned_id(id);
  if (options_.stores_attributes) store_detail({batch.row.number, side, owned, std::string{json}});
  const auto outstanding = [this](BatchNumber number, const OwnedRecordId& record) {
    const Batch* of = find(number);
    return of != nullptr && (of->ledger->sides_of(passing_id(record)) &
                             full_mask(of->row.sides.size())) != full_mask(of->row.sides.size());
  };
  attributes_.put(batch.row.number, std::move(owned), json, outstanding);
}

void Slice::store_detail(RecordDetail detail) {
  uncut_bytes_ += sizeof detail + detail.json.size();
  details_.push_back(std::move(detail));
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
  checkpoint.acknowledgements = std::exchange(acknowledgements_, {});
  checkpoint.still_bad = std::exchange(still_bad_, {});
  checkpoint.details = std::exchange(details_, {});
  receipts_.cut(checkpoint);
  checkpoint.changes.reserve(touched_.size());
  for (Batch* batch : touched_) {
    batch->touched = kUntouched;
    if (!std::exchange(batch->stored, true)) checkpoint.new_batches.push_back(batch->row);
    LedgerChange& change = checkpoint.changes.emplace_back();
    change.batch = batch->row.number;
    change.delta = batch->ledger->take_delta();
    change.after = ledger_summary(*batch);
    std::string broken = broken_law(*batch, change);
    if (!broken.empty() && !std::exchange(batch->broken, true))
      checkpoint.broken_laws.push_back(std::move(broken));
    batch->at_cut = named_now(*batch->ledger);
    totals_.tally(*batch);
  }
  touched_.clear();
  uncut_bytes_ = 0;
  return checkpoint;
}

void Slice::tally(std::size_t from, std::size_t batches_max) {
  const std::size_t end = std::min(touched_.size(), from + batches_max);
  for (std::size_t at = from; at < end; ++at) totals_.tally(*touched_[at]);
}

std::vector<BatchNumber> Slice::worst(std::size_t batches_max) const {
  std::vector<BatchNumber> numbers = totals_.worst(batches_max);
  std::size_t looks = kNewestLookedAt;
  for (auto at = batches_.end();
       at != batches_.begin() && numbers.size() < batches_max && looks > 0; --looks) {
    const Batch& batch = **--at;
    if (batch.row.kind == BatchKind::reconciliation && batch.tally.owed() == 0)
      numbers.push_back(batch.row.number);
  }
  return numbers;
}

}  // namespace rollcall
