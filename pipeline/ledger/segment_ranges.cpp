#include "pipeline/ledger/segment_ranges.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <optional>
#include <utility>

#include "pipeline/ensure.hpp"
#include "pipeline/ledger/segment_format.hpp"

namespace rollcall::segment {
namespace {

constexpr std::uint64_t kIdMax = std::numeric_limits<std::uint64_t>::max();

// Ids that the same number of ranges cover.
struct Covered {
  IntegerRange range;
  std::uint64_t times = 0;
};

// Walks over all beginnings and ends in order and counts how many ranges are open in between.
std::vector<Covered> disjoint(const std::vector<IntegerRange>& ranges) {
  std::vector<std::uint64_t> begins;
  std::vector<std::uint64_t> lasts;
  for (const IntegerRange& range : ranges) {
    ENSURE(range.lo <= range.hi);
    begins.push_back(range.lo);
    lasts.push_back(range.hi);
  }
  std::sort(begins.begin(), begins.end());
  std::sort(lasts.begin(), lasts.end());
  std::vector<Covered> pieces;
  std::uint64_t at = 0;
  std::uint64_t open = 0;
  const auto end_piece = [&](std::uint64_t last) {
    if (open > 0) pieces.push_back({{at, last}, open});
  };
  for (std::size_t begun = 0, ended = 0; ended < lasts.size();) {
    if (begun < begins.size() && begins[begun] <= lasts[ended]) {
      if (begins[begun] > at) end_piece(begins[begun] - 1);
      at = begins[begun++];
      ++open;
    } else {
      const std::uint64_t last = lasts[ended];
      if (last >= at) end_piece(last);
      for (; ended < lasts.size() && lasts[ended] == last; ++ended) --open;
      if (last < kIdMax) at = last + 1;
    }
  }
  return pieces;
}

class Splitter {
 public:
  Splitter(Combine combine, std::vector<IdValue>& ids, std::map<std::uint32_t, Planes>& sets)
      : combine_(combine), ids_(ids), sets_(sets) {}

  void add(IntegerRange range, std::uint64_t value) {
    const auto [head, body, tail] = parts(range);
    if (head) add_singles(*head, value);
    if (tail) add_singles(*tail, value);
    for (std::optional<IntegerRange> rest = body; rest;) {
      const std::uint64_t last = std::min(rest->hi, rest->lo | 0xFFFFFFFFU);
      add_set({rest->lo, last}, value);
      rest = last < rest->hi ? std::optional(IntegerRange{last + 1, rest->hi}) : std::nullopt;
    }
  }

  void flush() {
    for (auto& [key, low] : lows_) planes_of(key.first).add(key.second, std::move(low));
    lows_.clear();
  }

 private:
  struct Parts {
    std::optional<IntegerRange> head;  // too few ids of the first block
    std::optional<IntegerRange> body;
    std::optional<IntegerRange> tail;  // too few ids of the last block
  };

  static Parts parts(IntegerRange range) {
    Parts parts;
    const std::uint64_t first_block_last = std::min(range.hi, range.lo | 0xFFFFU);
    if (first_block_last - range.lo + 1 < kClusterIdsMin) {
      parts.head = IntegerRange{range.lo, first_block_last};
      if (first_block_last == range.hi) return parts;
      range.lo = first_block_last + 1;
    }
    const std::uint64_t last_block_first = std::max(range.lo, range.hi & ~std::uint64_t{0xFFFFU});
    if (range.hi - last_block_first + 1 < kClusterIdsMin) {
      parts.tail = IntegerRange{last_block_first, range.hi};
      if (last_block_first == range.lo) return parts;
      range.hi = last_block_first - 1;
    }
    parts.body = range;
    return parts;
  }

  void add_singles(IntegerRange range, std::uint64_t value) {
    for (std::uint64_t i = 0; i <= range.hi - range.lo; ++i) ids_.push_back({range.lo + i, value});
  }

  void add_set(IntegerRange range, std::uint64_t value) {
    for (std::uint64_t bits = value; bits != 0; bits &= bits - 1) {
      const auto bit = static_cast<unsigned>(std::countr_zero(bits));
      lows_[{high_of(range.lo), bit}].addRange(low_of(range.lo),
                                               std::uint64_t{low_of(range.hi)} + 1);
    }
  }

  Planes& planes_of(std::uint32_t high) { return sets_.try_emplace(high, combine_).first->second; }

  const Combine combine_;
  std::vector<IdValue>& ids_;
  std::map<std::uint32_t, Planes>& sets_;
  std::map<std::pair<std::uint32_t, unsigned>, Roaring> lows_;
};

}  // namespace

void split_ranges(const std::vector<IntegerRange>& ranges, unsigned bit, Combine combine,
                  std::vector<IdValue>& ids, std::map<std::uint32_t, Planes>& sets) {
  if (ranges.empty()) return;
  Splitter splitter{combine, ids, sets};
  for (const auto& [range, times] : disjoint(ranges)) {
    splitter.add(range, (combine == Combine::or_masks ? 1 : times) << bit);
  }
  splitter.flush();
}

}  // namespace rollcall::segment
