#include "pipeline/ledger/segment_lists.hpp"

#include <utility>

#include "pipeline/ledger/segment_sets.hpp"

namespace rollcall::segment {

bool TextList::next(Entry& entry) {
  if (reader_.at_end()) return false;
  entry.fingerprint.high = reader_.fixed<std::uint64_t>();
  entry.fingerprint.low = reader_.fixed<std::uint64_t>();
  entry.text_or_empty = keeps_text_ ? reader_.bytes(reader_.varint()) : std::string_view{};
  if (previous_ && entry.fingerprint <= *previous_) reader_.fail();
  previous_ = entry.fingerprint;
  return reader_.ok();
}

bool SetList::next(SetPart& part) {
  if (reader_.at_end()) return false;
  part.high = reader_.fixed<std::uint32_t>();
  part.sets.clear();
  if (previous_ && part.high <= *previous_) reader_.fail();
  previous_ = part.high;
  const std::uint64_t sets = reader_.varint();
  if (sets == 0 || sets > reader_.remaining()) reader_.fail();
  std::uint64_t previous_label = 0;
  for (std::uint64_t i = 0; i < sets && reader_.ok(); ++i) {
    const std::uint64_t label = reader_.varint();
    if (label <= previous_label || label > label_max_) reader_.fail();
    previous_label = label;
    Roaring low = read_set(reader_);
    part.sets.push_back({label, std::move(low)});
  }
  return reader_.ok();
}

}  // namespace rollcall::segment
