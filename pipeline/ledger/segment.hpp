#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/failure.hpp"
#include "pipeline/ledger/fingerprint.hpp"
#include "pipeline/ledger/ledger_delta.hpp"
#include "pipeline/ledger/record_id.hpp"
#include "pipeline/ledger/sides.hpp"

class Roaring;  // CRoaring 0.2.66 puts its class into the global namespace: <roaring/roaring.hh>

namespace rollcall {

inline constexpr std::uint16_t kSegmentFormat = 1;
inline constexpr std::size_t kSegmentChunkBytesMax = 4U << 20U;

// One stored piece of a run. The payload begins with magic, format version and its own xxh3-64 checksum, so a damaged
// one is refused wherever it is read; `checksum` is the same number for the table's column.
struct SegmentChunk {
  std::string payload;
  std::uint64_t checksum = 0;
  std::uint64_t records = 0;  // ids plus duplicate entries inside
};

// A run: what one delta or one merge produced, as chunks in key order, each about kSegmentChunkBytesMax at most.
using SegmentRun = std::vector<SegmentChunk>;

// Sorts, groups by mask and encodes. Integers stand as sorted delta-varint or Roaring, whichever is smaller; text ids as
// fingerprints, with their text only while the id is not on every side. Pure; runs on the store's thread. The same
// content gives the same bytes, in whatever order it arrived.
[[nodiscard]] SegmentRun encode(const LedgerDelta& delta,
                                std::size_t chunk_bytes_max = kSegmentChunkBytesMax);

// Called with the contents of a chunk, in the order in which they are stored.
class SegmentVisitor {
 public:
  virtual ~SegmentVisitor() = default;
  virtual void integers(Mask mask, std::vector<std::uint64_t>& sorted) = 0;  // spread
  virtual void cluster(std::uint32_t high, Mask mask,
                       Roaring low) = 0;  // clustered: ids (high << 32) | low
  virtual void text(Fingerprint fingerprint, Mask mask, std::string_view text_or_empty) = 0;
  virtual void duplicate(Side side, std::uint64_t id, std::uint64_t extra) = 0;
  virtual void duplicate_cluster(Side side, std::uint32_t high, unsigned weight_log2,
                                 Roaring low) = 0;  // each id counts 2^weight_log2 more
  virtual void duplicate_text(Side side, Fingerprint fingerprint, std::uint64_t extra,
                              std::string_view text_or_empty) = 0;
};

// Decodes one chunk. Never trusts a byte: bad magic, version, checksum, length or content is a `fatal` Failure that says
// which, and the visitor may have been called with the part before it.
[[nodiscard]] Result<void> decode(std::string_view chunk, SegmentVisitor& visitor);

// Merges runs of one ledger in a stream: masks or-ed, duplicate counts added, text dropped for ids that are now on every
// one of `sides`. Inputs are pulled chunk by chunk through `next_chunk(input)` (an empty optional: that run is at its
// end), output is pushed chunk by chunk. Memory: one decoded chunk for each input and one for the output.
struct MergeInput {
  std::function<Result<std::optional<std::string>>()> next_chunk;
};
[[nodiscard]] Result<void> merge(const std::vector<MergeInput>& inputs, std::size_t sides,
                                 const std::function<Result<void>(SegmentChunk)>& push,
                                 std::size_t chunk_bytes_max = kSegmentChunkBytesMax);

}  // namespace rollcall
