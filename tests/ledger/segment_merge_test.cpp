#include <algorithm>
#include <doctest/doctest.h>
#include <set>
#include <string>

#include "pipeline/ledger/segment.hpp"
#include "tests/ledger/random_delta.hpp"
#include "tests/ledger/segment_content.hpp"

namespace rollcall {
namespace {

std::vector<SegmentRun> encode_all(const std::vector<LedgerDelta>& deltas, std::size_t bound) {
  std::vector<SegmentRun> runs;
  runs.reserve(deltas.size());
  for (const LedgerDelta& delta : deltas) runs.push_back(encode(delta, bound));
  return runs;
}

Result<void> merge_to_nothing(const std::vector<MergeInput>& inputs, std::size_t sides = 2) {
  const auto push = [](const SegmentChunk&) -> Result<void> { return {}; };
  return merge(inputs, sides, push);
}

SegmentRun run_of(std::vector<std::uint64_t> ids, std::size_t bound = kSegmentChunkBytesMax) {
  LedgerDelta delta;
  delta.sides.resize(2);
  delta.sides[0].added.integers = std::move(ids);
  return encode(delta, bound);
}

}  // namespace

TEST_CASE("merging the parts gives the bytes of the whole") {
  Random random{11};
  for (int round = 0; round < 40; ++round) {
    const std::size_t sides = kSidesMin + random() % (kSidesMax - kSidesMin + 1);
    const LedgerDelta whole = random_delta(random, sides, 1 + random() % 1200);
    const auto parts = split(random, whole, 1 + random() % 9);
    const SegmentRun run = merged(encode_all(parts, kSegmentChunkBytesMax), sides);
    const SegmentRun expected = encode(whole);
    CAPTURE(round);
    REQUIRE(run.size() == expected.size());
    for (std::size_t i = 0; i < run.size(); ++i) CHECK(run[i].payload == expected[i].payload);
    CHECK(content_of(run) == content_of(whole));
  }
}

TEST_CASE("merges of many small chunks say the same, and again when merged in two rounds") {
  Random random{12};
  for (int round = 0; round < 12; ++round) {
    const std::size_t sides = 2 + random() % 3;
    const LedgerDelta whole = random_delta(random, sides, 1500);
    const auto runs = encode_all(split(random, whole, 6), 100 + random() % 3000);
    const std::size_t bound = 100 + random() % 3000;
    const SegmentRun left = merged({runs[0], runs[1], runs[2]}, sides, bound);
    const SegmentRun right = merged({runs[3], runs[4], runs[5]}, sides, bound);
    CHECK(content_of(merged({left, right}, sides, bound)) == content_of(whole));
    CHECK(content_of(merged(runs, sides, bound)) == content_of(whole));
  }
}

TEST_CASE("a merge of nothing is nothing, and of one run is that run") {
  CHECK(merged({}, 2).empty());
  CHECK(merged({{}, {}}, 2).empty());
  Random random{13};
  const SegmentRun run = encode(random_delta(random, 2, 500));
  const SegmentRun again = merged({run}, 2);
  REQUIRE(again.size() == run.size());
  CHECK(again[0].payload == run[0].payload);
}

TEST_CASE("ids that were spread in every input become a cluster together") {
  std::vector<SegmentRun> runs;
  for (std::uint64_t part = 0; part < 100; ++part) {
    std::vector<std::uint64_t> ids;
    for (std::uint64_t i = 0; i < 100; ++i) ids.push_back(i * 1000 + part * 10);
    runs.push_back(run_of(ids));
  }
  std::vector<std::uint64_t> all;
  for (std::uint64_t i = 0; i < 10'000; ++i) all.push_back(i * 10);
  CHECK(merged(runs, 2)[0].payload == run_of(all)[0].payload);
}

TEST_CASE("text is dropped when the merged id is on every side") {
  LedgerDelta expected;
  expected.sides.resize(2);
  add_text(expected, expected.sides[0].added, "matched");
  add_text(expected, expected.sides[0].added, "missing");
  LedgerDelta processed;
  processed.sides.resize(2);
  add_text(processed, processed.sides[1].added, "matched", false);
  const SegmentRun run = merged({encode(expected), encode(processed)}, 2);
  REQUIRE(run.size() == 1);
  CHECK(run[0].payload.find("matched") == std::string::npos);
  CHECK(run[0].payload.find("missing") != std::string::npos);
}

TEST_CASE("dense ids with random masks are merged window by window") {
  Random random{14};
  LedgerDelta whole;
  whole.sides.resize(2);
  for (std::uint64_t id = 0; id < 300'000; ++id) {
    if (random() % 2 == 0) whole.sides[0].added.integers.push_back(id);
    if (random() % 3 == 0) whole.sides[1].added.integers.push_back(id);
    if (random() % 5 == 0) whole.sides[1].duplicates.integers.push_back(id);
  }
  constexpr std::size_t kBound = 30'000;
  const SegmentRun run = merged(encode_all(split(random, whole, 4), kBound), 2, kBound);
  for (const auto& chunk : run) CHECK(chunk.payload.size() < kBound + 25'000);
  CHECK(content_of(run) == content_of(whole));
}

TEST_CASE("a failure of an input or of the output is the merge's") {
  const SegmentRun run = run_of({1, 2, 3, 1'000'000'000'000}, 20);
  REQUIRE(run.size() > 1);
  int calls = 0;
  const MergeInput failing{[&]() -> Result<std::optional<std::string>> {
    if (calls++ == 0) return std::optional<std::string>{run[0].payload};
    return transient("connection lost");
  }};
  const Result<void> done = merge_to_nothing({failing, input_of(run)});
  REQUIRE(done.has_error());
  CHECK(done.error().kind == FailureKind::transient);

  int pushes = 0;
  const auto push = [&](const SegmentChunk&) -> Result<void> {
    ++pushes;
    return fenced("a newer owner");
  };
  const Result<void> refused = merge({input_of(run)}, 2, push, 20);
  REQUIRE(refused.has_error());
  CHECK(refused.error().kind == FailureKind::fenced);
  CHECK(pushes == 1);
}

TEST_CASE("chunks out of order, repeated or of other sides are refused") {
  std::vector<std::uint64_t> ids;
  for (std::uint64_t i = 0; i < 100; ++i) ids.push_back(i << 40U);
  const SegmentRun run = run_of(ids, 60);
  REQUIRE(run.size() > 3);
  CHECK(merge_to_nothing({input_of(run)}).has_value());
  SegmentRun swapped = run;
  std::swap(swapped[1], swapped[2]);
  CHECK(merge_to_nothing({input_of(swapped)}).has_error());
  CHECK(merge_to_nothing({input_of({run[0], run[0]})}).has_error());
  CHECK(merge_to_nothing({input_of(run)}, 3).has_error());
}

}  // namespace rollcall
