// Ledgers against the plainest model, on random mixtures. A failure prints the seed that repeats
// it.
#include <deque>
#include <doctest/doctest.h>
#include <memory>
#include <random>
#include <utility>

#include "pipeline/ledger/segment.hpp"
#include "tests/ledger/ledger_oracle.hpp"
#include "tests/ledger/ledger_workload.hpp"

namespace rollcall {
namespace {

constexpr Seed kSeed = 7;

// A ledger and its model, named the same ids.
struct Pair {
  explicit Pair(std::size_t sides) : ledger(sides, kSeed), oracle(sides) {}

  void apply(const Naming& naming) {
    if (const auto* range = std::get_if<IntegerRange>(&naming.what)) {
      if (++ranges % 2 == 0) {
        ledger.add(naming.side, *range);
      } else {
        add_in_pieces(naming.side, *range);
      }
      oracle.add(naming.side, *range);
      return;
    }
    const OwnedRecordId& id = std::get<OwnedRecordId>(naming.what);
    ledger.prefetch(view_of(id));
    const bool fresh = ledger.add(naming.side, view_of(id));
    if (fresh != oracle.add(naming.side, id))
      FAIL_CHECK("the ledger and its model disagree on a duplicate");
  }

  void add_in_pieces(Side side, IntegerRange range) {
    PendingRange pending{range};
    while (!pending.done) {
      std::size_t budget = 1 + ranges % 700;
      ledger.add(side, pending, budget);
    }
  }

  Ledger ledger;
  LedgerOracle oracle;
  std::size_t ranges = 0;
};

struct Mixture {
  const char* name;
  std::size_t sides;
  std::size_t ids_of_a_kind;
  int namings;
  WorkloadKinds kinds;
};

const Mixture kMixtures[] = {
    {"everything, two sides", 2, 3000, 30'000, {}},
    {"everything, three sides", 3, 1500, 20'000, {}},
    {"everything, sixteen sides", 16, 500, 20'000, {}},
    {"few ids named often", 2, 50, 20'000, {}},
    {"sequences and ranges", 2, 20'000, 30'000, {true, true, false, false, false, true}},
    {"spread ids alone", 2, 30'000, 60'000, {false, false, true, false, false, false}},
    {"spread ids and ranges", 4, 5000, 20'000, {false, false, true, false, false, true}},
    {"texts alone", 2, 20'000, 60'000, {false, false, false, false, true, false}},
    {"snowflakes", 3, 20'000, 40'000, {false, false, false, true, false, false}},
};

TEST_CASE("a ledger agrees with the plain model on every mixture of ids") {
  const std::uint64_t seed = std::random_device{}();
  for (const Mixture& mixture : kMixtures) {
    CAPTURE(mixture.name);
    CAPTURE(seed);
    Workload workload(seed, mixture.sides, mixture.ids_of_a_kind, mixture.kinds);
    Pair pair(mixture.sides);
    for (int i = 0; i < mixture.namings; ++i) pair.apply(workload.next());
    pair.oracle.check_counts(pair.ledger);
    pair.oracle.check_lists(*pair.ledger.view(), seed);
  }
}

TEST_CASE("views keep what they saw while their ledger goes on") {
  const std::uint64_t seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  Workload workload(seed, 2, 1000, {});
  Pair pair(2);
  std::deque<std::pair<std::shared_ptr<const LedgerView>, LedgerOracle>> kept;
  for (int i = 0; i < 15'000; ++i) {
    pair.apply(workload.next());
    if (random() % 1000 == 0) kept.emplace_back(pair.ledger.view(), pair.oracle);
    if (kept.size() > 3 || (!kept.empty() && random() % 2000 == 0)) {
      kept.front().second.check_lists(*kept.front().first, random());
      kept.pop_front();
    }
  }
  for (const auto& [view, oracle] : kept) oracle.check_lists(*view, random());
  pair.oracle.check_lists(*pair.ledger.view(), random());
}

Ledger restored(std::size_t sides, const std::vector<SegmentRun>& runs) {
  Ledger ledger(sides, kSeed);
  for (const SegmentRun& run : runs) {
    for (const SegmentChunk& chunk : run) REQUIRE(ledger.absorb(chunk.payload).has_value());
  }
  return ledger;
}

TEST_CASE("a ledger restored from its deltas is the same, and goes on being the same") {
  const std::uint64_t seed = std::random_device{}();
  for (const Mixture& mixture : kMixtures) {
    CAPTURE(mixture.name);
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    Workload workload(seed, mixture.sides, mixture.ids_of_a_kind, mixture.kinds);
    Pair pair(mixture.sides);
    std::vector<SegmentRun> runs;
    for (int i = 0; i < mixture.namings / 2; ++i) {
      pair.apply(workload.next());
      if (random() % 2000 == 0) runs.push_back(encode(pair.ledger.take_delta()));
    }
    runs.push_back(encode(pair.ledger.take_delta()));
    pair.ledger = restored(mixture.sides, runs);
    CHECK(pair.ledger.take_delta().empty());
    pair.oracle.check_counts(pair.ledger);
    pair.oracle.check_lists(*pair.ledger.view(), seed);
    for (int i = 0; i < 5000; ++i) pair.apply(workload.next());
    pair.oracle.check_counts(pair.ledger);
    pair.oracle.check_lists(*pair.ledger.view(), seed);
  }
}

}  // namespace
}  // namespace rollcall
