#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include <xxhash.h>

#include "pipeline/flow/batch.hpp"
#include "pipeline/ports/decoder.hpp"
#include "pipeline/ports/store.hpp"

namespace rollcall {

// The state that one owner holds: the batches and their ledgers, and what has changed since the last cut.
// Owner: Reconciler. Runs on: the loop. Nothing here waits or does I/O.
class Slice {
 public:
  // `sides` are those of every batch that an event brings into being.
  Slice(SliceId id, std::vector<std::string> sides);

  // Takes the place of all state. Fails never: the store has checked what it hands over.
  void restore(SliceState state);
  // Drops everything: somebody else owns the slice now.
  void drop();

  // A new batch with the default sides; there must be none of that name. Batches live until drop() or restore().
  Batch& create(std::string_view name, std::int64_t now_ms);
  // As find(), quicker where the same name is asked for in a run, as the events of a batch come.
  [[nodiscard]] Batch* find_recent(std::string_view name);
  [[nodiscard]] Batch* find(BatchNumber number) const;
  [[nodiscard]] Batch* find(std::string_view name) const;
  // In the order of their numbers.
  [[nodiscard]] const std::vector<std::unique_ptr<Batch>>& batches() const { return batches_; }

  // Lets `change` add to a batch's ledger, and keeps account of what that leaves to be cut.
  template <class Change>
  void change(Batch& batch, const Change& change) {
    const std::size_t before = batch.ledger->delta_bytes();
    change(*batch.ledger);
    uncut_bytes_ += batch.ledger->delta_bytes() - before;
  }
  // Counts one more event for a batch whose ids have been added.
  void count_event(Batch& batch) {
    ++batch.revision;
    touch(batch);
  }
  void refuse(DeadLetter letter);

  // Moves everything that changed since the last cut into a checkpoint, without positions.
  [[nodiscard]] Checkpoint cut();
  [[nodiscard]] bool changed() const { return !touched_.empty() || !dead_letters_.empty(); }
  [[nodiscard]] std::size_t uncut_bytes() const { return uncut_bytes_; }

  // Index of a side within the default sides; kSidesMax where there is no such side.
  [[nodiscard]] Side default_side(std::string_view name) const { return side_index(sides_, name); }
  [[nodiscard]] Epoch epoch() const { return epoch_; }
  [[nodiscard]] std::uint64_t dead_letter_count() const { return dead_letter_count_; }
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  struct NameHash {
    using is_avalanching = void;  // the table need not mix it again
    std::size_t operator()(std::string_view name) const {
      return XXH3_64bits(name.data(), name.size());
    }
  };

  void touch(Batch& batch) {
    if (batch.touched) return;
    batch.touched = true;
    touched_.push_back(&batch);
  }
  Batch& insert(std::unique_ptr<Batch> batch);

  SliceId id_;
  std::vector<std::string> sides_;
  Epoch epoch_ = 0;
  std::uint64_t sequence_ = 0;
  Seed seed_ = 0;
  std::vector<std::unique_ptr<Batch>> batches_;
  // Keys view Batch::row.name.
  boost::unordered_flat_map<std::string_view, Batch*, NameHash> by_name_;
  Batch* last_ = nullptr;
  std::vector<Batch*> touched_;
  std::vector<DeadLetter> dead_letters_;
  std::size_t uncut_bytes_ = 0;
  std::uint64_t dead_letter_count_ = 0;
};

}  // namespace rollcall
