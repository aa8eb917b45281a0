#pragma once

#include <cstdint>
#include <roaring/roaring.hh>
#include <utility>
#include <vector>

#include "pipeline/ledger/segment_writer.hpp"

namespace rollcall::segment {

// How the values of one id that stands in several places combine: masks are or-ed, counts added.
enum class Combine { or_masks, add_counts };

// The values of many ids with the same upper 32 bits, bit-sliced: plane n holds the ids whose value has bit n (O'Neil and
// Quass 1997). So or-ing and adding take a few set operations for millions of ids. Counts are modulo 2^64.
class Planes {
 public:
  explicit Planes(Combine combine) : combine_(combine) {}

  [[nodiscard]] bool empty() const { return planes_.empty(); }
  // Combines bit `bit` of the value into each id of the set.
  void add(unsigned bit, Roaring ids);
  // Moves out the ids below `limit`, which may be 2^32.
  [[nodiscard]] Planes take_below(std::uint64_t limit);
  // One set for each exact mask, or for each power of two, by ascending label.
  [[nodiscard]] std::vector<LabelledSet> labelled() const;
  // Hands out every plane that is not empty, to be moved from.
  template <class Take>
  void take_each(Take take) {
    for (std::size_t bit = 0; bit < planes_.size(); ++bit) {
      if (!planes_[bit].isEmpty()) take(static_cast<unsigned>(bit), std::move(planes_[bit]));
    }
    planes_.clear();
  }

 private:
  [[nodiscard]] std::vector<LabelledSet> exact_masks() const;

  Combine combine_;
  std::vector<Roaring> planes_;
};

// Moves out the part of the set that is below `limit`.
[[nodiscard]] Roaring take_below(Roaring& set, std::uint64_t limit);

}  // namespace rollcall::segment
