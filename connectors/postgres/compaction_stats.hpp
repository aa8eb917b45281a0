#pragma once

#include <cstdint>
#include <string>

namespace rollcall::postgres {

// What compaction has done since the slice was acquired.
struct CompactionStats {
  std::uint64_t merges = 0;
  std::uint64_t runs_merged = 0;
  std::uint64_t bytes_read = 0;
  std::uint64_t bytes_written = 0;
  std::uint64_t failures = 0;
  std::int64_t last_success_ms = 0;  // wall clock; 0: nothing was merged yet
  std::uint64_t runs = 0;            // stored now
  std::string
      stopped_because;  // empty while it runs; else why this slice is not compacted any more
};

}  // namespace rollcall::postgres
