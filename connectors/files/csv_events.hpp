#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "connectors/files/column_names.hpp"
#include "connectors/files/csv_rows.hpp"
#include "connectors/files/mapping.hpp"
#include "connectors/files/record_sink.hpp"

namespace rollcall::files {

// Makes events of CSV rows: the first row names the columns, each other is a record. What stands in columns that no event
// is made of is not looked at.
class CsvEvents {
 public:
  explicit CsvEvents(Mapping mapping) : mapping_(std::move(mapping)) {}

  // Fails where the file lacks a column that is needed.
  [[nodiscard]] Result<void> header(const CsvRow& row);
  void record(const CsvRow& row, RecordSink& sink);
  // The header's name for what became that field of the events; the field where none did.
  [[nodiscard]] std::string column_of(const std::string& field) const;

 private:
  [[nodiscard]] Result<void> find_metadata();
  [[nodiscard]] Refusal check(const CsvRow& row) const;
  [[nodiscard]] Refusal check_cell(const CsvRow& row, std::size_t column, bool needed) const;
  void append_attrs(const CsvRow& row);

  Mapping mapping_;
  ColumnNames names_;
  std::size_t id_ = 0;
  std::optional<std::size_t> batch_;
  std::optional<std::size_t> side_;
  std::vector<std::size_t> metadata_;
  std::string event_;
};

}  // namespace rollcall::files
