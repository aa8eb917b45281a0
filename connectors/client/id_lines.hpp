#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "pipeline/failure.hpp"

namespace rollcall::client {

// A list of ids as `format=ndjson` streams it: an id on each line as JSON, and at the end
// {"_end":true,"count":N}. Only that line tells a whole list from one that was cut.
// Limits: a line may have kLineBytesMax. Fails: transient, as the list can be asked for again.
class IdLines {
 public:
  static constexpr std::size_t kLineBytesMax = std::size_t{64} << 10U;

  // `take` gets each id as JSON; false gives up.
  explicit IdLines(std::function<bool(std::string_view)> take) : take_(std::move(take)) {}

  // False where nothing more is wanted: broken, or given up.
  [[nodiscard]] bool feed(std::string_view bytes);
  // The stream has ended: was it whole?
  [[nodiscard]] Result<std::uint64_t> finish() const;

 private:
  [[nodiscard]] bool take_line(std::string_view line);

  std::function<bool(std::string_view)> take_;
  std::string begun_;
  std::uint64_t count_ = 0;
  bool ended_ = false;
  std::string problem_;
};

}  // namespace rollcall::client
