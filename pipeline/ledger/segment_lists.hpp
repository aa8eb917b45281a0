#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "pipeline/ledger/fingerprint.hpp"
#include "pipeline/ledger/segment_format.hpp"
#include "pipeline/ledger/segment_writer.hpp"

// Readers of what stands inside a section, one entry at a time. next() gives false at the end and on damage; ok() tells
// which of the two it was.
namespace rollcall::segment {

// The groups of a section of lists, in ascending order of their value.
class GroupList {
 public:
  GroupList(std::string_view section, std::uint64_t value_max)
      : reader_(section), value_max_(value_max) {}
  [[nodiscard]] bool ok() const { return reader_.ok(); }
  bool next(Group& group) {
    if (reader_.at_end()) return false;
    group = read_group(reader_, previous_, value_max_);
    previous_ = group.value;
    return reader_.ok();
  }

 private:
  ByteReader reader_;
  std::uint64_t value_max_;
  std::uint64_t previous_ = 0;
};

// The texts of a group, in ascending order of their fingerprint.
class TextList {
 public:
  struct Entry {
    Fingerprint fingerprint;
    std::string_view text_or_empty;
  };
  TextList(std::string_view body, bool keeps_text) : reader_(body), keeps_text_(keeps_text) {}
  [[nodiscard]] bool ok() const { return reader_.ok(); }
  bool next(Entry& entry);

 private:
  ByteReader reader_;
  bool keeps_text_;
  std::optional<Fingerprint> previous_;
};

// All sets with the same upper 32 bits, by ascending label.
struct SetPart {
  std::uint32_t high = 0;
  std::vector<LabelledSet> sets;
};

// The parts of a section of sets, in ascending order of the upper 32 bits.
class SetList {
 public:
  SetList(std::string_view section, std::uint64_t label_max)
      : reader_(section), label_max_(label_max) {}
  [[nodiscard]] bool ok() const { return reader_.ok(); }
  bool next(SetPart& part);

 private:
  ByteReader reader_;
  std::uint64_t label_max_;
  std::optional<std::uint32_t> previous_;
};

}  // namespace rollcall::segment
