#include "connectors/files/customer_record.hpp"

#include <algorithm>

#include "connectors/files/column_names.hpp"
#include "connectors/http/json_writer.hpp"
#include "connectors/json/customers_body.hpp"
#include "connectors/json/json_syntax.hpp"
#include "connectors/json/slices.hpp"
#include "connectors/json/utf8.hpp"
#include "pipeline/ledger/record_id.hpp"

namespace rollcall::files {

namespace {

// Why the daemon would not take it, in the daemon's own words: one bad customer would cost all that are sent with it.
Refusal check(std::uint64_t line, std::string_view customer) {
  const json::CustomersBody body = json::read_customer(customer);
  if (body.syntax != json::CustomersBody::Syntax::object) return {line, "", "not one JSON object"};
  if (body.errors.empty()) return {};
  const json::BodyError& error = body.errors.first().front();
  const std::string field = error.pointer.substr(1);
  const auto value = json::member_of(customer, field);
  const bool is_there = !value.empty() && value != "null";
  return {line, field, (is_there ? json::shortened(value) + " " : "") + error.message};
}

}  // namespace

Refusal json_customer(std::uint64_t line, std::string_view text, std::string& customer) {
  if (!json::is_utf8(text)) return {line, "", "not UTF-8"};
  if (json::check_syntax(text) != json::Syntax::valid) return {line, "", "not one JSON text"};
  if (!text.starts_with('{')) return {line, "", "not an object"};
  if (auto refusal = check(line, text); !refusal.message.empty()) return refusal;
  customer = text;
  // Between tokens a line feed is a space; within a string it cannot stand.
  std::replace_if(
      customer.begin(), customer.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return {};
}

Result<void> CsvCustomers::header(const CsvRow& row) {
  const ColumnNames names(row);
  width_ = names.size();
  for (std::size_t i = 0; i < kCustomerFields.size(); ++i) {
    const auto column = names.require({}, {std::string{kCustomerFields[i]}}, {});
    if (!column) return column.error();
    columns_[i] = *column;
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
  if (const auto refusal = check(row.line, customer_); !refusal.message.empty())
    return sink.refused(refusal);
  sink.record(row.line, customer_);
}

}  // namespace rollcall::files
