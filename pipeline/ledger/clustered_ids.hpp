#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "pipeline/ledger/add_outcome.hpp"
#include "pipeline/ledger/cluster_leaf.hpp"
#include "pipeline/ledger/record_id.hpp"

namespace rollcall {

// Integers that stand close together: leaves in order of the stretch of integers that each covers.
// A stretch never crosses a multiple of 2^32 and its borders are multiples of 2^16; a leaf that has
// grown too large is cut in the middle, as in a B+ tree, so however large the sets are, one
// addition copies or cuts one leaf at most.
// Owner:   integer_ids; a snapshot is owned by its view. Runs on: its owner's thread; a snapshot,
//          const, on any.
// Limits:  see ClusterLeaf. A snapshot costs a pointer for each leaf, and each leaf a copy when it
//          changes after that.
class ClusteredIds {
 public:
  explicit ClusteredIds(std::size_t sides) : sides_(sides), fingers_(sides) {}
  ClusteredIds(ClusteredIds&&) noexcept = default;
  ClusteredIds& operator=(ClusteredIds&&) noexcept = default;
  ClusteredIds& operator=(const ClusteredIds&) = delete;

  // One side names an id. False, and nothing done, when its container (id >> 16) is on no side:
  // where it should live is for the caller to decide.
  bool add_to_known(Side side, std::uint64_t id, AddOutcome& outcome);
  // One side names an id that is in no container yet.
  void add_new(Side side, std::uint64_t id);
  // Puts an id on every side of `mask`; returns the sides that it was on.
  Mask place(std::uint64_t id, Mask mask);
  // Puts ids (high << 32 | low) on every side of `mask` and moves the counts. `whole`: they come in
  // bulk and are worth being made small.
  void add_set(std::uint32_t high, Roaring low, Mask mask, bool whole, MaskCounts& counts);
  // One side names the first ids of a range, as many as one leaf covers and the budget allows; returns the last of
  // them. Moves the counts; appends what the side had named before to `repeated`, in order.
  std::uint64_t add_range(Side side, IntegerRange range, std::size_t& budget, MaskCounts& counts,
                          std::vector<IntegerRange>& repeated);
  // Counts ids again that are on the side.
  void add_repeats(Side side, std::uint32_t high, unsigned weight, Roaring low, MaskCounts& counts);
  bool add_repeats(Side side, std::uint64_t id, std::uint64_t times);

  [[nodiscard]] Mask mask_of(std::uint64_t id) const;
  [[nodiscard]] std::uint64_t extra(Side side, std::uint64_t id) const;
  [[nodiscard]] bool has_container(std::uint64_t id) const;
  [[nodiscard]] std::uint64_t ids() const { return ids_; }
  [[nodiscard]] std::uint64_t containers() const { return containers_; }  // distinct, near enough
  [[nodiscard]] std::size_t bytes() const;

  struct Stretch {
    std::uint64_t first = 0;
    const ClusterLeaf* leaf = nullptr;
  };
  [[nodiscard]] std::size_t leaf_count() const { return leaves_.size(); }
  [[nodiscard]] Stretch leaf_at(std::size_t index) const {
    return {firsts_[index], leaves_[index].get()};
  }
  // The first leaf that may hold an id >= `id`.
  [[nodiscard]] std::size_t first_leaf_for(std::uint64_t id) const;

  [[nodiscard]] ClusteredIds snapshot() {
    ++generation_;
    return *this;
  }

 private:
  struct Recent {  // the leaf that was found last, and what it covers
    std::uint64_t first = 1;
    std::uint64_t last = 0;
    std::size_t index = 0;
  };
  static constexpr std::size_t kContainersAtOnce = 64;
  static constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);

  ClusteredIds(const ClusteredIds&) = default;

  [[nodiscard]] std::size_t find_leaf(
      std::uint64_t id) const;                    // kNowhere: no leaf has this id's upper half
  std::size_t find_leaf_again(std::uint64_t id);  // the same, quick for neighbours
  std::size_t leaf_for(std::uint64_t id);         // makes one where none is
  [[nodiscard]] std::uint64_t last_of(std::size_t index) const;
  ClusterLeaf& own(std::size_t index);
  void settle(std::size_t index, std::size_t bytes_before, std::size_t containers_before);
  void split(std::size_t index);
  template <class Change>
  void change_leaves(std::uint32_t high, Roaring low, const Change& change);

  std::size_t sides_;
  std::vector<std::uint64_t> firsts_;  // where each leaf's stretch begins
  std::vector<std::shared_ptr<ClusterLeaf>>
      leaves_;  // owned by this and by the snapshots taken of it
  std::vector<std::uint32_t>
      generations_;  // of each leaf: an older one may be shared with a snapshot
  std::uint32_t generation_ = 0;
  std::uint64_t ids_ = 0;
  std::uint64_t containers_ = 0;
  std::size_t leaf_bytes_ = 0;
  Recent recent_;
  std::vector<roaring_layout::Finger> fingers_;  // by side: where the last search in it ended
};

}  // namespace rollcall
