#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/terminal.hpp"

namespace rollcall {

struct TableColumn {
  std::string_view title;
  bool is_number = false;  // stands to the right
};

struct TableCell {
  std::string text{};  // as it came; what has none shows as "-"
  Colour colour = Colour::plain;
};

// Columns as wide as their widest cell, with a head line. Each row has as many cells as there are columns.
[[nodiscard]] std::string text_table(std::span<const TableColumn> columns,
                                     const std::vector<std::vector<TableCell>>& rows,
                                     const Paint& paint);

// A field and a record of RFC 4180; quoted where it must be.
[[nodiscard]] std::string csv_field(std::string_view text);
[[nodiscard]] std::string csv_record(std::span<const std::string> fields);

}  // namespace rollcall
