#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <roaring/roaring.hh>
#include <vector>

#include "pipeline/ledger/mask_counts.hpp"
#include "pipeline/ledger/roaring_layout.hpp"
#include "pipeline/ledger/sides.hpp"

namespace rollcall {

// Sets of the low 32 bits of the ids in one stretch of integers, one for each side. Occurrences
// beyond the first are counted in bit slices: slice n of a side holds the ids whose count has bit
// n, so counting a whole set again is an addition with carry on sets.
// Owner:   clustered_ids and the views that share the leaf; changed only while it has one owner.
// Limits:  about kContainersMax containers of 65,536 ids for each side, so copying one is bounded.
// Source:  bit-sliced arithmetic (O'Neil & Quass 1997).
class ClusterLeaf {
 public:
  static constexpr std::int32_t kContainersMax = 128;
  using Slices = std::vector<Roaring>;  // lowest bit first

  explicit ClusterLeaf(std::size_t sides) : sides_(sides) {}

  [[nodiscard]] const Roaring& side(Side side) const { return sides_[side]; }
  [[nodiscard]] const Slices& extras(Side side) const;
  [[nodiscard]] Mask mask_of(std::uint32_t low) const {
    unsigned mask = 0;
    for (std::size_t s = 0; s < sides_.size(); ++s) {
      if (roaring_layout::contains(sides_[s], low)) mask |= 1U << s;
    }
    return static_cast<Mask>(mask);
  }
  [[nodiscard]] std::uint64_t extra(Side side,
                                    std::uint32_t low) const;     // occurrences beyond the first
  [[nodiscard]] Roaring select(MaskExpression expression) const;  // ids that match
  [[nodiscard]] Roaring repeated() const;                         // ids that a side has named again

  // One id that the side has not named.
  void add(Side side, std::uint32_t low) { grow(roaring_layout::add(sides_[side], low).bytes); }
  // The same for one that the side may have named; true when it had not. `container` is that of the
  // id in its set.
  bool add_to_container(Side side, std::int32_t container, std::uint32_t low,
                        roaring_layout::Finger& finger) {
    const auto added = roaring_layout::add_to_container(sides_[side], container, low, finger);
    if (added.bytes != 0) grow(added.bytes);
    return added.fresh;
  }
  // One side names every id from `first` to `last`, and the counts are moved; returns those it had named before.
  Roaring add_range(Side side, std::uint32_t first, std::uint32_t last, MaskCounts& counts);
  // Puts every id of the set on every side of `mask` and moves the counts.
  void add_set(Mask mask, Roaring set, MaskCounts& counts);
  // Counts each id of the set 2^weight times again; returns how many of them were counted for the
  // first time.
  std::uint64_t add_repeats(Side side, unsigned weight, const Roaring& set);
  // The same for one id and an arbitrary number; true when it was counted for the first time.
  bool add_repeats(Side side, std::uint32_t low, std::uint64_t times);

  // Makes the sets as small as they can be; for sets that arrived whole.
  void optimise();
  // Cuts off everything from the container of `low` on. Leaves measure() to the caller.
  [[nodiscard]] ClusterLeaf cut(std::uint32_t low);
  // Borders at which to cut so that no side has more than kContainersMax containers; ascending,
  // usually none.
  [[nodiscard]] std::vector<std::uint32_t> borders() const;

  [[nodiscard]] bool too_large(Side side) const {
    return roaring_layout::container_count(sides_[side]) > kContainersMax;
  }
  [[nodiscard]] std::size_t containers() const;  // of the side that has most
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  void measure();

 private:
  void grow(std::ptrdiff_t bytes) { bytes_ += static_cast<std::size_t>(bytes); }

  std::vector<Roaring> sides_;
  std::vector<Slices> extras_;  // empty until there is a first one
  std::size_t bytes_ = sizeof(ClusterLeaf);
};

}  // namespace rollcall
