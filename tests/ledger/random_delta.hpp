#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "pipeline/ledger/ledger_delta.hpp"

namespace rollcall {

using Random = std::mt19937_64;

// A delta as a ledger could leave it: integers that cluster, that are spread and that sit on the edges of blocks and of
// the whole domain, ranges, texts, and duplicates of them all. `size` is roughly the number of ids of a side.
[[nodiscard]] LedgerDelta random_delta(Random& random, std::size_t sides, std::size_t size);

// The same entries dealt out to several deltas.
[[nodiscard]] std::vector<LedgerDelta> split(Random& random, const LedgerDelta& delta,
                                             std::size_t parts);

}  // namespace rollcall
