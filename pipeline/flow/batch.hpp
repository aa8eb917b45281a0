#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "pipeline/ledger/ledger.hpp"
#include "pipeline/ports/answers.hpp"
#include "pipeline/ports/store.hpp"

namespace rollcall {

// The index of a side by its name; kSidesMax where there is no such side.
[[nodiscard]] Side side_index(const std::vector<std::string>& sides, std::string_view name);

inline constexpr std::uint32_t kNotPending = std::numeric_limits<std::uint32_t>::max();
inline constexpr std::uint32_t kUntouched = std::numeric_limits<std::uint32_t>::max();

// What a side had named, and named again, when the batch was last cut.
struct NamedAtCut {
  std::uint64_t ids = 0;
  std::uint64_t repeats = 0;
};

// What BatchTotals counts of a batch, as of when it looked last.
struct Tally {
  std::uint64_t missing = 0;
  std::uint64_t unexpected = 0;
  std::size_t memory_bytes = 0;
  std::vector<std::uint64_t> duplicates{};  // for each side; empty where there are none

  [[nodiscard]] std::uint64_t owed() const { return missing + unexpected; }
};

// One batch within one slice: its row, its sets and how often they have changed.
// Owner: Slice. Runs on: the loop.
struct Batch {
  Batch(BatchRow batch_row, std::unique_ptr<Ledger> sets, std::uint64_t at_revision)
      : row(std::move(batch_row)), ledger(std::move(sets)), revision(at_revision) {}

  BatchRow row;
  std::unique_ptr<Ledger> ledger;
  std::uint64_t revision;  // grows with each event that named this batch
  // When the newest of those was written: by Kafka's time, but never after it was read, or when it came over HTTP. 0:
  // none is known, because there was none or an older version read it.
  std::int64_t last_event_ms = 0;
  std::uint32_t touched = kUntouched;  // place among those with a delta that no cut has taken
  bool stored = false;                 // its row went into a checkpoint
  // Its sides are the slice's, so a channel's side index holds here too.
  bool default_sides = false;
  std::uint64_t feeds = 0;         // bit n: the slice's feed n has named it
  std::vector<NamedAtCut> at_cut;  // for each place of a side; empty before the first cut
  Tally tally;
  bool broken = false;                  // a law did not hold: told once
  std::uint32_t pending = kNotPending;  // which group of PendingIds is for this batch

  // The index of a side by name; kSidesMax where the batch has no such side.
  [[nodiscard]] Side side(std::string_view name) const { return side_index(row.sides, name); }
};

// What sides mean where nobody has said it: two are the expecting and the processing one, and so are the first two of
// more where they are the usual ones; all others are compared.
[[nodiscard]] BatchKind kind_of(const std::vector<std::string>& sides,
                                const std::vector<std::string>& default_sides);

[[nodiscard]] BatchSummary summarize(const Batch& batch);
[[nodiscard]] LedgerSummary ledger_summary(const Batch& batch);

}  // namespace rollcall
