// Totals that are kept, against a pass over all batches.
#include "pipeline/flow/batch_totals.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <random>
#include <string>

#include "pipeline/flow/slice.hpp"

namespace rollcall {
namespace {

using Numbers = std::vector<BatchNumber>;

struct Summed {
  std::uint64_t missing = 0, unexpected = 0;
  std::size_t memory = 0, reconciliations = 0;
  std::vector<std::uint64_t> duplicates = std::vector<std::uint64_t>(3);
  Numbers worst, watched;
};

Summed pass_over(const Slice& slice) {
  Summed sum;
  std::vector<std::pair<std::uint64_t, BatchNumber>> debts;
  for (const auto& batch : slice.batches()) {
    const BatchSummary summary = summarize(*batch);
    sum.memory += batch->ledger->memory_bytes();
    for (std::size_t side = 0; side < batch->row.sides.size(); ++side) {
      const auto place = std::min<std::size_t>(slice.default_side(batch->row.sides[side]), 2);
      sum.duplicates[place] += summary.duplicates[side];
    }
    if (batch->row.kind != BatchKind::reconciliation) continue;
    ++sum.reconciliations;
    sum.missing += summary.missing;
    sum.unexpected += summary.unexpected;
    if (batch->row.name.starts_with("orders-")) sum.watched.push_back(batch->row.number);
    const std::uint64_t owed = summary.missing + summary.unexpected;
    if (owed > 0) debts.emplace_back(owed, batch->row.number);
  }
  std::sort(debts.begin(), debts.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  });
  for (const auto& [owed, number] : debts) sum.worst.push_back(number);
  std::reverse(sum.watched.begin(), sum.watched.end());
  return sum;
}

void check_same(Slice& slice) {
  for (std::size_t from = 0; from < slice.touched_count(); from += 7) slice.tally(from, 7);
  const Summed sum = pass_over(slice);
  const BatchTotals& totals = slice.totals();
  CHECK(totals.missing() == sum.missing);
  CHECK(totals.unexpected() == sum.unexpected);
  CHECK(totals.memory_bytes() == sum.memory);
  CHECK(totals.reconciliations() == sum.reconciliations);
  CHECK(totals.duplicates() == sum.duplicates);
  CHECK(totals.worst(1'000) == sum.worst);
  CHECK(totals.worst(2) ==
        Numbers(sum.worst.begin(),
                sum.worst.begin() +
                    static_cast<std::ptrdiff_t>(std::min<std::size_t>(2, sum.worst.size()))));
  CHECK(totals.watched(1'000) == sum.watched);
  CHECK(totals.watched_count() == sum.watched.size());
}

Slice watching() {
  Slice::Options options;
  options.watched = {"orders-*"};
  return Slice{0, {"expected", "processed"}, options};
}

Batch& create(Slice& slice, const std::string& name, std::vector<std::string> sides = {}) {
  BatchRow row;
  row.name = name;
  row.created_at_ms = 1;
  if (!sides.empty()) row.kind = BatchKind::comparison;
  row.sides = std::move(sides);
  return slice.create(std::move(row));
}

void name(Slice& slice, Batch& batch, Side side, std::uint64_t id) {
  slice.change(batch, [&](Ledger& ledger) { ledger.add(side, RecordId{id}); });
  slice.count_event(batch, 1);
}

TEST_CASE("totals are what a pass over all batches adds up to, whatever happens to them") {
  const std::uint64_t seed = std::random_device{}();
  INFO("seed ", seed);
  std::mt19937_64 random{seed};
  Slice slice = watching();
  Numbers there;
  for (int step = 0; step < 4'000; ++step) {
    const auto what = random() % 100;
    if (what < 8 || there.empty()) {
      const std::string number = std::to_string(step);
      const auto kind = random() % 3;
      Batch& made = kind == 0   ? create(slice, "orders-" + number)
                    : kind == 1 ? create(slice, "bills-" + number)
                                : create(slice, "orders-" + number, {"a", "processed", "c"});
      there.push_back(made.row.number);
    } else if (what < 12) {
      const auto place = static_cast<std::ptrdiff_t>(random() % there.size());
      slice.remove(*slice.find(there[static_cast<std::size_t>(place)]));
      there.erase(there.begin() + place);
    } else if (what < 16) {
      (void)slice.cut();
    } else {
      Batch& batch = *slice.find(there[random() % there.size()]);
      name(slice, batch, static_cast<Side>(random() % batch.row.sides.size()), random() % 20);
    }
    if (step % 37 == 0) check_same(slice);
  }
  check_same(slice);
  slice.clear();
  check_same(slice);
  create(slice, "orders-anew");
  check_same(slice);
}

TEST_CASE("the worst come first, and the newest of those that owe nothing fill what is left") {
  Slice slice = watching();
  for (const char* const each : {"a", "b", "c", "d"}) create(slice, each);
  create(slice, "compared", {"a", "b"});
  name(slice, *slice.find("b"), kExpected, 1);
  name(slice, *slice.find("c"), kProcessed, 1);
  name(slice, *slice.find("c"), kProcessed, 2);
  slice.tally(0, slice.touched_count());
  CHECK(slice.worst(0).empty());
  CHECK(slice.worst(1) == Numbers{3});
  CHECK(slice.worst(3) == Numbers{3, 2, 4});
  CHECK(slice.worst(9) == Numbers{3, 2, 4, 1});
}

TEST_CASE("of more batches than may be shown the newest are") {
  Slice slice = watching();
  for (int i = 1; i <= 5; ++i) create(slice, "orders-" + std::to_string(i));
  CHECK(slice.totals().watched(2) == Numbers{5, 4});
  CHECK(slice.totals().watched_count() == 5);
}

}  // namespace
}  // namespace rollcall
