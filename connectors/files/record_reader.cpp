#include "connectors/files/record_reader.hpp"

#include <algorithm>
#include <utility>

#include "connectors/files/json_event.hpp"

namespace rollcall::files {

RecordReader::RecordReader(ReaderOptions options, RecordSink& sink)
    : options_(std::move(options)), sink_(sink), csv_events_(options_.mapping) {
  const auto take_text = [this](std::uint64_t line, std::string_view text) {
    this->take_text(line, text);
  };
  switch (options_.format) {
    case Format::csv:
      parser_.emplace<CsvRows>(
          options_.delimiter, [this](const CsvRow& row) { take_row(row); },
          [this](std::uint64_t line, const std::string& why) { refuse_row(line, why); });
      break;
    case Format::ndjson:
      parser_.emplace<LineTexts>(take_text);
      break;
    case Format::json:
      parser_.emplace<ArrayTexts>(has_customers() ? "customers" : "records", take_text);
      break;
  }
}

Result<void> RecordReader::feed(std::string_view bytes) {
  Result<void> fed;
  if (auto* csv = std::get_if<CsvRows>(&parser_)) fed = csv->feed(bytes);
  if (auto* lines = std::get_if<LineTexts>(&parser_)) fed = lines->feed(bytes);
  if (auto* array = std::get_if<ArrayTexts>(&parser_)) fed = array->feed(bytes);
  if (header_failure_) return *header_failure_;
  return fed;
}

Result<void> RecordReader::finish() {
  Result<void> finished;
  if (auto* csv = std::get_if<CsvRows>(&parser_)) finished = csv->finish();
  if (auto* lines = std::get_if<LineTexts>(&parser_)) finished = lines->finish();
  if (auto* array = std::get_if<ArrayTexts>(&parser_)) finished = array->finish();
  if (header_failure_) return *header_failure_;
  if (finished && options_.format == Format::csv && !has_header_)
    return Failure{FailureKind::bad_record, "line 1: there is no header", {}};
  return finished;
}

// Spreadsheets write rows without a single cell behind those that people see.
bool RecordReader::is_blank(const CsvRow& row) {
  return row.fields.size() > 1 &&
         std::all_of(row.fields.begin(), row.fields.end(), [](const std::string& field) {
           return field.find_first_not_of(" \t") == field.npos;
         });
}

void RecordReader::refuse_row(std::uint64_t line, const std::string& why) {
  if (header_failure_) return;
  if (has_header_) return sink_.refused({line, "", why});
  header_failure_ =
      Failure{FailureKind::bad_record, "line " + std::to_string(line) + ": " + why, {}};
}

void RecordReader::take_row(const CsvRow& row) {
  if (header_failure_ || is_blank(row)) return;
  const bool is_header = !std::exchange(has_header_, true);
  if (!is_header && has_customers()) return csv_customers_.record(row, sink_);
  if (!is_header) return csv_events_.record(row, sink_);
  const auto read = has_customers() ? csv_customers_.header(row) : csv_events_.header(row);
  if (!read) header_failure_ = read.error();
}

void RecordReader::take_text(std::uint64_t line, std::string_view text) {
  const Refusal refusal = has_customers() ? json_customer(line, text, event_)
                                          : json_event(line, text, options_.mapping, event_);
  if (refusal.message.empty()) {
    sink_.record(line, event_);
  } else {
    sink_.refused(refusal);
  }
}

}  // namespace rollcall::files
