#include "pipeline/ledger/segment_planes.hpp"

#include <algorithm>
#include <utility>

namespace rollcall::segment {
namespace {

constexpr std::uint64_t kLowEnd = std::uint64_t{1} << 32U;
constexpr unsigned kBitsMax = 64;

}  // namespace

void Planes::add(unsigned bit, Roaring ids) {
  for (; bit < kBitsMax && !ids.isEmpty(); ++bit) {
    if (planes_.size() <= bit) planes_.resize(bit + 1);
    Roaring& plane = planes_[bit];
    if (plane.isEmpty()) {
      plane = std::move(ids);
      return;
    }
    if (combine_ == Combine::or_masks) {
      plane |= ids;
      return;
    }
    Roaring carry = plane & ids;
    plane ^= ids;
    ids = std::move(carry);
  }
}

Planes Planes::take_below(std::uint64_t limit) {
  if (limit >= kLowEnd) return std::exchange(*this, Planes{combine_});
  Planes below{combine_};
  below.planes_.resize(planes_.size());
  for (std::size_t i = 0; i < planes_.size(); ++i) {
    below.planes_[i] = segment::take_below(planes_[i], limit);
  }
  const bool nothing_left = std::all_of(planes_.begin(), planes_.end(),
                                        [](const auto& plane) { return plane.isEmpty(); });
  if (nothing_left) planes_.clear();
  return below;
}

std::vector<LabelledSet> Planes::labelled() const {
  if (combine_ == Combine::or_masks) return exact_masks();
  std::vector<LabelledSet> sets;
  for (std::size_t i = 0; i < planes_.size(); ++i) {
    if (!planes_[i].isEmpty()) sets.push_back({i + 1, planes_[i]});
  }
  return sets;
}

// Each plane in turn splits every set so far into the part that it contains and the part that it does not.
std::vector<LabelledSet> Planes::exact_masks() const {
  std::vector<LabelledSet> sets;
  for (std::size_t i = 0; i < planes_.size(); ++i) {
    const std::uint64_t bit = std::uint64_t{1} << i;
    Roaring fresh = planes_[i];
    const std::size_t known = sets.size();
    for (std::size_t k = 0; k < known && !fresh.isEmpty(); ++k) {
      Roaring both = sets[k].low & fresh;
      if (both.isEmpty()) continue;
      sets[k].low -= both;
      fresh -= both;
      sets.push_back({sets[k].label | bit, std::move(both)});
    }
    if (!fresh.isEmpty()) sets.push_back({bit, std::move(fresh)});
    std::erase_if(sets, [](const LabelledSet& set) { return set.low.isEmpty(); });
  }
  std::sort(sets.begin(), sets.end(),
            [](const auto& a, const auto& b) { return a.label < b.label; });
  return sets;
}

Roaring take_below(Roaring& set, std::uint64_t limit) {
  if (set.isEmpty() || set.minimum() >= limit) return {};
  if (set.maximum() < limit) return std::exchange(set, Roaring{});
  Roaring range;  // no longer than needed: it takes a container for each block
  range.addRange(set.minimum(), limit);
  Roaring below = set & range;
  set -= range;
  return below;
}

}  // namespace rollcall::segment
