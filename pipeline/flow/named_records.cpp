#include "pipeline/flow/named_records.hpp"

namespace rollcall {
namespace {

constexpr int kAhead = 8;  // ids whose memory is asked for before they are named

// Names some of a range on a side.
void add_range(Ledger& ledger, Side side, PendingRange& range, std::size_t& budget,
               Receipt& receipt) {
  const std::uint64_t before = ledger.total(side);
  const std::uint64_t first = range.rest.lo;
  ledger.add(side, range, budget);
  const std::uint64_t ids = (range.done ? range.rest.hi + 1 : range.rest.lo) - first;
  const std::uint64_t fresh = ledger.total(side) - before;
  receipt.accepted += fresh;
  receipt.duplicates += ids - fresh;
}

}  // namespace

RecordId id_of(const NamedRecord& record, const std::string& texts) {
  if (record.kind == NamedRecord::Kind::integer) return RecordId{record.first};
  return RecordId::from_text(std::string_view{texts}.substr(record.first, record.second));
}

std::size_t add_records(Ledger& ledger, const std::vector<Side>& sides, const AddRecords& change,
                        std::pair<std::size_t, std::size_t> piece,
                        std::optional<PendingRange>& range, std::size_t& budget, Receipt& receipt,
                        std::array<std::uint64_t, kSidesMax>& named) {
  const std::size_t begin = piece.first;
  const std::size_t end = piece.second;  // captured: clang 14 takes no structured binding there
  const auto announce = [&](std::size_t at) {
    if (at < end && change.records[at].kind != NamedRecord::Kind::range)
      ledger.prefetch(id_of(change.records[at], change.texts));
  };
  for (std::size_t at = begin; at < begin + kAhead; ++at) announce(at);
  for (std::size_t at = begin; at < end; ++at) {
    if (budget == 0) return at;
    announce(at + kAhead);
    const NamedRecord& record = change.records[at];
    const Side side = sides[record.side];
    if (!range) --budget;
    if (side >= kSidesMax) {
      const bool same_line = at > 0 && change.records[at - 1].line == record.line;
      receipt.refused += same_line ? 0 : 1;
      continue;
    }
    if (!range) ++named[side];
    if (record.kind == NamedRecord::Kind::range) {
      if (!range) range.emplace(IntegerRange{record.first, record.second});
      if (budget > 0) add_range(ledger, side, *range, budget, receipt);
      if (!range->done) return at;
      range.reset();
    } else if (ledger.add(side, id_of(record, change.texts))) {
      ++receipt.accepted;
    } else {
      ++receipt.duplicates;
    }
  }
  return end;
}

}  // namespace rollcall
