#pragma once

#include <bitset>
#include <cstdint>
#include <roaring/roaring.hh>
#include <vector>

#include "pipeline/ledger/segment_planes.hpp"
#include "pipeline/ledger/segment_writer.hpp"

namespace rollcall::segment {

struct IdValue {
  std::uint64_t id = 0;
  std::uint64_t value = 0;
};

// Puts the integers of one stage together from any mix of single ids and sets, and writes each block of ids in the form
// that its content asks for: blocks of at least kClusterIdsMin ids as sets, the others in lists.
// Ids come in ascending order, repetitions allowed. A set comes with or before the first id that is not below it all.
// Limits: holds what has come of the present upper 32 bits; settle() bounds that.
class IntegerAssembler {
 public:
  IntegerAssembler(Combine combine, ChunkWriter& out)
      : combine_(combine), out_(out), planes_(combine) {}

  void add_id(std::uint64_t id, std::uint64_t value) {
    if (block_of(id) != block_ || block_ids_.empty()) [[unlikely]]
      begin_block(id);
    if (!block_ids_.empty() && block_ids_.back().id == id) {
      combine_into(block_ids_.back().value, value);
    } else {
      block_ids_.push_back({id, value});
    }
  }
  // Each id of the set has bit `bit` in its value. Sets hold whole clusters: kClusterIdsMin ids or more in a block.
  void add_set(std::uint32_t high, unsigned bit, Roaring low);
  // Nothing below this id will come any more: writes what is complete once enough has gathered.
  void settle(std::uint64_t frontier);
  void finish();

 private:
  // What lies in blocks [begin, end) of the present upper 32 bits, ready to be written.
  struct Piece {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    std::vector<LabelledSet> sets;
    std::vector<IdValue> singles;
    [[nodiscard]] std::size_t set_bytes() const;
    [[nodiscard]] std::size_t bytes() const;
    [[nodiscard]] Piece take_below(std::uint64_t block, std::uint32_t high);
  };

  void combine_into(std::uint64_t& value, std::uint64_t more) const {
    value = combine_ == Combine::or_masks ? value | more : value + more;
  }
  void begin_block(std::uint64_t id);
  void begin_high(std::uint32_t high);
  void end_block();
  void gather_cluster();
  void gathered_to_planes();
  void write_below(std::uint64_t block);
  void write(Piece piece);
  void write_whole(Piece piece);
  void write_single(const IdValue& single);

  const Combine combine_;
  ChunkWriter& out_;
  std::uint32_t high_ = 0;
  std::uint64_t block_ = 0;         // of block_ids_
  std::vector<IdValue> block_ids_;  // of the block that ids are coming for
  std::vector<IdValue> singles_;    // of earlier blocks that are no clusters
  Planes planes_;                   // clusters
  std::vector<std::vector<std::uint32_t>>
      gathered_;                 // ascending ids of clusters by bit, on their way to planes_
  std::bitset<65536> clusters_;  // blocks of high_ that a set has touched
  bool any_clusters_ = false;
  std::size_t bytes_ = 0;  // gathered since the last writing, roughly
};

}  // namespace rollcall::segment
