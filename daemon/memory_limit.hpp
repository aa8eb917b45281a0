#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace rollcall {

// The memory that this process may use: the smallest limit of its control group and those above it, where there are any,
// and never more than the machine has; nothing where neither can be read. `root` is where proc and sys are mounted. Reads a few small files.
[[nodiscard]] std::optional<std::uint64_t> read_memory_limit(
    const std::filesystem::path& root = "/");

}  // namespace rollcall
