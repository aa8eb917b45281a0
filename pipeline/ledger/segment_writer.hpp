#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <roaring/roaring.hh>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/failure.hpp"
#include "pipeline/ledger/fingerprint.hpp"
#include "pipeline/ledger/segment.hpp"
#include "pipeline/ledger/segment_format.hpp"

namespace rollcall::segment {

// A set of ids with the same upper 32 bits. Its label is the value of a group: a mask, or 1 + log2 of the count.
struct LabelledSet {
  std::uint64_t label = 0;
  Roaring low;
};

// Gathers one chunk at a time and pushes it when it is full. Entries come stage by stage and in key order within one;
// the caller makes room first, so that what belongs together stays in one chunk.
// Limits: a chunk exceeds its bound only by an entry that is larger than the bound on its own.
// Fails:  with what `push` returned. It sticks; nothing is pushed any more.
class ChunkWriter {
 public:
  using Push = std::function<Result<void>(SegmentChunk)>;
  ChunkWriter(std::size_t sides, std::size_t chunk_bytes_max, const Push& push)
      : sides_(sides),
        chunk_bytes_max_(chunk_bytes_max),
        push_(push),
        payload_(kHeaderBytes, '\0') {}

  void begin(Stage stage);
  // Ends the chunk if it has entries and not this much room.
  void make_room(std::size_t bytes);
  [[nodiscard]] std::size_t room() const {
    return chunk_bytes_max_ - std::min(bytes_, chunk_bytes_max_);
  }
  [[nodiscard]] std::size_t chunk_bytes_max() const { return chunk_bytes_max_; }
  [[nodiscard]] std::size_t sides() const { return sides_; }

  static constexpr std::size_t kIdBytes = 10;  // at most, without its share of a group
  void add_id(std::uint64_t id, std::uint64_t value);
  // Sets of integers that lie above all earlier sets. `ids` is how many distinct ones, `bytes` their serialised size.
  void add_sets(std::uint32_t high, std::vector<LabelledSet>&& sets, std::uint64_t ids,
                std::size_t bytes);
  void add_text(Fingerprint fingerprint, std::uint64_t value, std::string_view text_or_empty);
  [[nodiscard]] Result<void> finish();
  [[nodiscard]] bool failed() const { return pushed_.has_error(); }

 private:
  struct PendingGroup {
    std::uint64_t next_id = 0;
    std::string body;
  };
  PendingGroup& group(std::uint64_t value);
  void end_chunk();
  void end_sections();
  void end_sets();

  const std::size_t sides_;
  const std::size_t chunk_bytes_max_;
  const Push& push_;
  Result<void> pushed_;
  Stage stage_;

  std::string payload_;               // finished sections, behind room for the header
  std::size_t bytes_ = kHeaderBytes;  // of everything pending, slightly over-estimated
  std::uint64_t records_ = 0;
  std::map<std::uint64_t, PendingGroup> groups_;
  std::uint64_t last_value_ = 0;
  PendingGroup* last_group_ =
      nullptr;  // of last_value_: most entries have the same value as the one before
  std::uint32_t high_ = 0;
  std::map<std::uint64_t, Roaring> sets_;  // of high_, by label
  std::string set_bytes_;                  // of lower ones
};

}  // namespace rollcall::segment
