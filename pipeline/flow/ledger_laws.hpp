#pragma once

#include <string>
#include <vector>

#include "pipeline/flow/batch.hpp"

namespace rollcall {

// What a side had named, and named again, at some moment.
[[nodiscard]] std::vector<NamedAtCut> named_now(const Ledger& ledger);

// What must hold of a batch whenever it is cut:
//   the counts of its masks sum up to the ids that its sets hold, and for each side to what that side has named;
//   what a side had named at the cut before, and what the delta says it has named since, is what it has named now.
// Says of the first of them that is broken how; empty where all hold. Costs a step for each mask that occurs.
[[nodiscard]] std::string broken_law(const Batch& batch, const LedgerChange& cut);

}  // namespace rollcall
