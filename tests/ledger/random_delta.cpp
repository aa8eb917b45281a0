#include "tests/ledger/random_delta.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <string>

#include "tests/ledger/segment_content.hpp"

namespace rollcall {
namespace {

constexpr std::uint64_t kIdMax = std::numeric_limits<std::uint64_t>::max();

std::uint64_t below(Random& random, std::uint64_t end) { return random() % end; }

// All sides draw from the same few neighbourhoods, so that their ids meet.
std::uint64_t random_id(Random& random, std::size_t size) {
  switch (below(random, 8)) {
    case 0:
      return random();
    case 1:
      return kIdMax - below(random, 30);
    case 2:
      return below(random, 30);
    case 3:  // around the border between two upper halves
      return 0x500000000U - 20 + below(random, 40);
    case 4:  // few in each block: around the bound between lists and sets
      return 0x700000000U + below(random, 8) * 65536 + below(random, 65536) % 24;
    case 5:  // sparse within one upper half
      return 0x900000000U + below(random, 0xFFFFFFFFU);
    default:
      return 1'000'000 + below(random, size + 1);
  }
}

IntegerRange random_range(Random& random) {
  const std::uint64_t lo = 2'000'000 + below(random, 200'000);
  switch (below(random, 16)) {
    case 0:  // a whole block, across the border between two upper halves
      return {0x700000000U - below(random, 4'000), 0x700000000U + below(random, 70'000)};
    case 1:
    case 2:
    case 3:
      return {kIdMax - below(random, 500), kIdMax};
    case 4:
    case 5:
    case 6:
      return {lo, lo + below(random, 5'000)};
    default:
      return {lo, lo + below(random, 40)};
  }
}

bool overlaps(const IntegerRange& a, const IntegerRange& b) { return a.lo <= b.hi && b.lo <= a.hi; }

std::string random_text(Random& random, std::size_t size) {
  return "order-" + std::to_string(below(random, size + 1));
}

void fill_added(Random& random, LedgerDelta& delta, LedgerDelta::Adds& adds, std::size_t size) {
  for (std::uint64_t i = below(random, 3); i > 0; --i) {
    const IntegerRange range = random_range(random);
    const bool taken = std::any_of(adds.ranges.begin(), adds.ranges.end(),
                                   [&](const auto& other) { return overlaps(range, other); });
    if (!taken) adds.ranges.push_back(range);
  }
  std::set<std::uint64_t> seen;
  for (std::size_t i = 0; i < size; ++i) {
    const std::uint64_t id = random_id(random, size);
    const bool in_range = std::any_of(adds.ranges.begin(), adds.ranges.end(),
                                      [&](const auto& r) { return r.lo <= id && id <= r.hi; });
    if (!in_range && seen.insert(id).second) adds.integers.push_back(id);
  }
  std::set<std::string> texts;
  for (std::size_t i = 0; i < size / 4; ++i) {
    const std::string text = random_text(random, size);
    if (texts.insert(text).second) add_text(delta, adds, text, below(random, 4) > 0);
  }
}

void fill_duplicates(Random& random, LedgerDelta& delta, LedgerDelta::Adds& adds,
                     std::size_t size) {
  for (std::uint64_t i = below(random, 4); i > 0; --i) {
    adds.ranges.push_back(random_range(random));
  }
  for (std::size_t i = 0; i < size / 2; ++i) {
    adds.integers.push_back(random_id(random, size / 16));
  }
  for (std::size_t i = 0; i < size / 8; ++i) {
    add_text(delta, adds, random_text(random, size / 16), below(random, 2) > 0);
  }
}

template <class Entry>
void deal(Random& random, const std::vector<Entry>& from, std::vector<LedgerDelta>& parts,
          std::vector<Entry> LedgerDelta::Adds::*list, LedgerDelta::Adds LedgerDelta::OfSide::*adds,
          std::size_t side) {
  for (const Entry& entry : from) {
    LedgerDelta& part = parts[below(random, parts.size())];
    (part.sides[side].*adds.*list).push_back(entry);
  }
}

}  // namespace

LedgerDelta random_delta(Random& random, std::size_t sides, std::size_t size) {
  LedgerDelta delta;
  delta.sides.resize(sides);
  for (LedgerDelta::OfSide& side : delta.sides) {
    fill_added(random, delta, side.added, size);
    fill_duplicates(random, delta, side.duplicates, size);
  }
  delta.bytes = 1;
  return delta;
}

std::vector<LedgerDelta> split(Random& random, const LedgerDelta& delta, std::size_t parts) {
  std::vector<LedgerDelta> out(parts);
  for (LedgerDelta& part : out) {
    part.sides.resize(delta.sides.size());
    part.text_bytes = delta.text_bytes;
    part.bytes = 1;
  }
  for (std::size_t side = 0; side < delta.sides.size(); ++side) {
    for (const auto adds : {&LedgerDelta::OfSide::added, &LedgerDelta::OfSide::duplicates}) {
      const LedgerDelta::Adds& from = delta.sides[side].*adds;
      deal(random, from.integers, out, &LedgerDelta::Adds::integers, adds, side);
      deal(random, from.ranges, out, &LedgerDelta::Adds::ranges, adds, side);
      deal(random, from.texts, out, &LedgerDelta::Adds::texts, adds, side);
    }
  }
  return out;
}

}  // namespace rollcall
