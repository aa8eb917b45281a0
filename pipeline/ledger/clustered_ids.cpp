#include "pipeline/ledger/clustered_ids.hpp"

#include <algorithm>
#include <utility>

#include "pipeline/ledger/pending_range.hpp"
#include "pipeline/ledger/sole_owner.hpp"

namespace rollcall {
namespace {

constexpr std::uint32_t low_of(std::uint64_t id) { return static_cast<std::uint32_t>(id); }
constexpr std::uint64_t high_first(std::uint64_t id) { return id >> 32U << 32U; }
constexpr std::uint64_t kLowMax = 0xffffffffU;
constexpr std::uint64_t kContainerMax = 0xffffU;
// How much of either takes as long as one container that is a single run.
constexpr std::size_t kBytesOfCost = 64;
constexpr std::size_t kRunsOfCost = 8;

// Appends the runs of a set of lower halves in order, joining those that touch. `bounds` hold all of them.
void append_runs(std::vector<IntegerRange>& runs, std::uint64_t base, const Roaring& low,
                 IntegerRange bounds) {
  if (low.isEmpty()) return;
  if (low.cardinality() == bounds.hi - bounds.lo + 1) return append_run(runs, bounds);
  roaring_layout::RunReader reader(low, 0);
  for (std::uint32_t first = 0, last = 0; reader.next(first, last);)
    append_run(runs, {base | first, base | last});
}

}  // namespace

bool ClusteredIds::add_to_known(Side side, std::uint64_t id, AddOutcome& outcome) {
  const std::size_t index = find_leaf_again(id);
  if (index == kNowhere) return false;
  const std::uint32_t low = low_of(id);
  const ClusterLeaf& leaf = *leaves_[index];
  const std::int32_t container = roaring_layout::find_container(leaf.side(side), low);
  unsigned others = 0;
  bool known = container >= 0;
  for (std::size_t s = 0; s < sides_; ++s) {
    if (s == side) continue;
    const Roaring& other = leaf.side(static_cast<Side>(s));
    const std::int32_t at = roaring_layout::find_container(other, low);
    if (at < 0) continue;
    known = true;
    if (roaring_layout::container_has(other, at, low, fingers_[s])) others |= 1U << s;
  }
  if (!known) return false;
  ClusterLeaf& mine = own(index);
  const std::size_t bytes_before = mine.bytes();
  if (container < 0) {
    mine.add(side, low);
    outcome.before = static_cast<Mask>(others);
  } else if (mine.add_to_container(side, container, low, fingers_[side])) {
    outcome.before = static_cast<Mask>(others);
  } else {
    outcome.before = static_cast<Mask>(others | bit(side));
    outcome.first_repeat = mine.add_repeats(side, low, 1);
  }
  leaf_bytes_ += mine.bytes() - bytes_before;
  ids_ += outcome.before == 0 ? 1 : 0;
  if (container < 0 && mine.too_large(side)) split(index);
  return true;
}

void ClusteredIds::add_new(Side side, std::uint64_t id) {
  const std::size_t index = leaf_for(id);
  ClusterLeaf& leaf = own(index);
  leaf_bytes_ -= leaf.bytes();
  leaf.add(side, low_of(id));
  leaf_bytes_ += leaf.bytes();
  ++containers_;
  ++ids_;
  if (leaf.too_large(side)) split(index);
}

Mask ClusteredIds::place(std::uint64_t id, Mask mask) {
  const std::size_t index = leaf_for(id);
  ClusterLeaf& leaf = own(index);
  const std::uint32_t low = low_of(id);
  const Mask before = leaf.mask_of(low);
  leaf_bytes_ -= leaf.bytes();
  const std::size_t containers_before = leaf.containers();
  for (unsigned fresh = mask & ~unsigned{before}; fresh != 0; fresh &= fresh - 1) {
    leaf.add(static_cast<Side>(__builtin_ctz(fresh)), low);
  }
  leaf_bytes_ += leaf.bytes();
  containers_ += leaf.containers() - containers_before;
  ids_ += before == 0 ? 1 : 0;
  split(index);
  return before;
}

// Calls change(leaf, ids) for each leaf that covers some of the ids; makes a leaf where none is.
template <class Change>
void ClusteredIds::change_leaves(std::uint32_t high, Roaring low, const Change& change) {
  const std::uint64_t base = std::uint64_t{high} << 32U;
  while (!low.isEmpty()) {
    const std::size_t index = leaf_for(base | low.minimum());
    const std::uint64_t last = last_of(index);
    Roaring rest;
    if (low.maximum() > low_of(last)) rest = roaring_layout::cut(low, low_of(last) + 1);
    ClusterLeaf& leaf = own(index);
    const std::size_t bytes_before = leaf.bytes();
    const std::size_t containers_before = leaf.containers();
    change(leaf, std::move(low));
    settle(index, bytes_before, containers_before);
    low = std::move(rest);
  }
}

void ClusteredIds::add_set(std::uint32_t high, Roaring low, Mask mask, bool whole,
                           MaskCounts& counts) {
  const std::uint64_t fresh_before = counts.distinct();
  change_leaves(high, std::move(low), [&](ClusterLeaf& leaf, Roaring ids) {
    leaf.add_set(mask, std::move(ids), counts);
    if (whole) leaf.optimise();
  });
  ids_ += counts.distinct() - fresh_before;
}

std::uint64_t ClusteredIds::add_range(Side side, IntegerRange range, std::size_t& budget,
                                      MaskCounts& counts, std::vector<IntegerRange>& repeated) {
  const std::size_t index = leaf_for(range.lo);
  const std::uint64_t containers = std::min<std::uint64_t>(budget, kContainersAtOnce);
  const std::uint64_t last_container =
      std::min((range.lo >> 16U) + containers - 1, last_of(index) >> 16U);
  const std::uint64_t last = std::min(range.hi, last_container << 16U | kContainerMax);
  ClusterLeaf& leaf = own(index);
  const std::size_t bytes_before = leaf.bytes();
  const std::size_t containers_before = leaf.containers();
  const std::uint64_t fresh_before = counts.distinct();
  const std::size_t runs_before = repeated.size();
  const Roaring again = leaf.add_range(side, low_of(range.lo), low_of(last), counts);
  append_runs(repeated, high_first(range.lo), again, {range.lo, last});
  ids_ += counts.distinct() - fresh_before;
  // What is not one run takes its bytes to be reckoned with, on every side.
  const std::uint64_t touched = (last >> 16U) - (range.lo >> 16U) + 1;
  spend(budget, touched * (1 + bytes_before / (containers_before + 1) / kBytesOfCost) +
                    (repeated.size() - runs_before) / kRunsOfCost);
  settle(index, bytes_before, containers_before);
  return last;
}

void ClusteredIds::add_repeats(Side side, std::uint32_t high, unsigned weight, Roaring low,
                               MaskCounts& counts) {
  change_leaves(high, std::move(low), [&](ClusterLeaf& leaf, const Roaring& ids) {
    counts.add_duplicates(side, ids.cardinality() << weight, leaf.add_repeats(side, weight, ids));
  });
}

bool ClusteredIds::add_repeats(Side side, std::uint64_t id, std::uint64_t times) {
  const std::size_t index = leaf_for(id);
  ClusterLeaf& leaf = own(index);
  leaf_bytes_ -= leaf.bytes();
  const bool first = leaf.add_repeats(side, low_of(id), times);
  leaf_bytes_ += leaf.bytes();
  return first;
}

Mask ClusteredIds::mask_of(std::uint64_t id) const {
  const std::size_t index = find_leaf(id);
  return index == kNowhere ? Mask{0} : leaves_[index]->mask_of(low_of(id));
}

std::uint64_t ClusteredIds::extra(Side side, std::uint64_t id) const {
  const std::size_t index = find_leaf(id);
  return index == kNowhere ? 0 : leaves_[index]->extra(side, low_of(id));
}

bool ClusteredIds::has_container(std::uint64_t id) const {
  const std::size_t index = find_leaf(id);
  if (index == kNowhere) return false;
  for (std::size_t s = 0; s < sides_; ++s) {
    if (roaring_layout::find_container(leaves_[index]->side(static_cast<Side>(s)), low_of(id)) >= 0)
      return true;
  }
  return false;
}

std::size_t ClusteredIds::bytes() const {
  return leaf_bytes_ +
         leaves_.capacity() * (sizeof(std::shared_ptr<ClusterLeaf>) + sizeof(std::uint64_t) + 4);
}

std::size_t ClusteredIds::first_leaf_for(std::uint64_t id) const {
  const auto after = std::upper_bound(firsts_.begin(), firsts_.end(), id);
  return after == firsts_.begin() ? 0 : static_cast<std::size_t>(after - firsts_.begin()) - 1;
}

std::size_t ClusteredIds::find_leaf(std::uint64_t id) const {
  const std::size_t index = first_leaf_for(id);
  if (index >= firsts_.size() || high_first(firsts_[index]) != high_first(id)) return kNowhere;
  return index;  // a half's first leaf begins where the half does
}

std::size_t ClusteredIds::find_leaf_again(std::uint64_t id) {
  if (id >= recent_.first && id <= recent_.last) return recent_.index;
  const std::size_t index = find_leaf(id);
  if (index != kNowhere) recent_ = {firsts_[index], last_of(index), index};
  return index;
}

std::size_t ClusteredIds::leaf_for(std::uint64_t id) {
  const std::size_t found = find_leaf_again(id);
  if (found != kNowhere) return found;
  const std::uint64_t first = high_first(id);
  const auto at = std::upper_bound(firsts_.begin(), firsts_.end(), first) - firsts_.begin();
  firsts_.insert(firsts_.begin() + at, first);
  leaves_.insert(leaves_.begin() + at, std::make_shared<ClusterLeaf>(sides_));
  generations_.insert(generations_.begin() + at, generation_);
  const auto index = static_cast<std::size_t>(at);
  leaves_[index]->measure();
  leaf_bytes_ += leaves_[index]->bytes();
  recent_ = {first, last_of(index), index};
  return index;
}

std::uint64_t ClusteredIds::last_of(std::size_t index) const {
  const std::uint64_t half_last = firsts_[index] | kLowMax;
  if (index + 1 == firsts_.size()) return half_last;
  return std::min(half_last, firsts_[index + 1] - 1);
}

ClusterLeaf& ClusteredIds::own(std::size_t index) {
  std::shared_ptr<ClusterLeaf>& held = leaves_[index];
  if (generations_[index] != generation_) {
    if (!sole_owner(held)) held = std::make_shared<ClusterLeaf>(*held);
    generations_[index] = generation_;
  }
  return *held;
}

void ClusteredIds::settle(std::size_t index, std::size_t bytes_before,
                          std::size_t containers_before) {
  ClusterLeaf& leaf = *leaves_[index];
  leaf.measure();
  leaf_bytes_ += leaf.bytes() - bytes_before;
  containers_ += leaf.containers() - containers_before;
  split(index);
}

void ClusteredIds::split(std::size_t index) {
  ClusterLeaf& leaf = *leaves_[index];
  const std::vector<std::uint32_t> borders = leaf.borders();
  if (borders.empty()) return;
  leaf_bytes_ -= leaf.bytes();
  std::vector<std::uint64_t> firsts;
  firsts.reserve(borders.size());
  std::vector<std::shared_ptr<ClusterLeaf>> leaves;
  leaves.reserve(borders.size());
  for (const std::uint32_t border : borders) firsts.push_back(high_first(firsts_[index]) | border);
  for (std::size_t i = borders.size(); i-- > 0;) {  // from the right: each piece is moved once
    leaves.push_back(std::make_shared<ClusterLeaf>(leaf.cut(borders[i])));
    leaves.back()->measure();
    leaf_bytes_ += leaves.back()->bytes();
  }
  leaf.measure();
  leaf_bytes_ += leaf.bytes();
  const auto behind = static_cast<std::ptrdiff_t>(index) + 1;
  firsts_.insert(firsts_.begin() + behind, firsts.begin(), firsts.end());
  leaves_.insert(leaves_.begin() + behind, leaves.rbegin(), leaves.rend());
  generations_.insert(generations_.begin() + behind, firsts.size(), generation_);
  recent_ = {};
}

}  // namespace rollcall
