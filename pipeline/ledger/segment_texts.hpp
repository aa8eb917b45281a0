#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "pipeline/ledger/fingerprint.hpp"
#include "pipeline/ledger/segment_planes.hpp"
#include "pipeline/ledger/segment_writer.hpp"

namespace rollcall::segment {

// Puts the texts of one stage together: fingerprints come in ascending order, repetitions allowed; the values of equal
// ones combine, and the text is that of any that has it.
class TextAssembler {
 public:
  TextAssembler(Combine combine, ChunkWriter& out) : combine_(combine), out_(out) {}

  void add(Fingerprint fingerprint, std::uint64_t value, std::string_view text_or_empty);
  void finish();

 private:
  const Combine combine_;
  ChunkWriter& out_;
  Fingerprint fingerprint_;
  std::uint64_t value_ = 0;  // 0: nothing is pending
  std::string text_;         // a copy: an input's bytes may be gone by the time the next one comes
};

}  // namespace rollcall::segment
