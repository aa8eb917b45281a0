#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace rollcall {

// One stored run of a ledger as the policy sees it.
struct RunInfo {
  std::uint64_t sequence = 0;  // of the last checkpoint in it; grows along the ledger
  unsigned level = 0;          // 0: written by a checkpoint; n: merged from runs of level n - 1
  std::uint64_t bytes = 0;
  std::uint32_t chunks = 0;
};

struct CompactionLimits {
  std::size_t fan_in = 8;       // adjacent runs of one level before they are merged
  std::size_t fan_in_max = 64;  // runs in one merge when many small ones have piled up
  std::uint64_t merge_bytes_max = 256U << 20U;   // input of one merge, so of one transaction
  std::uint64_t decoded_bytes_max = 32U << 20U;  // chunks held at once by a merge wider than fan_in
};

// Which runs [first, first + count) to merge into one of `level`.
struct CompactionPlan {
  std::size_t first = 0;
  std::size_t count = 0;
  unsigned level = 0;
};

// Tiered compaction, as in an LSM tree: runs of one level are merged into one of the next as soon
// as there are fan_in of them. Each id is therefore rewritten at most log_fan_in(runs) times, and a
// ledger keeps fewer than fan_in runs a level. `runs` are in order of their sequence. Pure.
[[nodiscard]] std::optional<CompactionPlan> plan_compaction(std::span<const RunInfo> runs,
                                                            const CompactionLimits& limits);

}  // namespace rollcall
