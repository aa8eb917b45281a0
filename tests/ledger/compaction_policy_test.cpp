#include "pipeline/ledger/compaction_policy.hpp"

#include <doctest/doctest.h>
#include <map>
#include <vector>

namespace rollcall {
namespace {

std::vector<RunInfo> runs_of(const std::vector<unsigned>& levels, std::uint64_t bytes = 4096) {
  std::vector<RunInfo> runs;
  runs.reserve(levels.size());
  for (const unsigned level : levels) runs.push_back({runs.size() + 1, level, bytes, 1});
  return runs;
}

TEST_CASE("fewer runs of a level than the fan-in stay as they are") {
  CHECK_FALSE(plan_compaction({}, {}));
  CHECK_FALSE(plan_compaction(runs_of({0, 0, 0, 0, 0, 0, 0}), {}));
  CHECK_FALSE(plan_compaction(runs_of({2, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0}), {}));
}

TEST_CASE("adjacent runs of one level become one of the next") {
  const auto plan = plan_compaction(runs_of({1, 0, 0, 0, 0, 0, 0, 0, 0}), {});
  REQUIRE(plan);
  CHECK(plan->first == 1);
  CHECK(plan->count == 8);
  CHECK(plan->level == 1);
}

TEST_CASE("the lowest level goes first") {
  const auto plan = plan_compaction(runs_of({1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0}), {});
  REQUIRE(plan);
  CHECK(plan->first == 8);
  CHECK(plan->level == 1);
}

TEST_CASE("many small runs are merged at once, up to the limit") {
  const auto plan = plan_compaction(runs_of(std::vector<unsigned>(1000, 0)), {});
  REQUIRE(plan);
  CHECK(plan->count == CompactionLimits{}.fan_in_max);
}

TEST_CASE("a merge holds a bounded number of chunks and reads a bounded number of bytes") {
  const CompactionLimits limits;
  const auto few = plan_compaction(runs_of(std::vector<unsigned>(100, 3), 8U << 20U), limits);
  REQUIRE(few);
  CHECK(few->count == limits.fan_in);
  CHECK_FALSE(plan_compaction(runs_of(std::vector<unsigned>(100, 3), 64U << 20U), limits));
}

TEST_CASE(
    "runs too large for one merge do not keep the smaller ones behind them from being merged") {
  auto runs = runs_of(std::vector<unsigned>(10, 0));
  runs[0].bytes = runs[1].bytes = std::uint64_t{1} << 30U;
  const auto plan = plan_compaction(runs, {});
  REQUIRE(plan);
  CHECK(plan->first == 2);
  CHECK(plan->count == 8);
}

TEST_CASE("each byte is rewritten once for each level, and few runs remain") {
  const CompactionLimits limits;
  std::vector<RunInfo> runs;
  std::uint64_t written = 0;
  constexpr std::uint64_t kCommits = 4096;  // 8^4
  for (std::uint64_t sequence = 1; sequence <= kCommits; ++sequence) {
    runs.push_back({sequence, 0, 1, 1});
    while (const auto plan = plan_compaction(runs, limits)) {
      const auto first = runs.begin() + static_cast<std::ptrdiff_t>(plan->first);
      const auto last = first + static_cast<std::ptrdiff_t>(plan->count);
      RunInfo merged{(last - 1)->sequence, plan->level, 0, 1};
      for (auto run = first; run != last; ++run) merged.bytes += run->bytes;
      written += merged.bytes;
      *first = merged;
      runs.erase(first + 1, last);
    }
    REQUIRE(runs.size() <= 7 * 4 + 1);
  }
  CHECK(runs.size() == 1);
  CHECK(written == 4 * kCommits);
}

}  // namespace
}  // namespace rollcall
