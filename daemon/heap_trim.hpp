#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <thread>

namespace rollcall {

// Gives memory back to the system that the allocator has kept free for a while: tcmalloc by itself
// gives back next to nothing, so texts of ids that were matched hours ago would stay resident. What
// comes and goes, such as the client's queue, is left alone: only the least that was free at any
// look during `patience` counts. Does nothing under another allocator.
// Owner:  the daemon. Runs on: a thread of its own, "rollcall-trim", at low priority.
// Limits: kPiece at a time, as the allocator is locked meanwhile (about a millisecond).
class HeapTrim {
 public:
  static constexpr std::size_t kPiece = std::size_t{1} << 20U;
  static constexpr std::size_t kReserve = std::size_t{32} << 20U;  // left to the allocator
  static constexpr int kLooks = 10;                                // during `patience`

  explicit HeapTrim(std::chrono::milliseconds patience = std::chrono::seconds{10});
  ~HeapTrim();
  // Gives back at once what is free beyond the reserve, for measurements.
  static void trim_now();
  HeapTrim(const HeapTrim&) = delete;
  HeapTrim& operator=(const HeapTrim&) = delete;

 private:
  void run();
  [[nodiscard]] bool pause(std::chrono::milliseconds time);
  [[nodiscard]] bool release(std::size_t bytes);

  const std::chrono::milliseconds patience_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::thread thread_;  // last: it uses all the others
};

}  // namespace rollcall
