#include "connectors/files/customer_record.hpp"

#include <algorithm>

#include "connectors/http/json_writer.hpp"
#include "connectors/json/json_syntax.hpp"
#include "connectors/json/slices.hpp"
#include "connectors/json/utf8.hpp"
#include "pipeline/ledger/record_id.hpp"

namespace rollcall::files {

Refusal json_customer(std::uint64_t line, std::string_view text, std::string& customer) {
  if (!json::is_utf8(text)) return {line, "", "not UTF-8"};
  if (json::check_syntax(text) != json::Syntax::valid) return {line, "", "not one JSON text"};
  if (!text.starts_with('{')) return {line, "", "not an object"};
  for (const auto field : kCustomerFields) {
    if (json::member_of(text, field).empty()) return {line, std::string{field}, "missing"};
  }
  customer = text;
  // Between tokens a line feed is a space; within a string it cannot stand.
  std::replace_if(
      customer.begin(), customer.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return {};
}

Result<void> CsvCustomers::header(const CsvRow& row) {
  width_ = row.fields.size();
  for (std::size_t i = 0; i < kCustomerFields.size(); ++i) {
    const auto found = std::find(row.fields.begin(), row.fields.end(), kCustomerFields[i]);
    if (found == row.fields.end())
      return Failure{FailureKind::bad_record,
                     "line " + std::to_string(row.line) + ": there is no column \"" +
                         std::string{kCustomerFields[i]} + "\"",
                     {}};
    columns_[i] = static_cast<std::size_t>(found - row.fields.begin());
  }
  return {};
}

void CsvCustomers::record(const CsvRow& row, RecordSink& sink) {
  if (row.fields.size() != width_) {
    return sink.refused({row.line, "",
                         std::to_string(row.fields.size()) + " fields, where the header has " +
                             std::to_string(width_)});
  }
  customer_.clear();
  http::JsonWriter json(customer_);
  json.open('{');
  for (std::size_t i = 0; i < kCustomerFields.size(); ++i) {
    const auto& text = row.fields[columns_[i]];
    const std::string field{kCustomerFields[i]};
    if (!json::is_utf8(text)) return sink.refused({row.line, field, "not UTF-8"});
    json.key(field);
    // A number where it is one, as in JSON files.
    if (i == 0 && canonical_integer(text)) {
      json.raw(text);
    } else {
      json.text(text);
    }
  }
  json.close('}');
  sink.record(row.line, customer_);
}

}  // namespace rollcall::files
