#include "pipeline/ledger/integer_lists.hpp"

#include <algorithm>
#include <limits>

#include "pipeline/ledger/roaring_layout.hpp"
#include "pipeline/ledger/smallest.hpp"

namespace rollcall {
namespace {

constexpr std::uint64_t kIdMax = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t high_first(std::uint64_t id) { return id >> 32U << 32U; }
constexpr std::uint32_t low_of(std::uint64_t id) { return static_cast<std::uint32_t>(id); }

// Ids of clustered leaves that a side has named more than once, in order.
std::vector<std::uint64_t> repeated_clustered(const ClusteredIds& clustered,
                                              std::optional<std::uint64_t> after,
                                              std::size_t limit) {
  std::vector<std::uint64_t> ids;
  const std::uint64_t begin = after ? *after + 1 : 0;
  for (std::size_t i = clustered.first_leaf_for(begin); i < clustered.leaf_count(); ++i) {
    const auto [first, leaf] = clustered.leaf_at(i);
    if (high_first(first) < high_first(begin)) continue;
    const Roaring repeated = leaf->repeated();
    roaring_layout::RunReader reader(repeated, begin > first ? low_of(begin) : 0);
    for (std::uint32_t lo = 0, hi = 0; reader.next(lo, hi);) {
      for (std::uint64_t low = lo; low <= hi; ++low) {
        if (ids.size() == limit) return ids;
        ids.push_back(high_first(first) | low);
      }
    }
  }
  return ids;
}

std::vector<std::uint64_t> repeated_spread(const IntegerPicture& picture,
                                           std::optional<std::uint64_t> after, std::size_t limit) {
  std::vector<std::uint64_t> ids;
  for (const auto& extras :
       picture.spread_extras) {  // each side on its own: an id may be in several
    Smallest<std::uint64_t> smallest(after, limit);
    extras.for_each([&](std::uint64_t key, std::uint64_t) {
      const std::uint64_t id = picture.mixer.unmix(key);
      if (smallest.wants(id)) smallest.put(id);
    });
    const std::vector<std::uint64_t> of_side = smallest.take_sorted();
    ids.insert(ids.end(), of_side.begin(), of_side.end());
  }
  return ids;
}

}  // namespace

MatchingRuns::MatchingRuns(const IntegerPicture& picture, MaskExpression expression,
                           std::optional<std::uint64_t> after, std::size_t batch)
    : picture_(picture),
      expression_(expression),
      batch_(std::max<std::size_t>(batch, 1)),
      spread_after_(after) {
  if (after == kIdMax) {
    leaf_ = picture_.clustered.leaf_count();
    spread_ended_ = true;
    return;
  }
  begin_ = after ? *after + 1 : 0;
  leaf_ = picture_.clustered.first_leaf_for(begin_);
}

std::optional<IntegerRange> MatchingRuns::next() {
  if (!piece_) piece_ = next_piece();
  std::optional<IntegerRange> run = piece_;
  if (!run) return run;
  while ((piece_ = next_piece()) && run->hi != kIdMax && piece_->lo == run->hi + 1)
    run->hi = piece_->hi;
  return run;
}

// The lower one of what clustered and spread ids offer.
std::optional<IntegerRange> MatchingRuns::next_piece() {
  if (clustered_taken_ == clustered_.size()) refill_clustered();
  if (spread_taken_ == spread_.size()) refill_spread();
  const bool have_clustered = clustered_taken_ < clustered_.size();
  const bool have_spread = spread_taken_ < spread_.size();
  if (have_clustered &&
      (!have_spread || clustered_[clustered_taken_].lo < spread_[spread_taken_])) {
    return clustered_[clustered_taken_++];
  }
  if (!have_spread) return std::nullopt;
  const std::uint64_t id = spread_[spread_taken_++];
  return IntegerRange{id, id};
}

void MatchingRuns::refill_clustered() {
  clustered_.clear();
  clustered_taken_ = 0;
  while (clustered_.empty()) {
    if (!low_) {
      if (leaf_ >= picture_.clustered.leaf_count()) return;
      const auto [first, leaf] = picture_.clustered.leaf_at(leaf_++);
      if (high_first(first) < high_first(begin_)) continue;
      leaf_first_ = high_first(first);
      matching_ = leaf->select(expression_);
      low_ = begin_ > first ? low_of(begin_) : low_of(first);
    }
    roaring_layout::RunReader reader(matching_, *low_);
    low_.reset();
    for (std::uint32_t lo = 0, hi = 0; reader.next(lo, hi);) {
      clustered_.push_back({leaf_first_ | lo, leaf_first_ | hi});
      if (clustered_.size() < batch_) continue;
      if (hi != std::numeric_limits<std::uint32_t>::max()) low_ = hi + 1;
      break;
    }
  }
}

void MatchingRuns::refill_spread() {
  if (spread_ended_) return;
  Smallest<std::uint64_t> smallest(spread_after_, batch_);
  picture_.spread.for_each([&](std::uint64_t key, Mask mask) {
    if (!expression_.matches(mask)) return;
    const std::uint64_t id = picture_.mixer.unmix(key);
    if (smallest.wants(id)) smallest.put(id);
  });
  spread_ = smallest.take_sorted();
  spread_taken_ = 0;
  spread_ended_ = spread_.size() < batch_;
  if (!spread_.empty()) spread_after_ = spread_.back();
}

std::vector<std::uint64_t> matching_ids(const IntegerPicture& picture, MaskExpression expression,
                                        std::optional<std::uint64_t> after, std::size_t limit) {
  std::vector<std::uint64_t> ids;
  if (limit == 0) return ids;
  MatchingRuns runs(picture, expression, after, limit);
  while (const auto run = runs.next()) {
    for (std::uint64_t id = run->lo;; ++id) {
      ids.push_back(id);
      if (ids.size() == limit) return ids;
      if (id == run->hi) break;
    }
  }
  return ids;
}

std::vector<IntegerRange> matching_runs(const IntegerPicture& picture, MaskExpression expression,
                                        std::optional<std::uint64_t> after, std::size_t limit) {
  std::vector<IntegerRange> found;
  if (limit == 0) return found;
  MatchingRuns runs(picture, expression, after, limit);
  while (const auto run = runs.next()) {
    found.push_back(*run);
    if (found.size() == limit) break;
  }
  return found;
}

void append_repeated(const IntegerPicture& picture, std::optional<std::uint64_t> after,
                     std::size_t limit, std::vector<DuplicateEntry>& entries) {
  if (after == kIdMax) return;
  std::vector<std::uint64_t> ids = repeated_clustered(picture.clustered, after, limit);
  const std::vector<std::uint64_t> spread = repeated_spread(picture, after, limit);
  ids.insert(ids.end(), spread.begin(), spread.end());
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  if (ids.size() > limit) ids.resize(limit);
  for (const std::uint64_t id : ids) {
    DuplicateEntry entry{id, std::vector<std::uint64_t>(picture.sides)};
    for (std::size_t s = 0; s < picture.sides; ++s) {
      entry.extra[s] = picture.clustered.extra(static_cast<Side>(s), id);
      if (!picture.spread_extras.empty())
        entry.extra[s] += picture.spread_extras[s].get(picture.mixer.mix(id));
    }
    entries.push_back(std::move(entry));
  }
}

}  // namespace rollcall
