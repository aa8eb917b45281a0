#include "pipeline/ledger/segment.hpp"

#include <algorithm>
#include <chrono>
#include <doctest/doctest.h>
#include <limits>
#include <roaring/roaring.hh>
#include <set>

#include "tests/ledger/random_delta.hpp"
#include "tests/ledger/segment_content.hpp"

namespace rollcall {
namespace {

constexpr std::uint64_t kIdMax = std::numeric_limits<std::uint64_t>::max();

LedgerDelta delta_of(std::size_t sides) {
  LedgerDelta delta;
  delta.sides.resize(sides);
  delta.bytes = 1;
  return delta;
}

std::size_t payload_bytes(const SegmentRun& run) {
  std::size_t bytes = 0;
  for (const SegmentChunk& chunk : run) bytes += chunk.payload.size();
  return bytes;
}

bool same_bytes(const SegmentRun& a, const SegmentRun& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.payload == y.payload && x.checksum == y.checksum && x.records == y.records;
  });
}

// Counts without looking at single ids, for what is too large to look at.
struct CountingVisitor final : SegmentVisitor {
  void integers(Mask, std::vector<std::uint64_t>& sorted) override { ids += sorted.size(); }
  void cluster(std::uint32_t, Mask, Roaring low) override { ids += low.cardinality(); }
  void text(Fingerprint, Mask, std::string_view) override {}
  void duplicate(Side, std::uint64_t, std::uint64_t extra) override { extras += extra; }
  void duplicate_cluster(Side, std::uint32_t, unsigned weight_log2, Roaring low) override {
    extras += low.cardinality() << weight_log2;
  }
  void duplicate_text(Side, Fingerprint, std::uint64_t, std::string_view) override {}
  std::uint64_t ids = 0;
  std::uint64_t extras = 0;
};

}  // namespace

TEST_CASE("an empty delta is an empty run") {
  CHECK(encode(LedgerDelta{}).empty());
  CHECK(encode(delta_of(2)).empty());
}

TEST_CASE("what is encoded comes back, whatever its kind and however many sides") {
  Random random{1};
  for (std::size_t sides = kSidesMin; sides <= kSidesMax; sides += 1 + sides / 5) {
    for (const std::size_t size : {1U, 5U, 40U, 300U, 2000U}) {
      CAPTURE(sides);
      CAPTURE(size);
      const LedgerDelta delta = random_delta(random, sides, size);
      CHECK(content_of(encode(delta)) == content_of(delta));
    }
  }
}

TEST_CASE("the edges of the domain and of blocks come back") {
  LedgerDelta delta = delta_of(2);
  delta.sides[0].added.integers = {kIdMax, 0, kIdMax - 1, 65535, 65536, 0xFFFFFFFF, 0x100000000};
  delta.sides[1].added.ranges = {
      {0, 0}, {kIdMax, kIdMax}, {0xFFFFFFF0, 0x10000000F}, {65536 - 15, 65536 + 14}};
  delta.sides[1].duplicates.ranges = {{kIdMax - 20, kIdMax}, {kIdMax, kIdMax}, {0, 20}, {0, 3}};
  CHECK(content_of(encode(delta)) == content_of(delta));
}

TEST_CASE("ranges that overlap count each time") {
  LedgerDelta delta = delta_of(2);
  auto& again = delta.sides[1].duplicates;
  for (std::uint64_t i = 0; i < 40; ++i) again.ranges.push_back({100 + i * 7, 1000 + i * 90});
  again.ranges.push_back({0, 200'000});
  again.ranges.push_back({0, 200'000});
  again.integers = {150, 150, 150, 7'000'000'000, 7'000'000'000};
  CHECK(content_of(encode(delta)) == content_of(delta));
}

TEST_CASE("the same content has the same bytes in whatever order it arrived") {
  Random random{2};
  for (int round = 0; round < 20; ++round) {
    LedgerDelta delta = random_delta(random, 3, 400);
    const SegmentRun before = encode(delta);
    for (auto& side : delta.sides) {
      for (auto* adds : {&side.added, &side.duplicates}) {
        std::shuffle(adds->integers.begin(), adds->integers.end(), random);
        std::shuffle(adds->ranges.begin(), adds->ranges.end(), random);
      }
    }
    CHECK(same_bytes(before, encode(delta)));
  }
}

TEST_CASE("text is kept only while an id is not on every side") {
  LedgerDelta delta = delta_of(2);
  add_text(delta, delta.sides[0].added, "outstanding");
  add_text(delta, delta.sides[0].added, "matched");
  add_text(delta, delta.sides[1].added, "matched");
  add_text(delta, delta.sides[1].added, "known elsewhere", false);
  const SegmentRun run = encode(delta);
  REQUIRE(run.size() == 1);
  CHECK(run[0].payload.find("outstanding") != std::string::npos);
  CHECK(run[0].payload.find("matched") == std::string::npos);
  CHECK(content_of(run) == content_of(delta));
}

TEST_CASE("a billion declared ids take no time and no room") {
  LedgerDelta delta = delta_of(2);
  delta.sides[0].added.ranges = {{1, 1'000'000'000}};
  const auto begin = std::chrono::steady_clock::now();
  const SegmentRun run = encode(delta);
  const auto took = std::chrono::steady_clock::now() - begin;
  CHECK(took < std::chrono::milliseconds(500));  // some; this bound is for sanitizers
  CHECK(run.size() == 1);
  CHECK(payload_bytes(run) < 300'000);
  CountingVisitor visitor;
  REQUIRE(decode(run[0].payload, visitor).has_value());
  CHECK(visitor.ids == 1'000'000'000);
  CHECK(run[0].records == 1'000'000'000);
}

TEST_CASE("a range of 2^32 ids across two upper halves, declared again and again") {
  LedgerDelta delta = delta_of(2);
  const IntegerRange range{0x2FFFFFFF0, 0x3FFFFFFEF};
  delta.sides[1].added.ranges = {range};
  delta.sides[1].duplicates.ranges = {range, range, range, {0x300000000, 0x30000FFFF}};
  const SegmentRun run = encode(delta);
  CountingVisitor visitor;
  for (const auto& chunk : run) REQUIRE(decode(chunk.payload, visitor).has_value());
  CHECK(visitor.ids == std::uint64_t{1} << 32U);
  CHECK(visitor.extras == 3 * (std::uint64_t{1} << 32U) + 65536);
  CHECK(payload_bytes(run) < 4'000'000);
}

TEST_CASE("a chunk is no larger than its bound and no smaller than it needs to be") {
  constexpr std::size_t kBound = 40'000;
  constexpr std::size_t kEntryMax = 9'000;  // a container of Roaring
  Random random{3};
  LedgerDelta delta = delta_of(2);
  std::set<std::uint64_t> ids;
  while (ids.size() < 60'000) ids.insert(random());
  while (ids.size() < 250'000) ids.insert(random() % 1'000'000);
  delta.sides[0].added.integers.assign(ids.begin(), ids.end());
  for (int i = 0; i < 5000; ++i) {
    add_text(delta, delta.sides[1].added, "text-" + std::to_string(i));
  }
  const SegmentRun run = encode(delta, kBound);
  CHECK(run.size() > 10);
  CHECK(run.size() < 3 * payload_bytes(run) / kBound);
  for (const SegmentChunk& chunk : run) CHECK(chunk.payload.size() <= kBound + kEntryMax);
  CHECK(content_of(run) == content_of(delta));
}

TEST_CASE(
    "sequential ids take far less than a byte, random ones near what their entropy asks for") {
  Random random{4};
  LedgerDelta delta = delta_of(2);
  for (std::uint64_t i = 0; i < 300'000; ++i) delta.sides[0].added.integers.push_back(5'000 + i);
  std::shuffle(delta.sides[0].added.integers.begin(), delta.sides[0].added.integers.end(), random);
  CHECK(payload_bytes(encode(delta)) < 200);
  for (std::uint64_t& id : delta.sides[0].added.integers) id = random();
  CHECK(payload_bytes(encode(delta)) < 300'000 * 7);
}

}  // namespace rollcall
