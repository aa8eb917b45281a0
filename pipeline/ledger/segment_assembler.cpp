#include "pipeline/ledger/segment_assembler.hpp"

#include <algorithm>
#include <bit>
#include <numeric>
#include <utility>

namespace rollcall::segment {
namespace {

constexpr std::size_t kSingleBytes = ChunkWriter::kIdBytes;
constexpr std::size_t kSetBytes = 16;  // more than the frame of a set takes
constexpr std::uint64_t kBlocksOfHigh = 65536;

std::uint64_t distinct_ids(Combine combine, const std::vector<LabelledSet>& sets) {
  if (combine == Combine::add_counts && sets.size() > 1) {
    Roaring all;
    for (const LabelledSet& set : sets) all |= set.low;
    return all.cardinality();
  }
  std::uint64_t ids = 0;  // exact masks are disjoint
  for (const LabelledSet& set : sets) ids += set.low.cardinality();
  return ids;
}

}  // namespace

void IntegerAssembler::add_set(std::uint32_t high, unsigned bit, Roaring low) {
  begin_high(high);
  const roaring_array_t& containers = low.roaring.high_low_container;
  for (std::int32_t i = 0; i < containers.size; ++i) clusters_.set(containers.keys[i]);
  any_clusters_ = true;
  bytes_ += low.getSizeInBytes();
  gathered_to_planes();
  planes_.add(bit, std::move(low));
}

void IntegerAssembler::settle(std::uint64_t frontier) {
  if (bytes_ < out_.chunk_bytes_max() || high_of(frontier) != high_) return;
  if (!block_ids_.empty() && block_ < block_of(frontier)) end_block();
  write_below(block_of(frontier));
  bytes_ = 0;  // what remains is not counted again, so that each writing follows as much gathering
}

void IntegerAssembler::finish() {
  end_block();
  write_below((std::uint64_t{high_} + 1) * kBlocksOfHigh);
}

void IntegerAssembler::begin_block(std::uint64_t id) {
  end_block();
  begin_high(high_of(id));
  block_ = block_of(id);
}

void IntegerAssembler::begin_high(std::uint32_t high) {
  if (high == high_) return;
  finish();
  if (any_clusters_) clusters_.reset();
  any_clusters_ = false;
  bytes_ = 0;
  high_ = high;
}

void IntegerAssembler::end_block() {
  if (block_ids_.empty()) return;
  const bool cluster =
      block_ids_.size() >= kClusterIdsMin || (any_clusters_ && clusters_[block_ % kBlocksOfHigh]);
  if (cluster) {
    gather_cluster();
  } else if (planes_.empty() && gathered_.empty()) {
    for (const IdValue& single : block_ids_) write_single(single);
  } else {
    singles_.insert(singles_.end(), block_ids_.begin(), block_ids_.end());
    bytes_ += block_ids_.size() * kSingleBytes;
  }
  block_ids_.clear();
}

void IntegerAssembler::gather_cluster() {
  for (const auto& [id, value] : block_ids_) {
    for (std::uint64_t bits = value; bits != 0; bits &= bits - 1) {
      const auto bit = static_cast<std::size_t>(std::countr_zero(bits));
      if (gathered_.size() <= bit) gathered_.resize(bit + 1);
      gathered_[bit].push_back(low_of(id));
    }
  }
  bytes_ += block_ids_.size() * sizeof(std::uint32_t);
}

void IntegerAssembler::gathered_to_planes() {
  for (std::size_t bit = 0; bit < gathered_.size(); ++bit) {
    const std::vector<std::uint32_t>& lows = gathered_[bit];
    if (!lows.empty()) planes_.add(static_cast<unsigned>(bit), Roaring(lows.size(), lows.data()));
  }
  gathered_.clear();
}

void IntegerAssembler::write_below(std::uint64_t block) {
  if (planes_.empty() && gathered_.empty()) return;
  gathered_to_planes();
  const std::uint64_t base = std::uint64_t{high_} * kBlocksOfHigh;
  Piece piece{base, block, {}, std::exchange(singles_, {})};
  if (!planes_.empty()) {
    piece.sets = planes_.take_below((block - base) << 16U).labelled();
    for (LabelledSet& set : piece.sets) set.low.runOptimize();
  }
  write(std::move(piece));
}

void IntegerAssembler::write(Piece piece) {
  if (piece.sets.empty()) {
    for (const IdValue& single : piece.singles) write_single(single);
    return;
  }
  const std::size_t bytes = piece.bytes();
  if (bytes <= out_.chunk_bytes_max() - kHeaderBytes || piece.end - piece.begin <= 1) {
    out_.make_room(bytes);
    write_whole(std::move(piece));
    return;
  }
  Piece lower = piece.take_below(std::midpoint(piece.begin, piece.end), high_);
  write(std::move(lower));
  write(std::move(piece));
}

void IntegerAssembler::write_whole(Piece piece) {
  for (const IdValue& single : piece.singles) {
    if (single.value != 0) out_.add_id(single.id, single.value);
  }
  const std::uint64_t ids = distinct_ids(combine_, piece.sets);
  const std::size_t bytes = piece.set_bytes();
  out_.add_sets(high_, std::move(piece.sets), ids, bytes);
}

void IntegerAssembler::write_single(const IdValue& single) {
  if (single.value == 0) return;  // a count that has wrapped around
  out_.make_room(kSingleBytes);
  out_.add_id(single.id, single.value);
}

std::size_t IntegerAssembler::Piece::set_bytes() const {
  std::size_t bytes = 0;
  for (const LabelledSet& set : sets) bytes += set.low.getSizeInBytes() + kSetBytes;
  return bytes;
}

std::size_t IntegerAssembler::Piece::bytes() const {
  return set_bytes() + singles.size() * kSingleBytes;
}

IntegerAssembler::Piece IntegerAssembler::Piece::take_below(std::uint64_t block,
                                                            std::uint32_t high) {
  Piece lower{begin, block, {}, {}};
  begin = block;
  const std::uint64_t limit = (block - std::uint64_t{high} * kBlocksOfHigh) << 16U;
  for (LabelledSet& set : sets) {
    lower.sets.push_back({set.label, segment::take_below(set.low, limit)});
    lower.sets.back().low.runOptimize();
    set.low.runOptimize();
  }
  const auto is_empty = [](const LabelledSet& set) { return set.low.isEmpty(); };
  std::erase_if(lower.sets, is_empty);
  std::erase_if(sets, is_empty);
  const auto first_above =
      std::partition_point(singles.begin(), singles.end(),
                           [&](const IdValue& single) { return block_of(single.id) < block; });
  lower.singles.assign(singles.begin(), first_above);
  singles.erase(singles.begin(), first_above);
  return lower;
}

}  // namespace rollcall::segment
