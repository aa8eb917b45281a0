#include <utility>

#include "pipeline/ledger/segment.hpp"
#include "pipeline/ledger/segment_format.hpp"
#include "pipeline/ledger/segment_lists.hpp"

namespace rollcall {
namespace segment {
namespace {

// Each of these hands the contents of a section to the visitor and gives false when they are damaged.

bool decode_ids(const Section& section, std::size_t sides, SegmentVisitor& visitor) {
  GroupList groups{section.body, section.stage.value_max(sides)};
  std::vector<std::uint64_t> ids;
  for (Group group; groups.next(group);) {
    IdList list{group.body};
    ids.clear();
    ids.reserve(list.ids_max());
    for (std::uint64_t id = 0; list.next(id);) ids.push_back(id);
    if (!list.ok()) return false;
    if (const auto side = section.stage.duplicates_of) {
      for (const std::uint64_t id : ids) visitor.duplicate(*side, id, group.value);
    } else {
      visitor.integers(static_cast<Mask>(group.value), ids);
    }
  }
  return groups.ok();
}

bool decode_sets(const Section& section, std::size_t sides, SegmentVisitor& visitor) {
  SetList parts{section.body, section.stage.label_max(sides)};
  for (SetPart part; parts.next(part);) {
    for (LabelledSet& set : part.sets) {
      if (const auto side = section.stage.duplicates_of) {
        visitor.duplicate_cluster(*side, part.high, static_cast<unsigned>(set.label - 1),
                                  std::move(set.low));
      } else {
        visitor.cluster(part.high, static_cast<Mask>(set.label), std::move(set.low));
      }
    }
  }
  return parts.ok();
}

bool decode_texts(const Section& section, std::size_t sides, SegmentVisitor& visitor) {
  GroupList groups{section.body, section.stage.value_max(sides)};
  for (Group group; groups.next(group);) {
    TextList list{group.body, section.stage.keeps_text(group.value, sides)};
    for (TextList::Entry entry; list.next(entry);) {
      if (const auto side = section.stage.duplicates_of) {
        visitor.duplicate_text(*side, entry.fingerprint, group.value, entry.text_or_empty);
      } else {
        visitor.text(entry.fingerprint, static_cast<Mask>(group.value), entry.text_or_empty);
      }
    }
    if (!list.ok()) return false;
  }
  return groups.ok();
}

bool decode_section(const Section& section, std::size_t sides, SegmentVisitor& visitor) {
  if (section.stage.text) return decode_texts(section, sides, visitor);
  if (section.kind == section.stage.sets()) return decode_sets(section, sides, visitor);
  return decode_ids(section, sides, visitor);
}

}  // namespace
}  // namespace segment

Result<void> decode(std::string_view bytes, SegmentVisitor& visitor) {
  const Result<segment::OpenChunk> chunk = segment::open_chunk(bytes);
  if (!chunk) return chunk.error();
  for (const segment::Section& section : chunk->sections) {
    if (!segment::decode_section(section, chunk->sides, visitor))
      return segment::damaged_section(section.kind);
  }
  return {};
}

}  // namespace rollcall
