#include "pipeline/ledger/delta_log.hpp"

#include <algorithm>
#include <utility>

#include "pipeline/ensure.hpp"

namespace rollcall {

void DeltaLog::added(Side side, IntegerRange range, std::uint64_t fresh) {
  push(delta_.sides[side].added.ranges, range);
  delta_.sides[side].fresh_of_ranges += fresh;
}

// A long range comes in pieces that touch.
void DeltaLog::push(std::vector<IntegerRange>& ranges, IntegerRange range) {
  const std::size_t before = ranges.size();
  append_run(ranges, range);
  delta_.bytes += (ranges.size() - before) * sizeof range;
}

void DeltaLog::repeated(Side side, const std::vector<IntegerRange>& runs) {
  for (const IntegerRange run : runs) {
    if (run.lo == run.hi) {
      push(side, kRepeated, run.lo);
    } else {
      push(delta_.sides[side].duplicates.ranges, run);
    }
  }
}

void DeltaLog::push(LedgerDelta::Adds& adds, const Fingerprint& fingerprint, std::string_view text,
                    bool keep) {
  LedgerDelta::Text entry{fingerprint, LedgerDelta::kNoText,
                          static_cast<std::uint32_t>(text.size())};
  if (keep) {
    ENSURE(delta_.text_bytes.size() + text.size() < LedgerDelta::kNoText);
    entry.offset = static_cast<std::uint32_t>(delta_.text_bytes.size());
    delta_.text_bytes.append(text);
    delta_.bytes += text.size();
  } else {
    entry.length = 0;
  }
  adds.texts.push_back(entry);
  delta_.bytes += sizeof entry;
}

LedgerDelta DeltaLog::take() {
  LedgerDelta taken;
  taken.sides.resize(delta_.sides.size());
  std::swap(taken, delta_);
  for (std::size_t s = 0; s < expected_.size(); ++s) {
    const LedgerDelta::OfSide& of_side = taken.sides[s];
    expected_[s].integers[kAdded] = std::min(of_side.added.integers.size(), kReservedMax);
    expected_[s].integers[kRepeated] = std::min(of_side.duplicates.integers.size(), kReservedMax);
  }
  return taken;
}

}  // namespace rollcall
