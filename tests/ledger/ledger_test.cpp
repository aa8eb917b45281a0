#include "pipeline/ledger/ledger.hpp"

#include <doctest/doctest.h>
#include <limits>
#include <random>
#include <string>

#include "tests/ledger/ledger_oracle.hpp"
#include "tests/ledger/ledger_workload.hpp"

namespace rollcall {
namespace {

constexpr Seed kSeed = 42;
constexpr std::uint64_t kIdMax = std::numeric_limits<std::uint64_t>::max();
using Ids = std::vector<OwnedRecordId>;
using Runs = std::vector<IntegerRange>;

Ids ids(Ledger& ledger, MaskExpression expression) {
  return ledger.view()->ids(expression, std::nullopt, 1000);
}
bool add(Ledger& ledger, Side side, std::string_view text) {
  return ledger.add(side, RecordId::from_text(text));
}

TEST_CASE("an id is missing, matched or unexpected by who has named it") {
  Ledger ledger(2, kSeed);
  CHECK(add(ledger, kExpected, "1"));
  CHECK(add(ledger, kExpected, "order-a"));
  CHECK(add(ledger, kExpected, "2"));
  CHECK(add(ledger, kProcessed, "2"));
  CHECK(add(ledger, kProcessed, "order-b"));
  CHECK(ids(ledger, kMissing) == Ids{std::uint64_t{1}, "order-a"});
  CHECK(ids(ledger, kUnexpected) == Ids{"order-b"});
  CHECK(ids(ledger, kMatched) == Ids{std::uint64_t{2}});
  CHECK(ledger.count(kMissing) == 2);
  CHECK(ledger.count(kUnexpected) == 1);
  CHECK(ledger.count(kMatched) == 1);
}

TEST_CASE("a canonical decimal is the integer and any other spelling is text") {
  Ledger ledger(2, kSeed);
  CHECK(ledger.add(kExpected, RecordId{17}));
  CHECK_FALSE(add(ledger, kExpected, "17"));
  CHECK(add(ledger, kExpected, "017"));
  CHECK(ids(ledger, kMissing) == Ids{std::uint64_t{17}, "017"});
}

TEST_CASE("naming again counts as a duplicate and changes nothing else") {
  Ledger ledger(2, kSeed);
  for (int i = 0; i < 5; ++i) add(ledger, kExpected, "7");
  for (int i = 0; i < 3; ++i) add(ledger, kProcessed, "text");
  CHECK(ledger.duplicates(kExpected) == 4);
  CHECK(ledger.duplicate_ids(kExpected) == 1);
  CHECK(ledger.duplicates(kProcessed) == 2);
  CHECK(ledger.total(kExpected) == 1);
  const std::vector<DuplicateEntry> wanted = {{std::uint64_t{7}, {4, 0}}, {"text", {0, 2}}};
  CHECK(same(ledger.view()->duplicates(std::nullopt, 10), wanted));
  CHECK(same(ledger.view()->duplicates(std::uint64_t{7}, 10), {wanted[1]}));
  CHECK(same(ledger.view()->duplicates(std::nullopt, 1), {wanted[0]}));
}

TEST_CASE("the ends of the domain are ids like any other") {
  Ledger ledger(2, kSeed);
  for (const std::uint64_t id : {std::uint64_t{0}, kIdMax}) {
    CHECK(ledger.add(kExpected, RecordId{id}));
    CHECK_FALSE(ledger.add(kExpected, RecordId{id}));
  }
  CHECK(ids(ledger, kMissing) == Ids{std::uint64_t{0}, kIdMax});
  CHECK(ledger.view()->ids(kMissing, kIdMax, 10).empty());
  CHECK(ledger.view()->runs(kMissing, std::nullopt, 10) == Runs{{0, 0}, {kIdMax, kIdMax}});
}

TEST_CASE("a declared range of a billion is there at once and lists what is missing as runs") {
  Ledger ledger(2, kSeed);
  ledger.add(kExpected, IntegerRange{1, 1'000'000'000});
  for (const std::uint64_t id : {1U, 500U, 501U, 1'000'000'000U})
    ledger.add(kProcessed, RecordId{id});
  CHECK(ledger.count(kMissing) == 999'999'996);
  CHECK(ledger.view()->runs(kMissing, std::nullopt, 10) == Runs{{2, 499}, {502, 999'999'999}});
  CHECK(ledger.view()->runs(kMissing, 700, 10) == Runs{{701, 999'999'999}});
  CHECK(ledger.view()->ids(kMissing, std::uint64_t{999'999'990}, 3) ==
        Ids{std::uint64_t{999'999'991}, std::uint64_t{999'999'992}, std::uint64_t{999'999'993}});
  CHECK(ledger.memory_bytes() < 4'000'000);
}

TEST_CASE("a range may cross a multiple of 2^32 and reach both ends of the domain") {
  Ledger ledger(2, kSeed);
  const std::uint64_t border = std::uint64_t{3} << 32U;
  ledger.add(kExpected, IntegerRange{border - 5000, border + 4999});
  ledger.add(kExpected, IntegerRange{0, 9999});
  ledger.add(kExpected, IntegerRange{kIdMax - 9999, kIdMax});
  ledger.add(kProcessed, IntegerRange{border, border});
  CHECK(ledger.total(kExpected) == 30'000);
  CHECK(ledger.view()->runs(kMissing, std::nullopt, 10) == Runs{{0, 9999},
                                                                {border - 5000, border - 1},
                                                                {border + 1, border + 4999},
                                                                {kIdMax - 9999, kIdMax}});
}

TEST_CASE("what a range names again are duplicates, what it names anew are not") {
  Ledger ledger(2, kSeed);
  ledger.add(kExpected, IntegerRange{0, 99'999});
  ledger.add(kExpected, IntegerRange{50'000, 149'999});
  ledger.add(kExpected, IntegerRange{50'000, 149'999});
  CHECK(ledger.total(kExpected) == 150'000);
  CHECK(ledger.duplicates(kExpected) == 50'000 + 100'000);
  CHECK(ledger.duplicate_ids(kExpected) == 100'000);
  const auto page = ledger.view()->duplicates(std::uint64_t{99'998}, 2);
  REQUIRE(page.size() == 2);
  CHECK(page[0].extra == std::vector<std::uint64_t>{2, 0});
  CHECK(page[1].extra == std::vector<std::uint64_t>{1, 0});
}

TEST_CASE("a range spends what it touches: itself among random ids, containers among others") {
  Ledger ledger(2, kSeed);
  std::mt19937_64 random(5);
  for (int i = 0; i < 300'000; ++i) ledger.add(kExpected, RecordId{random()});
  const auto spent = [&](IntegerRange range) {
    PendingRange pending{range};
    constexpr std::size_t kBudget = 1'000'000;
    std::size_t budget = kBudget;
    ledger.add(kExpected, pending, budget);
    CHECK(pending.done);
    return kBudget - budget;
  };
  CHECK(spent({1'000, 5'999}) <= 5'000);
  CHECK(spent({1'000, 5'999}) <= 5'000);
  CHECK(spent({0, (1ULL << 32U) - 1}) >= 65'536);
  const std::size_t again = spent({0, (1ULL << 32U) - 1});
  CHECK(again >= 65'536);
  for (int i = 0; i < 20; ++i) CHECK(spent({0, (1ULL << 32U) - 1}) < 2 * again);
  CHECK(ledger.duplicates(kExpected) >= 21 * (1ULL << 32U));
}

TEST_CASE("the delta says what happened since the last cut, and nothing twice") {
  Ledger ledger(2, kSeed);
  add(ledger, kExpected, "5");
  add(ledger, kExpected, "5");
  add(ledger, kExpected, "text");
  add(ledger, kProcessed, "text");
  add(ledger, kProcessed, "text");
  add(ledger, kProcessed, "text");
  ledger.add(kProcessed, IntegerRange{100, 200});
  ledger.add(kProcessed, IntegerRange{200, 300});
  CHECK(ledger.delta_bytes() > 0);
  const LedgerDelta delta = ledger.take_delta();
  REQUIRE(delta.sides.size() == 2);
  CHECK(delta.sides[0].added.integers == std::vector<std::uint64_t>{5});
  CHECK(delta.sides[0].duplicates.integers == std::vector<std::uint64_t>{5});
  CHECK(delta.sides[1].added.ranges == Runs{{100, 200}, {200, 300}});
  CHECK(delta.sides[1].duplicates.integers == std::vector<std::uint64_t>{200});
  REQUIRE(delta.sides[0].added.texts.size() == 1);
  CHECK(delta.text_bytes.substr(delta.sides[0].added.texts[0].offset, 4) == "text");
  REQUIRE(delta.sides[1].added.texts.size() == 1);
  CHECK(delta.sides[1].added.texts[0].offset ==
        LedgerDelta::kNoText);  // matched: the text is needed no longer
  REQUIRE(delta.sides[1].duplicates.texts.size() == 2);
  CHECK(delta.sides[1].duplicates.texts[0].offset != LedgerDelta::kNoText);
  CHECK(delta.sides[1].duplicates.texts[1].offset == LedgerDelta::kNoText);
  CHECK(ledger.take_delta().empty());
  CHECK(ledger.delta_bytes() == 0);
}

TEST_CASE("a view is handed out again until something changes, and never changes itself") {
  Ledger ledger(2, kSeed);
  add(ledger, kExpected, "1");
  const auto view = ledger.view();
  CHECK(ledger.view() == view);
  add(ledger, kProcessed, "1");
  CHECK(ledger.view() != view);
  CHECK(view->ids(kMissing, std::nullopt, 10) == Ids{std::uint64_t{1}});
  CHECK(ids(ledger, kMissing).empty());
}

TEST_CASE("a view outlives its ledger") {
  std::shared_ptr<const LedgerView> view;
  {
    Ledger ledger(2, kSeed);
    add(ledger, kExpected, "9");
    add(ledger, kExpected, "nine");
    view = ledger.view();
  }
  CHECK(view->ids(kMissing, std::nullopt, 10) == Ids{std::uint64_t{9}, "nine"});
}

}  // namespace
}  // namespace rollcall
