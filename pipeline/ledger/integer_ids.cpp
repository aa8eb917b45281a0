#include "pipeline/ledger/integer_ids.hpp"

#include <algorithm>
#include <utility>

namespace rollcall {
namespace {

constexpr std::uint32_t high_of(std::uint64_t id) { return static_cast<std::uint32_t>(id >> 32U); }
constexpr std::uint32_t low_of(std::uint64_t id) { return static_cast<std::uint32_t>(id); }
constexpr std::uint64_t container_of(std::uint64_t id) { return id >> 16U; }
constexpr std::uint64_t join(std::uint32_t high, std::uint32_t low) {
  return std::uint64_t{high} << 32U | low;
}

}  // namespace

AddOutcome IntegerIds::add_anywhere(Side side, std::uint64_t id, bool dense) {
  const std::uint64_t key = mixer_.mix(id);
  Mask* mask = spread_.find(key);
  if (mask == nullptr) return add_unspread(side, id, dense);
  AddOutcome outcome{*mask, false};
  *mask = static_cast<Mask>(*mask | bit(side));
  if ((outcome.before & bit(side)) != 0) outcome.first_repeat = add_spread_repeats(side, key, 1);
  return outcome;
}

// The id is not in the table.
AddOutcome IntegerIds::add_unspread(Side side, std::uint64_t id, bool dense) {
  AddOutcome outcome;
  if (clustered_.add_to_known(side, id, outcome)) return outcome;
  if (dense || clusters(id)) {
    clustered_.add_new(side, id);
  } else {
    spread_.insert(mixer_.mix(id), bit(side));
  }
  return outcome;
}

// Whether an id whose container is new should open it.
bool IntegerIds::clusters(std::uint64_t id) {
  if (clustered_.containers() < kContainersFree + clustered_.ids() / kIdsPerContainer) return true;
  if (!sightings_) sightings_ = std::make_unique<Sightings>();
  return sightings_->containers.note(container_of(id)) >= kContainerSightings ||
         sightings_->halves.note(high_of(id)) >= kHalfSightings;
}

bool IntegerIds::add_spread_repeats(Side side, std::uint64_t key, std::uint64_t times) {
  if (spread_extras_.empty()) spread_extras_.resize(sides_);
  auto& extras = spread_extras_[side];
  if (std::uint64_t* count = extras.find(key)) {
    *count += times;
    return false;
  }
  extras.insert(key, times);
  return true;
}

void IntegerIds::add(Side side, PendingRange& range, std::size_t& budget, MaskCounts& counts,
                     std::vector<IntegerRange>& repeated) {
  if (goes_one_by_one(range)) return add_one_by_one(side, range, budget, counts, repeated);
  if (!range.gathered && !gather(range, budget)) return;
  while (budget > 0 && !range.done) {
    const std::uint64_t last = clustered_.add_range(side, range.rest, budget, counts, repeated);
    range.done = last == range.rest.hi;
    if (!range.done) range.rest.lo = last + 1;
  }
}

bool IntegerIds::goes_one_by_one(const PendingRange& range) const {
  if (range.gathered || range.next_bucket > 0) return false;
  const std::uint64_t length_less_one = range.whole.hi - range.whole.lo;
  return length_less_one < kContainerSightings ||
         (!spread_.empty() &&
          length_less_one < std::max<std::uint64_t>(kShortRange, spread_.size() / kShortPart));
}

void IntegerIds::add_one_by_one(Side side, PendingRange& range, std::size_t& budget,
                                MaskCounts& counts, std::vector<IntegerRange>& repeated) {
  const bool dense = range.whole.hi - range.whole.lo >= kContainerSightings;
  while (budget > 0 && !range.done) {
    const std::uint64_t id = range.rest.lo;
    const AddOutcome outcome = add_anywhere(side, id, dense);
    if ((outcome.before & bit(side)) != 0) {
      counts.add_duplicates(side, 1, outcome.first_repeat ? 1 : 0);
      append_run(repeated, {id, id});
    } else {
      counts.move(outcome.before, static_cast<Mask>(outcome.before | bit(side)), 1);
    }
    --budget;
    range.done = id == range.rest.hi;
    if (!range.done) ++range.rest.lo;
  }
}

// Moves the spread ids of a range among the clustered ones, where whole sets can be reckoned with. Whether all are.
bool IntegerIds::gather(PendingRange& range, std::size_t& budget) {
  const auto belongs = [&range](std::uint64_t id) {
    return range.rest.lo <= id && id <= range.rest.hi;
  };
  for (; !spread_.empty() && range.next_bucket < spread_.buckets(); ++range.next_bucket) {
    if (budget == 0) return false;
    const std::size_t before = spread_.size();
    move_to_clusters(range.next_bucket, belongs);
    spend(budget, kBucketCost + before - spread_.size());
  }
  range.gathered = true;
  return true;
}

// A few ids of a cluster may have come before it was known for one. While they are in the table,
// each addition has to look there first; so where they are few, one bucket now and then is gone
// through for those whose neighbours are known.
void IntegerIds::tidy() {
  until_tidy_ = kTidyInterval;
  if (clustered_.ids() < kTidyRatio * spread_.size()) return;
  if (next_bucket_to_tidy_ >= spread_.buckets()) next_bucket_to_tidy_ = 0;
  move_to_clusters(next_bucket_to_tidy_++,
                   [&](std::uint64_t id) { return clustered_.has_container(id); });
}

template <class Belongs>
void IntegerIds::move_to_clusters(std::size_t bucket, const Belongs& belongs) {
  spread_.erase_if(bucket, [&](std::uint64_t key, Mask mask) {
    const std::uint64_t id = mixer_.unmix(key);
    if (!belongs(id)) return false;
    clustered_.place(id, mask);
    for (std::size_t s = 0; s < spread_extras_.size(); ++s) {
      const std::uint64_t times = spread_extras_[s].take(key);
      if (times > 0) clustered_.add_repeats(static_cast<Side>(s), id, times);
    }
    return true;
  });
}

void IntegerIds::absorb(Mask mask, const std::vector<std::uint64_t>& sorted, MaskCounts& counts) {
  std::vector<std::uint64_t> spread;
  for (auto begin = sorted.begin(); begin != sorted.end();) {
    const auto end = std::find_if(begin, sorted.end(), [&](std::uint64_t id) {
      return container_of(id) != container_of(*begin);
    });
    const auto neighbours = static_cast<std::uint64_t>(end - begin);
    if (neighbours < kIdsPerContainer && !clustered_.has_container(*begin)) {
      spread.insert(spread.end(), begin, end);
    } else {
      for (auto id = begin; id != end; ++id) {
        Mask* held = spread_.find(mixer_.mix(*id));
        const Mask before = held != nullptr ? std::exchange(*held, static_cast<Mask>(*held | mask))
                                            : clustered_.place(*id, mask);
        counts.move(before, static_cast<Mask>(before | mask), 1);
      }
    }
    begin = end;
  }
  absorb_spread(mask, spread, counts);
}

// Ids that are not among the clustered ones.
void IntegerIds::absorb_spread(Mask mask, const std::vector<std::uint64_t>& ids,
                               MaskCounts& counts) {
  constexpr std::size_t kAhead = 16;  // far enough for the memory to have answered
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (i + kAhead < ids.size()) spread_.prefetch(mixer_.mix(ids[i + kAhead]));
    const std::uint64_t key = mixer_.mix(ids[i]);
    Mask before = 0;
    if (Mask* held = spread_.find(key)) {
      before = std::exchange(*held, static_cast<Mask>(*held | mask));
    } else {
      spread_.insert(key, mask);
    }
    counts.move(before, static_cast<Mask>(before | mask), 1);
  }
}

// Takes those ids out of `low` that are in the table and calls visit(key) for each.
template <class Visit>
void IntegerIds::take_spread(std::uint32_t high, Roaring& low, const Visit& visit) {
  if (spread_.empty()) return;
  std::vector<std::uint32_t> found;
  if (spread_.size() < low.cardinality()) {
    spread_.for_each([&](std::uint64_t key, Mask) {
      const std::uint64_t id = mixer_.unmix(key);
      if (high_of(id) == high && roaring_layout::contains(low, low_of(id)))
        found.push_back(low_of(id));
    });
  } else {
    for (const std::uint32_t value : low) {
      if (spread_.get(mixer_.mix(join(high, value))) != 0) found.push_back(value);
    }
  }
  for (const std::uint32_t value : found) {
    low.remove(value);
    visit(mixer_.mix(join(high, value)));
  }
}

void IntegerIds::absorb(Mask mask, std::uint32_t high, Roaring low, MaskCounts& counts) {
  const auto containers = static_cast<std::uint64_t>(roaring_layout::container_count(low));
  if (low.cardinality() < containers * kIdsPerContainer) {
    std::vector<std::uint64_t> ids;
    for (const std::uint32_t value : low) ids.push_back(join(high, value));
    return absorb(mask, ids, counts);
  }
  take_spread(high, low, [&](std::uint64_t key) {
    Mask& held = *spread_.find(key);
    const Mask before = std::exchange(held, static_cast<Mask>(held | mask));
    counts.move(before, held, 1);
  });
  clustered_.add_set(high, std::move(low), mask, true, counts);
}

void IntegerIds::absorb_repeats(Side side, std::uint64_t id, std::uint64_t times,
                                MaskCounts& counts) {
  const std::uint64_t key = mixer_.mix(id);
  const bool first = spread_.get(key) != 0 ? add_spread_repeats(side, key, times)
                                           : clustered_.add_repeats(side, id, times);
  counts.add_duplicates(side, times, first ? 1 : 0);
}

void IntegerIds::absorb_repeats(Side side, std::uint32_t high, unsigned weight, Roaring low,
                                MaskCounts& counts) {
  const std::uint64_t times = std::uint64_t{1} << weight;
  take_spread(high, low, [&](std::uint64_t key) {
    counts.add_duplicates(side, times, add_spread_repeats(side, key, times) ? 1 : 0);
  });
  clustered_.add_repeats(side, high, weight, std::move(low), counts);
}

IntegerPicture IntegerIds::picture() {
  IntegerPicture picture{sides_, mixer_, clustered_.snapshot(), spread_.snapshot(), {}};
  for (auto& extras : spread_extras_) picture.spread_extras.push_back(extras.snapshot());
  return picture;
}

std::size_t IntegerIds::bytes() const {
  std::size_t sum = clustered_.bytes() + spread_.bytes() + (sightings_ ? sizeof(Sightings) : 0);
  for (const auto& extras : spread_extras_) sum += extras.bytes();
  return sum;
}

}  // namespace rollcall
