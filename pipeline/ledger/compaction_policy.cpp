#include "pipeline/ledger/compaction_policy.hpp"

#include <algorithm>

#include "pipeline/ledger/segment.hpp"

namespace rollcall {

namespace {

// How many of `runs`, counted from the front, fit into one merge.
std::size_t fitting(std::span<const RunInfo> runs, const CompactionLimits& limits) {
  std::uint64_t bytes = 0;
  std::uint64_t held = 0;  // a merge holds one chunk of each input
  std::size_t count = 0;
  for (const RunInfo& run : runs) {
    bytes += run.bytes;
    held += std::min<std::uint64_t>(run.bytes, kSegmentChunkBytesMax);
    if (count == limits.fan_in_max || bytes > limits.merge_bytes_max) break;
    if (count >= limits.fan_in && held > limits.decoded_bytes_max) break;
    ++count;
  }
  return count;
}

}  // namespace

std::optional<CompactionPlan> plan_compaction(std::span<const RunInfo> runs,
                                              const CompactionLimits& limits) {
  std::optional<CompactionPlan> best;
  for (std::size_t first = 0; first < runs.size();) {
    const unsigned level = runs[first].level;
    std::size_t end = first;
    while (end < runs.size() && runs[end].level == level) ++end;
    // The lowest level first: its runs are the most and the cheapest. Runs too large for one merge
    // stay as they are.
    for (; first + limits.fan_in <= end && (!best || level + 1 < best->level); ++first) {
      const std::size_t count = fitting(runs.subspan(first, end - first), limits);
      if (count >= limits.fan_in) best = CompactionPlan{first, count, level + 1};
    }
    first = end;
  }
  return best;
}

}  // namespace rollcall
