#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "pipeline/failure.hpp"
#include "pipeline/ledger/fingerprint.hpp"
#include "pipeline/ledger/ledger_delta.hpp"
#include "pipeline/ledger/ledger_view.hpp"
#include "pipeline/ledger/pending_range.hpp"
#include "pipeline/ledger/record_id.hpp"
#include "pipeline/ledger/sides.hpp"

namespace rollcall {

// The sets of one batch within one slice: which sides have named each id, and how often again.
// Owner:   the slice, or whoever restores it. Runs on: its owner's thread; a view on any.
// Limits:  an addition of one id moves at most one bucket or leaf of the sets (about 0.1 ms); of a
//          range, what its budget allows and one leaf more.
// Fails:   only absorb(); out of memory ends the process.
class Ledger {
 public:
  Ledger(std::size_t sides, Seed seed);
  ~Ledger();
  Ledger(Ledger&&) noexcept;
  Ledger& operator=(Ledger&&) noexcept;

  // One side names one id. Returns false when that side had named it before (counted as a
  // duplicate).
  bool add(Side side, const RecordId& id);
  // One side names every integer of a range; those it had named before count as duplicates. Time grows with the
  // containers of 65,536 ids that it touches; in a batch of random ids with its length, or with the table's where that
  // is less.
  void add(Side side, IntegerRange range);
  // The same as far as `budget` reaches, from which what was done is taken: about one for each id or container.
  void add(Side side, PendingRange& range, std::size_t& budget);
  // Brings the sets' memory for an id that will be added soon into the cache; changes nothing.
  void prefetch(const RecordId& id) const;

  [[nodiscard]] std::size_t sides() const;
  // Number of ids with exactly this mask; indexed by mask, 2^sides cells. O(1).
  [[nodiscard]] std::uint64_t count(Mask exact) const;
  // Number of ids that match an expression; sums the histogram.
  [[nodiscard]] std::uint64_t count(MaskExpression expression) const;
  [[nodiscard]] std::uint64_t ids() const;                  // that the sets hold, counted there
  [[nodiscard]] std::uint64_t total(Side side) const;       // distinct ids that the side has named
  [[nodiscard]] std::uint64_t duplicates(Side side) const;  // sum of max(0, occurrences - 1)
  [[nodiscard]] std::uint64_t duplicate_ids(Side side) const;  // ids named more than once
  // The sides that have named one id, and how often each has named it again. O(1).
  [[nodiscard]] Mask sides_of(const RecordId& id) const;
  [[nodiscard]] std::uint64_t repeats(Side side, const RecordId& id) const;
  // Text ids whose text was let go when the last side named them: counted, but not listed.
  [[nodiscard]] std::uint64_t unlisted_texts() const;
  [[nodiscard]] std::size_t memory_bytes() const;

  // What changed since the last call; leaves an empty delta behind. Pointers move, nothing is
  // copied or sorted.
  [[nodiscard]] LedgerDelta take_delta();
  [[nodiscard]] std::size_t delta_bytes() const;

  // Restores from one chunk of a stored segment (segment.hpp): masks are or-ed in, duplicate counts
  // added. Chunks come in the order in which they were stored, before anything is added or viewed.
  // The delta stays as it is. Fails with `fatal` naming what is damaged; the ledger is then
  // unusable.
  [[nodiscard]] Result<void> absorb(std::string_view chunk);

  // An immutable picture of this moment, readable on any thread while this ledger goes on. Cheap:
  // nothing is copied until the next change, and then a bounded piece at a time.
  [[nodiscard]] std::shared_ptr<const LedgerView> view();

 private:
  struct Sets;
  class Restorer;
  std::unique_ptr<Sets> sets_;  // keeps the bitmap library out of this header
};

}  // namespace rollcall
