#include "connectors/files/csv_events.hpp"

#include <algorithm>

#include "connectors/http/json_writer.hpp"
#include "connectors/json/utf8.hpp"
#include "pipeline/ledger/record_id.hpp"

namespace rollcall::files {
namespace {

Failure in_header(const CsvRow& row, const std::string& message, std::string advice) {
  return {FailureKind::bad_record, "line " + std::to_string(row.line) + ": " + message,
          std::move(advice)};
}

}  // namespace

CsvEvents::Column CsvEvents::find(const std::string& name) const {
  const auto found = std::find(names_.begin(), names_.end(), name);
  if (found == names_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - names_.begin());
}

std::string CsvEvents::no_column(const std::string& name) const {
  std::string message = "there is no column \"" + name + "\"; the header has";
  for (const auto& column : names_) message += " \"" + column + "\"";
  return message;
}

Result<CsvEvents::Column> CsvEvents::choose(const std::string& named,
                                            const std::vector<std::string>& usual) const {
  if (!named.empty()) {
    if (const auto column = find(named)) return column;
    return Failure{FailureKind::bad_record, no_column(named), {}};
  }
  for (const auto& name : usual) {
    if (const auto column = find(name)) return column;
  }
  return Column{};
}

Result<void> CsvEvents::header(const CsvRow& row) {
  names_ = row.fields;
  for (const auto& name : names_) {
    if (!json::is_utf8(name)) return in_header(row, "a name is not UTF-8", "Save it as UTF-8.");
    if (std::count(names_.begin(), names_.end(), name) > 1)
      return in_header(row, "two columns are called \"" + name + "\"", {});
  }
  const auto id = choose(mapping_.id_column, {"record_id", "id"});
  if (!id) return in_header(row, id.error().message, {});
  if (!*id) return in_header(row, no_column("record_id"), "Name it with --id-column.");
  id_ = **id;
  if (mapping_.side.empty()) {
    const auto side = choose(mapping_.side_column, {"side", "status"});
    if (!side) return in_header(row, side.error().message, {});
    side_ = *side;
    if (!side_)
      return in_header(row, no_column("side"), "Give --side, or name it with --side-column.");
  }
  if (mapping_.batch.empty()) {
    batch_ = find("batch");
    if (!batch_) return in_header(row, no_column("batch"), "Give --batch.");
  }
  for (const auto& name : mapping_.metadata_columns) {
    const auto column = find(name);
    if (!column) return in_header(row, no_column(name), {});
    metadata_.push_back(*column);
  }
  const auto usual = find("record_metadata");
  if (metadata_.empty() && usual) metadata_.push_back(*usual);
  return {};
}

// An empty message: nothing is wrong.
Refusal CsvEvents::check(const CsvRow& row) const {
  if (row.fields.size() != names_.size()) {
    return {row.line, "",
            std::to_string(row.fields.size()) + " fields, where the header has " +
                std::to_string(names_.size())};
  }
  const auto refuse = [&](std::size_t column, const char* message) {
    return Refusal{row.line, names_[column], message};
  };
  const auto is_bad = [](const std::string& text) { return !json::is_utf8(text); };
  const auto bad = std::find_if(row.fields.begin(), row.fields.end(), is_bad);
  if (bad != row.fields.end())
    return refuse(static_cast<std::size_t>(bad - row.fields.begin()), "not UTF-8");
  if (row.fields[id_].empty()) return refuse(id_, "empty");
  if (row.fields[id_].size() > kIdBytesMax) return refuse(id_, "longer than 512 bytes");
  if (side_ && row.fields[*side_].empty()) return refuse(*side_, "empty");
  if (batch_ && row.fields[*batch_].empty()) return refuse(*batch_, "empty");
  return {};
}

void CsvEvents::record(const CsvRow& row, RecordSink& sink) {
  if (const auto refusal = check(row); !refusal.message.empty()) return sink.refused(refusal);
  event_.clear();
  http::JsonWriter json(event_);
  json.open('{').member("batch", batch_ ? row.fields[*batch_] : mapping_.batch);
  json.member("id", row.fields[id_]);
  json.member("side", side_ ? row.fields[*side_] : mapping_.side);
  append_attrs(row);
  json.close('}');
  sink.record(row.line, event_);
}

void CsvEvents::append_attrs(const CsvRow& row) {
  const auto has_text = [&](std::size_t column) { return !row.fields[column].empty(); };
  if (!std::any_of(metadata_.begin(), metadata_.end(), has_text)) return;
  event_ += ",\"attrs\":";
  std::string attrs;
  http::JsonWriter json(attrs);
  json.open('{');
  for (const auto column : metadata_) {
    if (has_text(column)) json.foreign_key(names_[column]).text(row.fields[column]);
  }
  json.close('}');
  event_ += attrs;
}

}  // namespace rollcall::files
