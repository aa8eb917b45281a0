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
// with a line feed alone, empty lines are skipped, and so is a byte order mark at the beginning; a
// quote within a field that does not begin with one is a letter like others (27" wide).
// A row whose quotes cannot be understood is refused, and reading goes on with the next line: a
// quote that is never closed costs its own line and not those that it would swallow.
// Limits: a row may hold kRowBytesMax, and so may a line.
// Fails:  bad_record, with the line, where a line is longer than that.
class CsvRows {
 public:
  static constexpr std::size_t kRowBytesMax = std::size_t{1} << 20U;
  // The delimiter is told from the first line: of comma, semicolon, tab and bar the one that it has most of outside quotes.
  // The line "sep=;", as spreadsheets write it, says it and is no row.
  static constexpr char kTellDelimiter = '\0';

  using Take = std::function<void(const CsvRow&)>;
  using Refuse = std::function<void(std::uint64_t line, const std::string& why)>;

  CsvRows(char delimiter, Take take, Refuse refuse);
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
