#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "connectors/files/csv_rows.hpp"
#include "connectors/files/mapping.hpp"
#include "connectors/files/record_sink.hpp"

namespace rollcall::files {

// Makes events of CSV rows: the first row names the columns, each other is a record.
class CsvEvents {
 public:
  explicit CsvEvents(Mapping mapping) : mapping_(std::move(mapping)) {}

  // Fails where the file lacks a column that is needed.
  [[nodiscard]] Result<void> header(const CsvRow& row);
  void record(const CsvRow& row, RecordSink& sink);

 private:
  using Column = std::optional<std::size_t>;

  [[nodiscard]] Column find(const std::string& name) const;
  // The column of that name, or the first of these where none is named.
  [[nodiscard]] Result<Column> choose(const std::string& named,
                                      const std::vector<std::string>& usual) const;
  [[nodiscard]] std::string no_column(const std::string& name) const;
  [[nodiscard]] Refusal check(const CsvRow& row) const;
  void append_attrs(const CsvRow& row);

  Mapping mapping_;
  std::vector<std::string> names_;
  std::size_t id_ = 0;
  Column batch_;
  Column side_;
  std::vector<std::size_t> metadata_;
  std::string event_;
};

}  // namespace rollcall::files
