#pragma once

#include <string>

#include "connectors/files/column_names.hpp"

namespace rollcall::files {

// The side that a file's cell or member names. People write Expected and EXPECTED, and never mean another side than the one
// that nearly every batch has; other sides are taken as they are written.
[[nodiscard]] inline std::string side_name(const std::string& written) {
  std::string side = lower(without_space(written));
  return side == "expected" || side == "processed" ? side : written;
}

}  // namespace rollcall::files
