#pragma once

#include <optional>
#include <string_view>
#include <variant>

#include "connectors/files/csv_events.hpp"
#include "connectors/files/csv_rows.hpp"
#include "connectors/files/customer_record.hpp"
#include "connectors/files/json_texts.hpp"
#include "connectors/files/mapping.hpp"
#include "connectors/files/record_sink.hpp"

namespace rollcall::files {

struct ReaderOptions {
  Format format = Format::csv;
  char delimiter = CsvRows::kTellDelimiter;
  Mapping mapping;  // of events
  Content content = Content::events;
};

// Bytes of a file, in pieces of any size, into events. What it hands out depends on the bytes and
// the options only, never on how the bytes were cut.
// Owner:  the import; `sink` outlives it. Does no I/O.
// Limits: a row, a line or an element of 1 MiB, which is also all that stands in memory.
// Fails:  bad_record, with the line: nothing more can be read. One record that cannot be used is
//         refused and the next is read.
class RecordReader {
 public:
  RecordReader(ReaderOptions options, RecordSink& sink);
  RecordReader(const RecordReader&) = delete;
  RecordReader& operator=(const RecordReader&) = delete;

  [[nodiscard]] Result<void> feed(std::string_view bytes);
  [[nodiscard]] Result<void> finish();
  // What the file calls that field of an event; the field where it may be called differently in each record.
  [[nodiscard]] std::string column_of(const std::string& field) const {
    return csv_events_.column_of(field);
  }

 private:
  [[nodiscard]] static bool is_blank(const CsvRow& row);
  void take_row(const CsvRow& row);
  void refuse_row(std::uint64_t line, const std::string& why);
  [[nodiscard]] bool has_customers() const { return options_.content == Content::customers; }
  void take_text(std::uint64_t line, std::string_view text);

  const ReaderOptions options_;
  RecordSink& sink_;
  CsvEvents csv_events_;
  CsvCustomers csv_customers_;
  bool has_header_ = false;
  std::optional<Failure> header_failure_;
  std::string event_;
  std::variant<std::monostate, CsvRows, LineTexts, ArrayTexts> parser_;
};

}  // namespace rollcall::files
