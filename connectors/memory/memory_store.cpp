#include "connectors/memory/memory_store.hpp"

#include <algorithm>
#include <random>
#include <set>
#include <utility>

#include "connectors/blocking_thread.hpp"
#include "connectors/memory/shared_state.hpp"
#include "pipeline/ensure.hpp"

namespace asio = boost::asio;

namespace rollcall::memory {

namespace {

Failure newer_owner(SliceId slice) {
  return fenced("slice " + std::to_string(slice) + " has a newer owner");
}

MergeInput chunks_of(const StoredRun& run) {
  MergeInput input;
  input.next_chunk = [&run, next = std::size_t{0}]() mutable -> Result<std::optional<std::string>> {
    if (next == run.chunks.size()) return std::optional<std::string>{};
    return std::optional<std::string>{run.chunks[next++].payload};
  };
  return input;
}

Result<void> compact(StoredLedger& ledger, std::size_t sides) {
  std::vector<RunInfo> infos;
  for (const StoredRun& run : ledger.runs) infos.push_back(run.info);
  const auto plan = plan_compaction(infos, CompactionLimits{});
  if (!plan) return {};
  const auto first = ledger.runs.begin() + static_cast<std::ptrdiff_t>(plan->first);
  const auto last = first + static_cast<std::ptrdiff_t>(plan->count);
  std::vector<MergeInput> inputs;
  for (auto run = first; run != last; ++run) inputs.push_back(chunks_of(*run));
  StoredRun output;
  output.info.sequence = (last - 1)->info.sequence;
  output.info.level = plan->level;
  auto merged = merge(inputs, sides, [&](SegmentChunk chunk) -> Result<void> {
    output.info.bytes += chunk.payload.size();
    ++output.info.chunks;
    output.chunks.push_back(std::move(chunk));
    return {};
  });
  if (!merged) return merged.error();
  *first = std::move(output);
  ledger.runs.erase(first + 1, last);
  return {};
}

CommitStats stats_of(const Checkpoint& checkpoint) {
  CommitStats stats;
  for (const LedgerChange& change : checkpoint.changes) {
    stats.segments += change.run.size();
    for (const SegmentChunk& chunk : change.run) stats.bytes += chunk.payload.size();
  }
  return stats;
}

void append(StoredLedger& ledger, const LedgerChange& change, std::uint64_t sequence) {
  ledger.summary = change.after;
  if (change.run.empty()) return;
  StoredRun run;
  run.info.sequence = sequence;
  run.info.chunks = static_cast<std::uint32_t>(change.run.size());
  for (const SegmentChunk& chunk : change.run) run.info.bytes += chunk.payload.size();
  run.chunks = change.run;
  ledger.runs.push_back(std::move(run));
}

CommitStats::Doubts doubts_of(const SharedState& state) {
  CommitStats::Doubts doubts;
  doubts.dead_letters = state.dead_letters.size();
  for (const DeadLetter& letter : state.dead_letters) {
    count_letters(doubts.letters, letter.channel, letter.state, 1);
    if (letter.state == DeadLetterState::open) doubts.open.push_back(doubt_of(letter));
  }
  return doubts;
}

// Closes the letters that are meant among those there are by now.
std::uint64_t acknowledge(SharedState& state, const Acknowledgement& what) {
  std::uint64_t closed = 0;
  for (DeadLetter& letter : state.dead_letters) {
    if (letter.state >= what.becomes || !matches(what.filter, letter)) continue;
    letter.state = what.becomes;
    letter.closing = what.closing;
    ++closed;
  }
  return closed;
}

void keep_bad(SharedState& state, const StillBad& again) {
  for (DeadLetter& letter : state.dead_letters) {
    if (letter.number != again.number || letter.state == DeadLetterState::replayed) continue;
    letter.reason = again.reason;
    letter.field = again.field;
    letter.batch = again.batch;
  }
}

// How many letters each acknowledgement closed.
std::vector<std::uint64_t> write_dead_letters(SharedState& state, const Checkpoint& checkpoint) {
  std::vector<std::uint64_t> acknowledged;
  std::size_t next = 0;
  const auto write_up_to = [&](std::size_t end) {
    for (; next < end; ++next) {
      DeadLetter& letter = state.dead_letters.emplace_back(checkpoint.dead_letters[next]);
      letter.number = state.next_letter++;
      letter.sample.resize(std::min(letter.sample.size(), kSampleBytesMax));
    }
  };
  for (const Acknowledgement& what : checkpoint.acknowledgements) {
    write_up_to(what.letters_before);
    acknowledged.push_back(acknowledge(state, what));
  }
  write_up_to(checkpoint.dead_letters.size());
  for (const StillBad& again : checkpoint.still_bad) keep_bad(state, again);
  std::erase_if(state.dead_letters, [&checkpoint](const DeadLetter& letter) {
    return checkpoint.letters_expired_ms && letter.closing &&
           letter.closing->at_ms <= *checkpoint.letters_expired_ms;
  });
  return acknowledged;
}

// Whether neither number nor name of a row belongs to another batch, which only another slice can have made.
Result<void> check_free(const SharedState& state, const std::set<BatchNumber>& deleted,
                        const BatchRow& row) {
  const auto name = state.names.find(row.name);
  BatchNumber holder = row.number;
  if (name != state.names.end() && !deleted.contains(name->second)) holder = name->second;
  const auto found = state.batches.find(holder);
  if (found == state.batches.end()) return {};
  const BatchRow& old = found->second;
  const bool same = old.number == row.number && old.name == row.name &&
                    old.ledger_sides == row.ledger_sides && old.sides.size() <= row.sides.size() &&
                    std::equal(old.sides.begin(), old.sides.end(), row.sides.begin());
  if (same) return {};
  return fatal("batch " + std::to_string(row.number) + " (" + row.name +
                   ") of this slice is batch " + std::to_string(old.number) + " (" + old.name +
                   ") in the store, or has other sides there; nothing was written",
               "Let one slice alone make batches in a store.");
}

}  // namespace

std::shared_ptr<SharedState> make_shared_state() {
  auto state = std::make_shared<SharedState>();
  std::random_device device;
  state->seed = (Seed{device()} << 32U) | device();
  // Nothing outlives the process, so what a client has seen of an earlier one must not pass for the same.
  state->first_epoch = static_cast<Epoch>(device());
  return state;
}

struct MemoryStore::Impl {
  Impl(const asio::any_io_executor& loop, std::shared_ptr<SharedState> shared)
      : state(std::move(shared)), thread(loop, "rollcall-memory") {}

  const std::shared_ptr<SharedState> state;  // owners: all stores of this database
  BlockingThread thread;

  Result<SliceState> acquire(SliceId slice);
  Result<CommitStats> commit(Checkpoint& checkpoint);
  Result<CommitStats> write(StoredSlice& stored, const Checkpoint& checkpoint);
  [[nodiscard]] CommitStats told(const StoredSlice& stored, const Checkpoint& checkpoint) const;
};

Result<SliceState> MemoryStore::Impl::acquire(SliceId slice) {
  const std::lock_guard lock(state->mutex);
  const auto [at, is_new] = state->slices.try_emplace(slice);
  StoredSlice& stored = at->second;
  if (is_new) stored.epoch = state->first_epoch;
  SliceState restored;
  restored.epoch = ++stored.epoch;
  restored.sequence = stored.sequence;
  restored.seed = state->seed;
  const CommitStats::Doubts doubts = doubts_of(*state);
  restored.dead_letters = doubts.dead_letters;
  restored.doubts = doubts.open;
  restored.letters = doubts.letters;
  restored.next_batch = stored.next_batch;
  for (const auto& [key, receipt] : stored.receipts) restored.receipts.push_back(receipt);
  std::stable_sort(restored.receipts.begin(), restored.receipts.end(),
                   [](const Receipt& a, const Receipt& b) { return a.at_ms < b.at_ms; });
  for (const auto& [channel, position] : stored.positions) restored.positions.push_back(position);
  for (const auto& [number, row] : state->batches) {
    RestoredBatch batch;
    batch.row = row;
    batch.ledger = std::make_unique<Ledger>(row.ledger_sides, state->seed);
    batch.summary.duplicates.resize(row.ledger_sides);
    batch.summary.duplicate_ids.resize(row.ledger_sides);
    const auto found = stored.ledgers.find(number);
    if (found != stored.ledgers.end()) {
      batch.summary = found->second.summary;
      for (const StoredRun& run : found->second.runs) {
        for (const SegmentChunk& chunk : run.chunks) {
          auto absorbed = batch.ledger->absorb(chunk.payload);
          if (!absorbed) return absorbed.error();
        }
      }
    }
    restored.batches.push_back(std::move(batch));
  }
  return restored;
}

Result<CommitStats> MemoryStore::Impl::commit(Checkpoint& checkpoint) {
  encode(checkpoint);
  const std::lock_guard lock(state->mutex);
  StoredSlice& stored = state->slices[checkpoint.slice];
  if (stored.epoch != checkpoint.epoch) return newer_owner(checkpoint.slice);
  const bool faulty = state->faults > 0;
  if (faulty) --state->faults;
  if (faulty && state->fault == Fault::fatal) return fatal("the store fails as it was told to", "");
  if (faulty && state->fault == Fault::transient)
    return transient("the store is away as it was told to");
  auto written = write(stored, checkpoint);
  if (written && faulty) return transient("the answer is lost as it was told to");
  return written;
}

Result<CommitStats> MemoryStore::Impl::write(StoredSlice& stored, const Checkpoint& checkpoint) {
  if (stored.sequence == checkpoint.sequence)
    return told(stored, checkpoint);  // written before, and the answer was lost
  ENSURE(stored.sequence + 1 == checkpoint.sequence);
  const std::set<BatchNumber> deleted(checkpoint.deleted_batches.begin(),
                                      checkpoint.deleted_batches.end());
  for (const BatchRow& row : checkpoint.new_batches) {
    auto free = check_free(*state, deleted, row);
    if (!free) return free.error();
  }
  for (const BatchNumber number : checkpoint.deleted_batches) {
    if (const auto found = state->batches.find(number); found != state->batches.end()) {
      state->names.erase(found->second.name);
      state->batches.erase(found);
    }
    state->details.erase(state->details.lower_bound({number, OwnedRecordId{}, Side{0}}),
                         state->details.lower_bound({number + 1, OwnedRecordId{}, Side{0}}));
    for (auto& [id, slice] : state->slices) slice.ledgers.erase(number);
  }
  for (const BatchRow& row : checkpoint.new_batches) {
    state->batches.insert_or_assign(row.number, row);
    state->names.insert_or_assign(row.name, row.number);
  }
  for (const RecordDetail& detail : checkpoint.details)
    state->details[{detail.batch, detail.id, detail.side}] = detail.json;
  if (checkpoint.receipts_expired_ms) {
    std::erase_if(stored.receipts, [&](const auto& entry) {
      return entry.second.at_ms <= *checkpoint.receipts_expired_ms;
    });
  }
  for (const Receipt& receipt : checkpoint.receipts) stored.receipts[receipt.key] = receipt;
  stored.next_batch = checkpoint.next_batch;
  for (const SourcePosition& position : checkpoint.positions) {
    if (position.next == Channel::kNowhere) {
      stored.positions.erase(position.channel);
    } else {
      stored.positions[position.channel] = position;
    }
  }
  for (const LedgerChange& change : checkpoint.changes) {
    StoredLedger& ledger = stored.ledgers[change.batch];
    append(ledger, change, checkpoint.sequence);
    auto compacted = compact(ledger, change.after.duplicates.size());
    if (!compacted) return compacted.error();
  }
  stored.last_commit = write_dead_letters(*state, checkpoint);
  stored.sequence = checkpoint.sequence;
  return told(stored, checkpoint);
}

CommitStats MemoryStore::Impl::told(const StoredSlice& stored, const Checkpoint& checkpoint) const {
  CommitStats stats = stats_of(checkpoint);
  if (!changes_letters(checkpoint)) return stats;
  stats.acknowledged = stored.last_commit;
  stats.doubts = doubts_of(*state);
  return stats;
}

MemoryStore::MemoryStore(const asio::any_io_executor& loop, std::shared_ptr<SharedState> state)
    : impl_(std::make_unique<Impl>(loop, std::move(state))) {}
MemoryStore::~MemoryStore() = default;

asio::awaitable<Result<SliceState>> MemoryStore::acquire(SliceId slice, std::string) {
  const auto work = [impl = impl_.get(), slice] { return impl->acquire(slice); };
  co_return co_await impl_->thread.run(work);
}

asio::awaitable<Result<CommitStats>> MemoryStore::commit(Checkpoint& checkpoint) {
  const auto work = [impl = impl_.get(), &checkpoint] { return impl->commit(checkpoint); };
  co_return co_await impl_->thread.run(work);
}

asio::awaitable<Result<void>> MemoryStore::confirm(SliceId slice, Epoch epoch) {
  const std::lock_guard lock(impl_->state->mutex);
  if (impl_->state->slices[slice].epoch != epoch) co_return newer_owner(slice);
  co_return Result<void>{};
}

asio::awaitable<Result<DeadLetterPage>> MemoryStore::dead_letters(DeadLetterQuery query) {
  const std::lock_guard lock(impl_->state->mutex);
  DeadLetterPage page;
  for (const DeadLetter& letter : impl_->state->dead_letters) {
    if (!matches(query.filter, letter)) continue;
    ++page.total;
    if (letter.number > query.after && page.letters.size() < query.limit)
      page.letters.push_back(letter);
  }
  co_return page;
}

asio::awaitable<Result<std::vector<RecordDetail>>> MemoryStore::details(DetailQuery query) {
  const std::lock_guard lock(impl_->state->mutex);
  const auto& all = impl_->state->details;
  auto at = all.lower_bound({query.batch, OwnedRecordId{std::uint64_t{0}}, Side{0}});
  if (query.id) at = all.lower_bound({query.batch, *query.id, Side{0}});
  if (query.after) at = all.upper_bound({query.batch, query.after->first, query.after->second});
  std::vector<RecordDetail> found;
  for (; at != all.end() && found.size() < query.limit; ++at) {
    const auto& [batch, id, side] = at->first;
    if (batch != query.batch || (query.id && id != *query.id)) break;
    if (!query.side || side == *query.side) found.push_back({batch, side, id, at->second});
  }
  co_return found;
}

asio::awaitable<void> MemoryStore::close() {
  const auto nothing = [] { return true; };  // behind whatever is under way
  co_await impl_->thread.run(nothing);
}

void MemoryStore::fail_commits(std::size_t count, Fault fault) {
  const std::lock_guard lock(impl_->state->mutex);
  impl_->state->faults = count;
  impl_->state->fault = fault;
}

std::size_t MemoryStore::run_count(SliceId slice) const {
  const std::lock_guard lock(impl_->state->mutex);
  std::size_t count = 0;
  for (const auto& [batch, ledger] : impl_->state->slices[slice].ledgers)
    count += ledger.runs.size();
  return count;
}

}  // namespace rollcall::memory
