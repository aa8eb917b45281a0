#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace rollcall {

// How far an import has come.
struct ImportProgress {
  std::uint64_t bytes = 0;
  std::optional<std::uint64_t> bytes_total;  // unknown for a pipe
  std::uint64_t records = 0;
  std::chrono::milliseconds elapsed{0};
};

[[nodiscard]] std::string progress_line(const ImportProgress& progress);

// 1234567 as 1,234,567.
[[nodiscard]] std::string grouped(std::uint64_t number);

// One line on a terminal's stderr that is written again and again; nothing anywhere else.
// Owner: the import.
class ProgressLine {
 public:
  explicit ProgressLine(bool on) : on_(on) {}
  ~ProgressLine() { clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void show(const ImportProgress& progress);
  // Before anything else is said.
  void clear();

 private:
  bool on_;
  bool shown_ = false;
  std::chrono::milliseconds next_{0};
};

}  // namespace rollcall
