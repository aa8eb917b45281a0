#include "daemon/progress.hpp"

#include <array>
#include <cstdio>
#include <string_view>

namespace rollcall {
namespace {

constexpr std::chrono::milliseconds kBetween{200};
constexpr double kMillisecondsPerSecond = 1'000.0;

std::string size_text(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 4> kUnits = {"KiB", "MiB", "GiB", "TiB"};
  double size = static_cast<double>(bytes) / 1024.0;
  std::size_t unit = 0;
  while (size >= 1024.0 && unit + 1 < kUnits.size()) {
    size /= 1024.0;
    ++unit;
  }
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f %s", size, kUnits.at(unit).data());
  return text.data();
}

std::string time_text(std::uint64_t seconds) {
  const auto two = [](std::uint64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  constexpr std::uint64_t kHour = 3'600;
  std::string text = seconds >= kHour ? std::to_string(seconds / kHour) + ":" : "";
  return text + two(seconds % kHour / 60) + ":" + two(seconds % 60);
}

}  // namespace

std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, 1, ',');
  return text;
}

std::string progress_line(const ImportProgress& progress) {
  const double seconds = static_cast<double>(progress.elapsed.count()) / kMillisecondsPerSecond;
  const auto per_second = [seconds](std::uint64_t count) {
    return seconds > 0 ? static_cast<double>(count) / seconds : 0.0;
  };
  std::string line;
  const bool has_end = progress.bytes_total.value_or(0) > 0;
  if (has_end) {
    line += std::to_string(progress.bytes * 100 / *progress.bytes_total) + " %  ";
    line += size_text(progress.bytes) + " of " + size_text(*progress.bytes_total);
  } else {
    line += size_text(progress.bytes);
  }
  line += "  " + grouped(progress.records) + " records  ";
  line += grouped(static_cast<std::uint64_t>(per_second(progress.records))) + "/s";
  const double speed = per_second(progress.bytes);
  if (has_end && speed > 0 && *progress.bytes_total >= progress.bytes) {
    const auto left = static_cast<double>(*progress.bytes_total - progress.bytes) / speed;
    line += "  " + time_text(static_cast<std::uint64_t>(left)) + " left";
  }
  return line;
}

void ProgressLine::show(const ImportProgress& progress) {
  if (!on_ || progress.elapsed < next_) return;
  next_ = progress.elapsed + kBetween;
  std::fprintf(stderr, "\r\x1b[K%s", progress_line(progress).c_str());
  std::fflush(stderr);
  shown_ = true;
}

void ProgressLine::clear() {
  if (!shown_) return;
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
  shown_ = false;
}

}  // namespace rollcall
