#pragma once

#include <cstdint>

namespace rollcall {

// What the kernel says about this process; 0 where it says nothing.
struct ProcessStats {
  std::uint64_t resident_bytes = 0;
  std::uint64_t virtual_bytes = 0;
  double cpu_seconds = 0;
  double start_time_seconds = 0;  // since 1970
  std::uint64_t open_fds = 0;
  std::uint64_t max_fds = 0;
};

[[nodiscard]] ProcessStats read_process_stats();

}  // namespace rollcall
