#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/failure.hpp"
#include "pipeline/ledger/segment.hpp"
#include "pipeline/ledger/segment_bytes.hpp"
#include "pipeline/ledger/sides.hpp"

// The frame of a chunk: header, checksum, sections, groups. README.md of this folder describes every byte.
namespace rollcall::segment {

inline constexpr std::size_t kHeaderBytes = 16;

// Ids that share the upper 48 bits. One that holds this many ids is a cluster and stands as a set; fewer stand in lists.
// A rule on the content alone, so that equal content has the same form whichever way it was put together.
inline constexpr std::size_t kClusterIdsMin = 16;
constexpr std::uint64_t block_of(std::uint64_t id) { return id >> 16U; }
constexpr std::uint32_t high_of(std::uint64_t id) { return static_cast<std::uint32_t>(id >> 32U); }
constexpr std::uint32_t low_of(std::uint64_t id) { return static_cast<std::uint32_t>(id); }

enum class SectionKind : std::uint8_t {
  ids = 1,
  id_sets = 2,
  texts = 3,
  duplicate_ids = 4,
  duplicate_id_sets = 5,
  duplicate_texts = 6,
};

// Part of a run whose keys ascend from its first chunk to its last: all integers, all texts, then for each side its
// duplicate integers and its duplicate texts. A run goes through its stages once.
struct Stage {
  bool text = false;
  std::optional<Side>
      duplicates_of;  // none: which sides have named an id; else how often again that side has

  [[nodiscard]] unsigned order() const {
    return (duplicates_of ? 2U + 2U * *duplicates_of : 0U) + (text ? 1U : 0U);
  }
  [[nodiscard]] SectionKind lists() const {
    if (duplicates_of) return text ? SectionKind::duplicate_texts : SectionKind::duplicate_ids;
    return text ? SectionKind::texts : SectionKind::ids;
  }
  [[nodiscard]] SectionKind sets() const {  // integers only
    return duplicates_of ? SectionKind::duplicate_id_sets : SectionKind::id_sets;
  }
  // What an id may have as its value: a mask of these sides, or a count.
  [[nodiscard]] std::uint64_t value_max(std::size_t sides) const {
    return duplicates_of ? std::numeric_limits<std::uint64_t>::max() : full_mask(sides);
  }
  // The label of a set: a mask, or 1 + log2 of the count that the set adds to each of its ids.
  [[nodiscard]] std::uint64_t label_max(std::size_t sides) const {
    return duplicates_of ? 64 : full_mask(sides);
  }
  // Whether texts of this value carry their length, and their bytes where they are known.
  [[nodiscard]] bool keeps_text(std::uint64_t value, std::size_t sides) const {
    return duplicates_of.has_value() || value != full_mask(sides);
  }
};

struct Section {
  SectionKind kind = SectionKind::ids;
  Stage stage;
  std::string_view body;
};

struct OpenChunk {
  std::size_t sides = 0;
  std::vector<Section> sections;
};

// Checks everything up to the sections' bodies. The views point into `bytes`.
[[nodiscard]] Result<OpenChunk> open_chunk(std::string_view bytes);

void put_section(std::string& payload, SectionKind kind, Side side, std::string_view body);

// Fills in the header, for which `payload` begins with kHeaderBytes of room.
[[nodiscard]] SegmentChunk seal_chunk(std::string payload, std::size_t sides,
                                      std::uint64_t records);

// A run of entries that share a value; groups stand in ascending order of it.
struct Group {
  std::uint64_t value = 0;
  std::string_view body;
};
void put_group(std::string& out, std::uint64_t value, std::string_view body);
// Reads the group behind one of value `previous` (0: the first). Fails the reader when it is out of order or damaged.
[[nodiscard]] Group read_group(ByteReader& section, std::uint64_t previous,
                               std::uint64_t value_max);

// Sorted distinct integers: the first one, then for each further one how many are left out before it.
class IdList {
 public:
  IdList() = default;
  explicit IdList(std::string_view body) : reader_(body) {}
  [[nodiscard]] bool ok() const { return reader_.ok(); }
  [[nodiscard]] std::size_t ids_max() const {
    return reader_.remaining();
  }  // each takes a byte at least
  // Moves to the next integer; false at the end and on failure.
  bool next(std::uint64_t& id) {
    if (reader_.at_end()) return false;
    if (wrapped_ || __builtin_add_overflow(reader_.varint(), next_, &id)) reader_.fail();
    next_ = id + 1;
    wrapped_ = next_ == 0;
    return reader_.ok();
  }

 private:
  ByteReader reader_;
  std::uint64_t next_ = 0;  // the smallest integer that may follow
  bool wrapped_ = false;    // nothing may follow 2^64-1
};

// `fatal`: what is wrong with the bytes. The store adds which segment it is.
[[nodiscard]] Failure damaged(std::string_view what);
[[nodiscard]] Failure damaged_section(SectionKind kind);

}  // namespace rollcall::segment
