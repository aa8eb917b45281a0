#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "pipeline/ledger/fingerprint.hpp"
#include "pipeline/ledger/record_id.hpp"

namespace rollcall {

// What changed in one ledger since the last cut, in arrival order: appended to on the loop, moved
// out whole by the cut, sorted and encoded by the store's thread.
struct LedgerDelta {
  static constexpr std::uint32_t kNoText = std::numeric_limits<std::uint32_t>::max();

  struct Text {
    Fingerprint fingerprint;
    std::uint32_t offset =
        kNoText;  // into text_bytes; kNoText where the segments need the text no longer
    std::uint32_t length = 0;
  };
  struct Adds {
    std::vector<std::uint64_t> integers;
    std::vector<IntegerRange> ranges;
    std::vector<Text> texts;
  };
  struct OfSide {
    Adds added;  // what it named for the first time; a range may hold ids that it had named before
    Adds duplicates;                    // one entry for each time that this side named an id again
    std::uint64_t fresh_of_ranges = 0;  // ids of added.ranges that it had not named before
  };

  std::vector<OfSide> sides;
  std::string text_bytes;
  std::size_t bytes = 0;  // held by the above, near enough for back-pressure

  [[nodiscard]] bool empty() const { return bytes == 0; }
};

}  // namespace rollcall
