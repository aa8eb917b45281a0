// Segments from hostile bytes. The checksum is put right first, so that everything behind it is reached: no byte may be
// trusted, and what decode() accepts, merge() must accept too and leave unchanged in meaning.
// Two ways in: the input as a chunk, or as a delta that is encoded and then damaged in a few places.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <optional>
#include <roaring/roaring.hh>
#include <string>
#include <utility>
#include <vector>

#include "pipeline/ensure.hpp"
#include "pipeline/ledger/segment.hpp"
#include "pipeline/ledger/segment_format.hpp"

namespace {

using namespace rollcall;

constexpr std::size_t kChunkBytes = 300;  // small, so that merges cut often

class Bytes {
 public:
  Bytes(const std::uint8_t* data, std::size_t size) : at_(data), end_(data + size) {}
  [[nodiscard]] bool empty() const { return at_ == end_; }
  std::uint64_t next(std::size_t size = 1) {
    std::uint64_t value = 0;
    for (; size > 0 && at_ != end_; --size) value = (value << 8U) | *at_++;
    return value;
  }

 private:
  const std::uint8_t* at_;
  const std::uint8_t* end_;
};

// Touches all that it is given, and sums it up so that two ways to the same content can be compared.
struct Totals final : SegmentVisitor {
  void integers(Mask mask, std::vector<std::uint64_t>& sorted) override {
    ENSURE(mask != 0 && !sorted.empty());
    ENSURE(std::is_sorted(sorted.begin(), sorted.end(), std::less_equal<>()));
    ids += sorted.size();
  }
  void cluster(std::uint32_t, Mask mask, Roaring low) override {
    ENSURE(mask != 0 && !low.isEmpty());
    ENSURE(low.contains(low.minimum()) && low.contains(low.maximum()));
    ids += low.cardinality();
  }
  void text(Fingerprint, Mask mask, std::string_view text_or_empty) override {
    ENSURE(mask != 0);
    text_bytes += std::string(text_or_empty).size();  // a copy reads every byte
    ids += 1;
  }
  void duplicate(Side, std::uint64_t, std::uint64_t extra) override { sum += extra; }
  void duplicate_cluster(Side, std::uint32_t, unsigned weight_log2, Roaring low) override {
    ENSURE(weight_log2 < 64 && !low.isEmpty());
    sum += low.cardinality() << weight_log2;
  }
  void duplicate_text(Side, Fingerprint, std::uint64_t extra, std::string_view) override {
    sum += extra;
  }
  std::uint64_t ids = 0;
  std::uint64_t text_bytes = 0;
  std::uint64_t sum = 0;  // of all duplicate counts, modulo 2^64
};

MergeInput input_of(std::string chunk) {
  return {
      [chunk = std::optional(std::move(chunk))]() mutable -> Result<std::optional<std::string>> {
        return std::exchange(chunk, std::nullopt);
      }};
}

void check(const std::string& chunk) {
  Totals before;
  const bool whole = decode(chunk, before).has_value();
  const auto opened = segment::open_chunk(chunk);
  const std::size_t sides = opened ? opened->sides : 2;
  std::vector<MergeInput> inputs;
  inputs.push_back(input_of(chunk));
  inputs.push_back(input_of(chunk));
  Totals after;
  const auto push = [&](SegmentChunk out) -> Result<void> {
    ENSURE(decode(out.payload, after).has_value());
    return {};
  };
  const bool merged = merge(std::move(inputs), sides, push, kChunkBytes).has_value();
  ENSURE(merged == whole);
  if (merged) ENSURE(after.ids <= before.ids && after.sum == before.sum * 2);
}

void fill(Bytes& bytes, LedgerDelta& delta, LedgerDelta::Adds& adds) {
  for (std::uint64_t count = bytes.next() % 64; count > 0 && !bytes.empty(); --count) {
    const std::uint64_t shape = bytes.next();
    const std::uint64_t id = bytes.next(1 + shape % 8);
    const std::uint64_t span = (shape / 8) % 4 == 0 ? bytes.next(3) : 0;
    if (shape >= 192) {
      const std::string text = std::to_string(id);
      adds.texts.push_back({fingerprint(text, 1),
                            static_cast<std::uint32_t>(delta.text_bytes.size()),
                            static_cast<std::uint32_t>(text.size())});
      delta.text_bytes += text;
    } else if (span > 0 && id + span > id) {
      adds.ranges.push_back({id, id + span});
    } else {
      adds.integers.push_back(id);
    }
  }
}

void check_damaged_delta(Bytes bytes) {
  LedgerDelta delta;
  delta.sides.resize(1 + bytes.next() % kSidesMax);
  for (std::size_t i = 0; i < std::min<std::size_t>(delta.sides.size(), 3); ++i) {
    fill(bytes, delta, delta.sides[i].added);
    fill(bytes, delta, delta.sides[i].duplicates);
  }
  const std::size_t flips = bytes.next() % 8;
  SegmentRun run = encode(delta);
  for (const SegmentChunk& chunk : run) check(chunk.payload);
  if (run.empty()) return;
  std::string& payload = run.front().payload;
  for (std::size_t i = 0; i < flips; ++i) {
    const std::size_t at = bytes.next(3) % payload.size();
    payload[at] = static_cast<char>(bytes.next());
  }
  check(segment::seal_chunk(payload, delta.sides.size(), 0).payload);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes bytes{data, size};
  if (bytes.next() % 2 == 0) {
    check_damaged_delta(bytes);
    return 0;
  }
  const std::size_t sides = 1 + bytes.next() % kSidesMax;
  std::string payload(segment::kHeaderBytes, '\0');
  while (!bytes.empty()) payload.push_back(static_cast<char>(bytes.next()));
  check(segment::seal_chunk(payload, sides, 0).payload);
  return 0;
}
