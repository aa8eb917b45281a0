#include "daemon/memory_limit.hpp"

#include <algorithm>
#include <fstream>
#include <limits>
#include <string>

namespace rollcall {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();

// The number that the file begins with; the word `max`, and a file that is not there, are no limit.
std::uint64_t limit_in(const fs::path& file) {
  std::ifstream in(file);
  std::uint64_t number = 0;
  return in >> number ? number : kNoLimit;
}

std::uint64_t machine_bytes(const fs::path& root) {
  constexpr std::uint64_t kBytesPerKibibyte = 1024;
  std::ifstream in(root / "proc/meminfo");
  for (std::string word; in >> word;) {
    std::uint64_t kibibytes = 0;
    if (word == "MemTotal:" && in >> kibibytes) return kibibytes * kBytesPerKibibyte;
  }
  return kNoLimit;
}

// Of the group and of every one that it lies in: each of them binds.
std::uint64_t limit_of_group(const fs::path& hierarchy, fs::path group, const char* file) {
  std::uint64_t limit = kNoLimit;
  for (;;) {
    limit = std::min(limit, limit_in(hierarchy / group.relative_path() / file));
    if (!group.has_relative_path()) return limit;
    group = group.parent_path();
  }
}

}  // namespace

std::optional<std::uint64_t> read_memory_limit(const std::filesystem::path& root) {
  std::uint64_t limit = machine_bytes(root);
  // Lines are NUMBER:CONTROLLERS:PATH; version 2 is number 0 without controllers. Within a container the path may be one
  // of the host's that is not to be seen here; then the mount's own root is what binds.
  std::ifstream in(root / "proc/self/cgroup");
  for (std::string line; std::getline(in, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    const fs::path group = line.substr(second + 1);
    if (controllers == ",,") {
      limit = std::min(limit, limit_of_group(root / "sys/fs/cgroup", group, "memory.max"));
    } else if (controllers.find(",memory,") != std::string::npos) {
      limit = std::min(
          limit, limit_of_group(root / "sys/fs/cgroup/memory", group, "memory.limit_in_bytes"));
    }
  }
  if (limit == kNoLimit) return std::nullopt;
  return limit;
}

}  // namespace rollcall
