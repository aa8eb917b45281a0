#include "connectors/files/csv_events.hpp"

#include <algorithm>

#include "connectors/files/side_name.hpp"
#include "connectors/http/json_writer.hpp"
#include "connectors/json/utf8.hpp"
#include "pipeline/ledger/record_id.hpp"

namespace rollcall::files {
Result<void> CsvEvents::header(const CsvRow& row) {
  names_ = ColumnNames(row);
  const auto id =
      names_.require(mapping_.id_column, {"record_id", "id"}, "Name it with --id-column.");
  if (!id) return id.error();
  id_ = *id;
  if (mapping_.side.empty()) {
    const auto side = names_.require(mapping_.side_column, {"side", "status"},
                                     "Give --side, or name it with --side-column.");
    if (!side) return side.error();
    side_ = *side;
  }
  if (mapping_.batch.empty()) {
    const auto batch = names_.require({}, {"batch"}, "Give --batch.");
    if (!batch) return batch.error();
    batch_ = *batch;
  }
  return find_metadata();
}

Result<void> CsvEvents::find_metadata() {
  for (const auto& name : mapping_.metadata_columns) {
    const auto column = names_.require(name, {}, {});
    if (!column) return column.error();
    if (!json::is_utf8(name))
      return Failure{FailureKind::bad_record, "a name of a column is not UTF-8", {}};
    metadata_.push_back(*column);
  }
  if (metadata_.empty()) {
    const auto usual = names_.find("record_metadata");
    if (!usual) return usual.error();
    if (*usual) metadata_.push_back(**usual);
  }
  return {};
}

Refusal CsvEvents::check_cell(const CsvRow& row, std::size_t column, bool needed) const {
  const std::string& cell = row.fields[column];
  if (needed && cell.empty()) return {row.line, names_.name(column), "empty"};
  if (!json::is_utf8(cell)) return {row.line, names_.name(column), "not UTF-8"};
  return {};
}

// An empty message: nothing is wrong.
Refusal CsvEvents::check(const CsvRow& row) const {
  if (row.fields.size() != names_.size()) {
    return {row.line, "",
            std::to_string(row.fields.size()) + " fields, where the header has " +
                std::to_string(names_.size())};
  }
  std::vector<std::pair<std::size_t, bool>> used{{id_, true}};
  if (side_) used.emplace_back(*side_, true);
  if (batch_) used.emplace_back(*batch_, true);
  for (const std::size_t column : metadata_) used.emplace_back(column, false);
  for (const auto& [column, needed] : used) {
    if (auto refusal = check_cell(row, column, needed); !refusal.message.empty()) return refusal;
  }
  if (row.fields[id_].size() > kIdBytesMax)
    return {row.line, names_.name(id_), "longer than 512 bytes"};
  return {};
}

void CsvEvents::record(const CsvRow& row, RecordSink& sink) {
  if (const auto refusal = check(row); !refusal.message.empty()) return sink.refused(refusal);
  event_.clear();
  http::JsonWriter json(event_);
  json.open('{').member("batch", batch_ ? row.fields[*batch_] : mapping_.batch);
  json.member("id", row.fields[id_]);
  json.member("side", side_ ? side_name(row.fields[*side_]) : mapping_.side);
  append_attrs(row);
  json.close('}');
  sink.record(row.line, event_);
}

std::string CsvEvents::column_of(const std::string& field) const {
  if (names_.size() == 0) return field;
  if (field == "id") return names_.name(id_);
  if (field == "side" && side_) return names_.name(*side_);
  return field == "batch" && batch_ ? names_.name(*batch_) : field;
}

void CsvEvents::append_attrs(const CsvRow& row) {
  const auto has_text = [&](std::size_t column) { return !row.fields[column].empty(); };
  if (!std::any_of(metadata_.begin(), metadata_.end(), has_text)) return;
  event_ += ",\"attrs\":";
  std::string attrs;
  http::JsonWriter json(attrs);
  json.open('{');
  for (const auto column : metadata_) {
    if (has_text(column)) json.foreign_key(names_.name(column)).text(row.fields[column]);
  }
  json.close('}');
  event_ += attrs;
}

}  // namespace rollcall::files
