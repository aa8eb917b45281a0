#include "pipeline/ledger/cluster_leaf.hpp"

#include <algorithm>
#include <utility>

namespace rollcall {
namespace {

// Calls visit(mask, ids) for each group of ids in `set` that are on the same sides; empty groups
// are skipped.
template <class Visit>
void partition(const std::vector<Roaring>& sides, std::size_t side, Mask mask, const Roaring& set,
               const Visit& visit) {
  while (side < sides.size() && sides[side].isEmpty()) ++side;
  if (side == sides.size()) return visit(mask, set.cardinality());
  const Roaring inside = set & sides[side];
  if (!inside.isEmpty()) {
    partition(sides, side + 1, static_cast<Mask>(mask | bit(static_cast<Side>(side))), inside,
              visit);
    const Roaring outside = set - inside;
    if (!outside.isEmpty()) partition(sides, side + 1, mask, outside, visit);
  } else {
    partition(sides, side + 1, mask, set, visit);
  }
}

}  // namespace

const ClusterLeaf::Slices& ClusterLeaf::extras(Side side) const {
  static const Slices kNone;
  return extras_.empty() ? kNone : extras_[side];
}

std::uint64_t ClusterLeaf::extra(Side side, std::uint32_t low) const {
  std::uint64_t count = 0;
  const Slices& slices = extras(side);
  for (std::size_t n = 0; n < slices.size(); ++n) {
    if (roaring_layout::contains(slices[n], low)) count |= std::uint64_t{1} << n;
  }
  return count;
}

Roaring ClusterLeaf::select(MaskExpression expression) const {
  Roaring found;
  if ((expression.in & ~unsigned{full_mask(sides_.size())}) != 0) return found;
  bool narrowed = false;
  for (std::size_t s = 0; s < sides_.size(); ++s) {
    if ((expression.in >> s & 1U) == 0) continue;
    if (narrowed) {
      found &= sides_[s];
    } else {
      found = sides_[s];
    }
    narrowed = true;
  }
  if (!narrowed) {
    for (const Roaring& side : sides_) found |= side;
  }
  for (std::size_t s = 0; s < sides_.size() && !found.isEmpty(); ++s) {
    if ((expression.not_in >> s & 1U) != 0) found -= sides_[s];
  }
  return found;
}

Roaring ClusterLeaf::repeated() const {
  Roaring found;
  for (const Slices& slices : extras_) {
    for (const Roaring& slice : slices) found |= slice;
  }
  return found;
}

void ClusterLeaf::add_set(Mask mask, Roaring set, MaskCounts& counts) {
  partition(sides_, 0, 0, set, [&](Mask before, std::uint64_t ids) {
    counts.move(before, static_cast<Mask>(before | mask), ids);
  });
  for (std::size_t s = 0; s < sides_.size(); ++s) {
    if ((mask >> s & 1U) == 0) continue;
    if (!sides_[s].isEmpty()) {
      sides_[s] |= set;  // NOLINT(bugprone-use-after-move): only the last side takes it away
    } else if (mask >> s == 1) {  // the last one
      sides_[s] = std::move(set);
    } else {
      sides_[s] = set;
    }
  }
}

Roaring ClusterLeaf::add_range(Side side, std::uint32_t first, std::uint32_t last,
                               MaskCounts& counts) {
  Roaring ids;
  ids.addRange(first, std::uint64_t{last} + 1);
  Roaring again = ids & sides_[side];
  const std::uint64_t repeats = again.cardinality();
  if (repeats > 0) counts.add_duplicates(side, repeats, add_repeats(side, 0, again));
  if (repeats <= last - first) add_set(bit(side), std::move(ids), counts);
  return again;
}

std::uint64_t ClusterLeaf::add_repeats(Side side, unsigned weight, const Roaring& set) {
  if (extras_.empty()) extras_.resize(sides_.size());
  Slices& slices = extras_[side];
  Roaring fresh = set;
  for (std::size_t n = 0; n < slices.size() && !fresh.isEmpty(); ++n) fresh -= slices[n];
  Roaring carry = set;
  for (std::size_t n = weight; !carry.isEmpty(); ++n) {
    if (n >= slices.size()) slices.resize(n + 1);
    Roaring next = carry & slices[n];
    slices[n] ^= carry;
    carry = std::move(next);
  }
  return fresh.cardinality();
}

bool ClusterLeaf::add_repeats(Side side, std::uint32_t low, std::uint64_t times) {
  if (extras_.empty()) extras_.resize(sides_.size());
  Slices& slices = extras_[side];
  const std::uint64_t before = extra(side, low);
  const std::uint64_t after = before + times;
  for (std::size_t n = 0; after >> n != 0; ++n) {
    if (n >= slices.size()) slices.resize(n + 1);
    const bool was = (before >> n & 1U) != 0;
    const bool is = (after >> n & 1U) != 0;
    if (is && !was) grow(roaring_layout::add(slices[n], low).bytes);
    if (was && !is) slices[n].remove(low);
    if (n == 63) break;
  }
  return before == 0;
}

void ClusterLeaf::optimise() {
  for (Roaring& side : sides_) {
    side.runOptimize();
    side.shrinkToFit();
  }
  measure();
}

ClusterLeaf ClusterLeaf::cut(std::uint32_t low) {
  ClusterLeaf rest(sides_.size());
  for (std::size_t s = 0; s < sides_.size(); ++s)
    rest.sides_[s] = roaring_layout::cut(sides_[s], low);
  rest.extras_.resize(extras_.size());
  for (std::size_t s = 0; s < extras_.size(); ++s) {
    for (Roaring& slice : extras_[s]) rest.extras_[s].push_back(roaring_layout::cut(slice, low));
  }
  return rest;
}

std::vector<std::uint32_t> ClusterLeaf::borders() const {
  const auto& largest =
      *std::max_element(sides_.begin(), sides_.end(), [](const Roaring& a, const Roaring& b) {
        return roaring_layout::container_count(a) < roaring_layout::container_count(b);
      });
  const std::int32_t count = roaring_layout::container_count(largest);
  std::vector<std::uint32_t> borders;
  if (count <= kContainersMax) return borders;
  for (std::int32_t i = kContainersMax / 2; i + kContainersMax / 2 <= count;
       i += kContainersMax / 2) {
    borders.push_back(std::uint32_t{roaring_layout::key_at(largest, i)} << 16U);
  }
  return borders;
}

std::size_t ClusterLeaf::containers() const {
  std::int32_t most = 0;
  for (const Roaring& side : sides_) most = std::max(most, roaring_layout::container_count(side));
  return static_cast<std::size_t>(most);
}

void ClusterLeaf::measure() {
  bytes_ = sizeof(ClusterLeaf) + sides_.size() * sizeof(Roaring);
  for (const Roaring& side : sides_) bytes_ += roaring_layout::bytes(side);
  for (const Slices& slices : extras_) {
    bytes_ += sizeof(Slices) + slices.size() * sizeof(Roaring);
    for (const Roaring& slice : slices) bytes_ += roaring_layout::bytes(slice);
  }
}

}  // namespace rollcall
