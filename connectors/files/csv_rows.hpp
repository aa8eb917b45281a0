#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/failure.hpp"

namespace rollcall::files {

// One row of a CSV file. `line` is where it begins, counted from 1: a quoted field may go on over
// several lines.
struct CsvRow {
  std::uint64_t line = 0;
  std::vector<std::string> fields;
};

// CSV as RFC 4180 has it, from bytes in pieces of any size, by libcsv. Beyond the RFC: rows may end
// with a line feed alone, empty lines are skipped, and a byte order mark at the beginning is too.
// Limits: a row may hold kRowBytesMax, so that a quote that is never closed does not swallow a file.
// Fails:  bad_record, with the line. Nothing can be read behind a misplaced quote: where the next
//         row begins is not known any more.
class CsvRows {
 public:
  static constexpr std::size_t kRowBytesMax = std::size_t{1} << 20U;

  using Take = std::function<void(const CsvRow&)>;

  CsvRows(char delimiter, Take take);
  ~CsvRows();
  CsvRows(const CsvRows&) = delete;
  CsvRows& operator=(const CsvRows&) = delete;

  [[nodiscard]] Result<void> feed(std::string_view bytes);
  // The file has ended; its last row may lack its line feed.
  [[nodiscard]] Result<void> finish();

 private:
  class Parser;  // keeps libcsv's names in one translation unit
  std::unique_ptr<Parser> parser_;
};

}  // namespace rollcall::files
