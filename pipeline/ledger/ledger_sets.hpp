#pragma once

#include <memory>
#include <string_view>

#include "pipeline/ledger/delta_log.hpp"
#include "pipeline/ledger/integer_ids.hpp"
#include "pipeline/ledger/ledger.hpp"
#include "pipeline/ledger/mask_counts.hpp"
#include "pipeline/ledger/text_ids.hpp"

namespace rollcall {

// What a ledger consists of.
// Owner:   its Ledger. Runs on: that one's thread.
struct Ledger::Sets {
  Sets(std::size_t side_count, Seed its_seed)
      : seed(its_seed),
        counts(side_count),
        integers(side_count, its_seed),
        texts(side_count, its_seed),
        delta(side_count) {}

  // Keeps the counts; true when the side had not named the id.
  bool count(Side side, const AddOutcome& outcome) {
    const auto after = static_cast<Mask>(outcome.before | bit(side));
    if (after == outcome.before) {
      counts.add_duplicates(side, 1, outcome.first_repeat ? 1 : 0);
      return false;
    }
    counts.move(outcome.before, after, 1);
    return true;
  }
  bool add_text(Side side, std::string_view text);

  Seed seed;
  MaskCounts counts;
  IntegerIds integers;
  TextIds texts;
  DeltaLog delta;
  bool changed = true;                          // since the latest view was taken
  std::weak_ptr<const LedgerView> latest_view;  // handed out again while nothing has changed
};

}  // namespace rollcall
