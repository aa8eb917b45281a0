#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "pipeline/ledger/record_id.hpp"
#include "pipeline/ledger/sides.hpp"

namespace rollcall {

// An id that at least one side has named more than once.
struct DuplicateEntry {
  OwnedRecordId id;
  std::vector<std::uint64_t> extra;  // for each side: occurrences beyond the first
};

// Lists over an immutable picture of a ledger, in id order (integers by value, then texts by
// bytes). A text id that is on every side is never among them: its text was let go when the last
// side named it.
// Owner:   shared by the ledger, until its next change, and by whoever asked for it.
// Runs on: any thread, several at once. Limits: memory of a call is O(limit), whatever the size of
//          the ledger. Its time is one pass over the spread integers and the outstanding texts: ask
//          for large pages where there are many.
class LedgerView {
 public:
  virtual ~LedgerView() = default;
  // The first `limit` ids after `after` that match.
  [[nodiscard]] virtual std::vector<OwnedRecordId> ids(MaskExpression expression,
                                                       const std::optional<OwnedRecordId>& after,
                                                       std::size_t limit) const = 0;
  // The same as runs of consecutive integers; at most `limit` runs. Texts are not part of it.
  [[nodiscard]] virtual std::vector<IntegerRange> runs(MaskExpression expression,
                                                       std::optional<std::uint64_t> after,
                                                       std::size_t limit) const = 0;
  [[nodiscard]] virtual std::vector<DuplicateEntry> duplicates(
      const std::optional<OwnedRecordId>& after, std::size_t limit) const = 0;
};

}  // namespace rollcall
