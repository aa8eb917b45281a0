#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/batch_report.hpp"
#include "daemon/terminal.hpp"

namespace rollcall {

// Forms of the data on stdout.
[[nodiscard]] std::string batch_table(const std::vector<BatchReport>& batches, const Paint& paint);
[[nodiscard]] std::string batch_lines(const BatchReport& batch, const Paint& paint);
[[nodiscard]] std::string csv_header();
[[nodiscard]] std::string csv_row(const BatchReport& batch);

}  // namespace rollcall
