// Linked with the allocator that the program is built with, and alone, so that nothing else is in its heap.
#include "daemon/heap_trim.hpp"

#include <chrono>
#include <cstring>
#include <doctest/doctest.h>
#include <memory>
#include <thread>
#include <vector>

#include "daemon/process_stats.hpp"
#include "daemon/version.hpp"

using namespace rollcall;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20U;
constexpr std::size_t kBlock = std::size_t{1} << 16U;
constexpr std::size_t kFreed = 256 * kMiB;

void fill_and_free() {
  std::vector<std::unique_ptr<char[]>> blocks;
  for (std::size_t bytes = 0; bytes < kFreed; bytes += kBlock) {
    blocks.push_back(std::make_unique<char[]>(kBlock));
    std::memset(blocks.back().get(), 1, kBlock);
  }
}

TEST_CASE("memory that stays free goes back to the system") {
  if (allocator() != "tcmalloc") return;  // others do it by themselves, or not at all
  const HeapTrim trim(50ms);
  fill_and_free();
  REQUIRE(read_process_stats().resident_bytes > kFreed / 2);
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  const auto gone = [] {
    return read_process_stats().resident_bytes < HeapTrim::kReserve + 64 * kMiB;
  };
  while (!gone() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  CHECK(gone());
}

TEST_CASE("it ends at once, whatever it is about to do") {
  for (int i = 0; i < 20; ++i) const HeapTrim trim(1h);
}

}  // namespace
