#pragma once

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include <xxhash.h>

#include "pipeline/flow/attributes.hpp"
#include "pipeline/flow/batch.hpp"
#include "pipeline/flow/batch_list.hpp"
#include "pipeline/flow/batch_totals.hpp"
#include "pipeline/flow/receipts.hpp"
#include "pipeline/ports/decoder.hpp"
#include "pipeline/ports/store.hpp"
#include "pipeline/verdict/doubts.hpp"

namespace rollcall {

// The state that one owner holds: the batches and their ledgers, and what has changed since the last cut.
// Owner: Reconciler. Runs on: the loop. Nothing here waits or does I/O.
class Slice {
 public:
  static constexpr std::size_t kFeedsMax = 64;  // a bit each
  // `sides` are those of every batch that an event brings into being.
  struct Options {
    Receipts::Options receipts{};
    std::size_t attributes_bytes_max = std::size_t{64} << 20U;  // held in memory
    bool stores_attributes = false;        // of every record that has some, in the store
    std::string numbers_batch{"numbers"};  // which batch is the game of the missing number
    std::vector<std::string> watched{};    // patterns of the names that BatchTotals finds
  };
  Slice(SliceId id, std::vector<std::string> sides) : Slice(id, std::move(sides), Options{}) {}
  Slice(SliceId id, std::vector<std::string> sides, Options options);

  // Takes the place of all state. Fails never: the store has checked what it hands over.
  void restore(SliceState state);
  // Drops everything: somebody else owns the slice now.
  void drop();

  // A new batch, its row but for the number; there must be none of that name. Without sides it gets the default ones.
  // Batches live until remove(), clear(), drop() or restore().
  Batch& create(BatchRow row);
  Batch& create(std::string_view name, std::int64_t now_ms);
  // As an event makes it that was written at `timestamp_ms`.
  Batch& create(std::string_view name, std::int64_t now_ms, std::int64_t timestamp_ms);
  // Gives the batch the sides among `names` that it does not have. False, and nothing is changed, where there are no
  // places for them.
  [[nodiscard]] bool add_sides(Batch& batch, const std::vector<std::string>& names);
  // Forgets the batch and all its records, from the next checkpoint on for ever. Nobody may be at work on it.
  void remove(Batch& batch);
  // The same for all of them at once: for readers they are there, and then none is. Moves pointers and numbers only.
  void clear();
  // As find(), quicker where the same name is asked for in a run, as the events of a batch come.
  [[nodiscard]] Batch* find_recent(std::string_view name);
  [[nodiscard]] Batch* find(BatchNumber number) const;
  [[nodiscard]] Batch* find(std::string_view name) const;
  // In the order of their numbers.
  [[nodiscard]] const BatchList& batches() const { return batches_; }

  // Lets `change` add to a batch's ledger, and keeps account of what that leaves to be cut.
  template <class Change>
  void change(Batch& batch, const Change& change) {
    const std::size_t before = batch.ledger->delta_bytes();
    change(*batch.ledger);
    uncut_bytes_ += batch.ledger->delta_bytes() - before;
  }
  // Counts one more event for a batch whose ids have been added; `at_ms` is when it was written.
  void count_event(Batch& batch, std::int64_t at_ms) { count_events(batch, 1, at_ms); }
  void count_events(Batch& batch, std::uint64_t events, std::int64_t at_ms) {
    batch.revision += events;
    batch.last_event_ms = std::max(batch.last_event_ms, at_ms);
    touch(batch);
  }
  // Bit of a feed in Batch::feeds; 0 beyond kFeedsMax of them, which the configuration refuses.
  [[nodiscard]] std::uint64_t feed_bit(const std::string& feed);
  // An event of that feed has named the batch, the first time.
  void join_feed(Batch& batch, std::uint64_t feed);
  // Keeps the letter and the doubt it raises; says in it which batches there are.
  void refuse(DeadLetter letter);
  // Closes the open letters that are meant, with the next commit; until then their doubt stands. The place of the
  // answer in CommitStats::acknowledged.
  std::size_t acknowledge(DeadLetterFilter filter, Closing closing);
  // The record of a stored letter is about to be read again. False: it was, by this process, and counts already.
  [[nodiscard]] bool begin_replay(std::int64_t letter) { return replayed_.insert(letter).second; }
  // It still cannot be read.
  void keep_bad(StillBad letter);
  // Those are read after all: closes them with the next commit.
  void close_replayed(std::vector<std::int64_t> letters, Closing closing);
  // What the store says is left, after a commit that closed some.
  void learn(const CommitStats::Doubts& doubts);
  // Keeps what was said about a record: in memory while it is outstanding, in the store where that was asked for.
  void note(const Batch& batch, Side side, const RecordId& id, std::string_view json);
  // Stores what one side says about a record.
  void store_detail(RecordDetail detail);

  // Moves everything that changed since the last cut into a checkpoint, without positions.
  [[nodiscard]] Checkpoint cut();
  [[nodiscard]] bool changed() const {
    return !touched_.empty() || !dead_letters_.empty() || !deleted_.empty() || !details_.empty() ||
           !acknowledgements_.empty() || !still_bad_.empty() || receipts_.changed();
  }
  [[nodiscard]] Receipts& receipts() { return receipts_; }
  [[nodiscard]] const Attributes& attributes() const { return attributes_; }
  [[nodiscard]] bool stores_attributes() const { return options_.stores_attributes; }
  // The sequence of the next cut: what is changed now will be durable with it.
  [[nodiscard]] std::uint64_t next_sequence() const { return sequence_ + 1; }
  [[nodiscard]] std::size_t uncut_bytes() const { return uncut_bytes_; }

  [[nodiscard]] const std::vector<std::string>& default_sides() const { return sides_; }
  // Index of a side within the default sides; kSidesMax where there is no such side.
  [[nodiscard]] Side default_side(std::string_view name) const { return side_index(sides_, name); }
  [[nodiscard]] Epoch epoch() const { return epoch_; }
  [[nodiscard]] std::uint64_t dead_letter_count() const { return dead_letter_count_; }
  [[nodiscard]] const Doubts& doubts() const { return doubts_; }
  // Dead letters by topic and state; an acknowledgement moves them once it is durable.
  [[nodiscard]] const LetterCounts& letters() const { return letters_; }
  // As of the last cut for batches changed since, but for those that tally() has seen.
  [[nodiscard]] const BatchTotals& totals() const { return totals_; }
  // Looks at some of the batches that were changed since the last cut, from this place on: after all of them totals()
  // are of now. What is cut meanwhile is tallied with its cut.
  void tally(std::size_t from, std::size_t batches_max);
  [[nodiscard]] std::size_t touched_count() const { return touched_.size(); }
  // At most so many reconciliations, the worst first; where fewer owe something, the newest of the others behind them.
  [[nodiscard]] std::vector<BatchNumber> worst(std::size_t batches_max) const;

 private:
  struct NameHash {
    using is_avalanching = void;  // the table need not mix it again
    std::size_t operator()(std::string_view name) const {
      return XXH3_64bits(name.data(), name.size());
    }
  };

  void touch(Batch& batch) {
    if (batch.touched != kUntouched) return;
    batch.touched = static_cast<std::uint32_t>(touched_.size());
    touched_.push_back(&batch);
  }
  Batch& insert(std::unique_ptr<Batch> batch);
  void settle_kind(Batch& batch);
  void end_doubt_about(const std::string& batch);

  SliceId id_;
  std::vector<std::string> sides_;
  Options options_;
  Epoch epoch_ = 0;
  std::uint64_t sequence_ = 0;
  Seed seed_ = 0;
  BatchList batches_;
  BatchTotals totals_;
  using ByName = boost::unordered_flat_map<std::string_view, Batch*, NameHash>;
  ByName by_name_;  // keys view Batch::row.name
  Batch* last_ = nullptr;
  std::vector<Batch*> touched_;
  std::vector<DeadLetter> dead_letters_;
  std::vector<Acknowledgement> acknowledgements_;
  std::vector<StillBad> still_bad_;
  // Letters that were replayed by this process: the store may not have heard of it yet. 16 bytes or so each.
  boost::unordered_flat_set<std::int64_t> replayed_;
  Doubts doubts_;
  LetterCounts letters_;
  std::vector<std::string> feeds_;  // in the order of their bits
  BatchNumber next_batch_ = 1;
  std::vector<BatchNumber> deleted_;  // since the last cut
  std::vector<Garbage> garbage_;      // what they consisted of
  std::vector<RecordDetail> details_;
  Receipts receipts_;
  Attributes attributes_;
  std::size_t uncut_bytes_ = 0;
  std::uint64_t dead_letter_count_ = 0;
};

}  // namespace rollcall
