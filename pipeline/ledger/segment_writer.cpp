#include "pipeline/ledger/segment_writer.hpp"

#include <utility>

#include "pipeline/ledger/segment_sets.hpp"

namespace rollcall::segment {
namespace {

constexpr std::size_t kGroupBytes = 16;  // more than the frame of a group takes
constexpr std::size_t kSectionBytes = 6;

}  // namespace

void ChunkWriter::begin(Stage stage) {
  end_sections();
  stage_ = stage;
}

void ChunkWriter::make_room(std::size_t bytes) {
  if (bytes > room() && records_ > 0) end_chunk();
}

void ChunkWriter::add_id(std::uint64_t id, std::uint64_t value) {
  PendingGroup& pending = group(value);
  const std::size_t before = pending.body.size();
  put_varint(pending.body, id - pending.next_id);
  pending.next_id = id + 1;
  bytes_ += pending.body.size() - before;
  ++records_;
}

void ChunkWriter::add_sets(std::uint32_t high, std::vector<LabelledSet>&& sets, std::uint64_t ids,
                           std::size_t bytes) {
  if (high != high_) end_sets();
  high_ = high;
  for (LabelledSet& set : sets) {
    if (const auto [at, is_new] = sets_.try_emplace(set.label, std::move(set.low)); !is_new)
      at->second |= set.low;
  }
  bytes_ += bytes;
  records_ += ids;
}

void ChunkWriter::add_text(Fingerprint fingerprint, std::uint64_t value,
                           std::string_view text_or_empty) {
  PendingGroup& pending = group(value);
  const std::size_t before = pending.body.size();
  put_fixed(pending.body, fingerprint.high);
  put_fixed(pending.body, fingerprint.low);
  if (stage_.keeps_text(value, sides_)) {
    put_varint(pending.body, text_or_empty.size());
    pending.body.append(text_or_empty);
  }
  bytes_ += pending.body.size() - before;
  ++records_;
}

Result<void> ChunkWriter::finish() {
  if (records_ > 0) end_chunk();
  return pushed_;
}

ChunkWriter::PendingGroup& ChunkWriter::group(std::uint64_t value) {
  if (last_group_ != nullptr && last_value_ == value) return *last_group_;
  const auto [at, is_new] = groups_.try_emplace(value);
  if (is_new) bytes_ += kGroupBytes;
  last_value_ = value;
  last_group_ = &at->second;
  return at->second;
}

void ChunkWriter::end_chunk() {
  end_sections();
  std::string payload = std::exchange(payload_, std::string(kHeaderBytes, '\0'));
  SegmentChunk chunk = seal_chunk(std::move(payload), sides_, records_);
  if (pushed_) pushed_ = push_(std::move(chunk));
  bytes_ = kHeaderBytes;
  records_ = 0;
}

void ChunkWriter::end_sections() {
  const Side side = stage_.duplicates_of.value_or(Side{0});
  if (!groups_.empty()) {
    std::string body;
    for (const auto& [value, pending] : groups_) put_group(body, value, pending.body);
    put_section(payload_, stage_.lists(), side, body);
    groups_.clear();
    last_group_ = nullptr;
    bytes_ += kSectionBytes;
  }
  end_sets();
  if (!set_bytes_.empty()) {
    put_section(payload_, stage_.sets(), side, set_bytes_);
    set_bytes_.clear();
    bytes_ += kSectionBytes;
  }
}

void ChunkWriter::end_sets() {
  if (sets_.empty()) return;
  put_fixed(set_bytes_, high_);
  put_varint(set_bytes_, sets_.size());
  for (auto& [label, set] : sets_) {
    put_varint(set_bytes_, label);
    set.runOptimize();
    put_set(set_bytes_, set);
  }
  sets_.clear();
}

}  // namespace rollcall::segment
