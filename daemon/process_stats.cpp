#include "daemon/process_stats.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <sys/resource.h>
#include <unistd.h>

namespace rollcall {
namespace {

// Fields of /proc/self/stat behind the command's name, which may hold anything, even ')'; the first
// is number 3.
constexpr int kFirstField = 3;
constexpr int kUserTicks = 14;
constexpr int kSystemTicks = 15;
constexpr int kStartTicks = 22;
constexpr int kVirtualBytes = 23;
constexpr int kResidentPages = 24;

double boot_time_seconds() {
  std::ifstream in("/proc/stat");
  for (std::string word; in >> word;) {
    double seconds = 0;
    if (word == "btime" && in >> seconds) return seconds;
  }
  return 0;
}

std::uint64_t count_fds() {
  std::uint64_t count = 0;
  std::error_code error;
  for (auto entry = std::filesystem::directory_iterator("/proc/self/fd", error);
       !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    ++count;
  }
  return count == 0 ? 0 : count - 1;  // one is the look itself
}

}  // namespace

ProcessStats read_process_stats() {
  ProcessStats stats;
  std::ifstream in("/proc/self/stat");
  std::string line;
  std::getline(in, line);
  const auto name_end = line.rfind(')');
  std::istringstream fields(name_end == std::string::npos ? std::string()
                                                          : line.substr(name_end + 1));
  const auto ticks_per_second = static_cast<double>(sysconf(_SC_CLK_TCK));
  static const double boot_seconds = boot_time_seconds();
  std::string word;
  for (int field = kFirstField; fields >> word && field <= kResidentPages; ++field) {
    const auto number = [&] { return std::strtoull(word.c_str(), nullptr, 10); };
    if (field == kUserTicks || field == kSystemTicks) {
      stats.cpu_seconds += static_cast<double>(number()) / ticks_per_second;
    } else if (field == kStartTicks) {
      stats.start_time_seconds = boot_seconds + static_cast<double>(number()) / ticks_per_second;
    } else if (field == kVirtualBytes) {
      stats.virtual_bytes = number();
    } else if (field == kResidentPages) {
      stats.resident_bytes = number() * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
    }
  }
  stats.open_fds = count_fds();
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) stats.max_fds = limit.rlim_cur;
  return stats;
}

}  // namespace rollcall
