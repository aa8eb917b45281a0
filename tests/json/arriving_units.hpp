#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/json/event_lines.hpp"
#include "pipeline/ensure.hpp"

namespace rollcall::test {

// The units of a whole body that arrives in pieces of that size. None of it is left.
inline std::vector<AddRecords> arriving_units(json::EventLines& lines, std::string_view text,
                                              std::size_t piece) {
  std::vector<AddRecords> units;
  std::string held;
  bool at_end = false;
  while (!at_end) {
    held += text.substr(0, piece);
    text.remove_prefix(std::min(piece, text.size()));
    at_end = text.empty();
    for (;;) {
      const std::size_t taken = lines.take(held, at_end);
      ENSURE(taken <= held.size());
      held.erase(0, taken);
      if (!lines.full() && !(at_end && !lines.empty())) break;
      units.push_back(lines.take_unit());
    }
  }
  ENSURE(held.empty() && lines.empty());
  return units;
}

}  // namespace rollcall::test
