#include "daemon/batch_forms.hpp"

#include <array>
#include <utility>

#include "daemon/text_table.hpp"

namespace rollcall {
namespace {

using Value = std::string BatchReport::*;

constexpr std::array<TableColumn, 10> kColumns{{{"ID", true},
                                                {"BATCH"},
                                                {"EXPECTED", true},
                                                {"PROCESSED", true},
                                                {"MATCHED", true},
                                                {"MISSING", true},
                                                {"UNEXPECTED", true},
                                                {"RATE", true},
                                                {"VERDICT"},
                                                {"CONFIDENCE"}}};
constexpr std::array<Value, kColumns.size()> kValues{
    &BatchReport::id,         &BatchReport::name,    &BatchReport::expected,
    &BatchReport::processed,  &BatchReport::matched, &BatchReport::missing,
    &BatchReport::unexpected, &BatchReport::rate,    &BatchReport::verdict,
    &BatchReport::confidence};

constexpr std::array<std::pair<std::string_view, Value>, 15> kCsv{
    {{"id", &BatchReport::id},
     {"batch_name", &BatchReport::name},
     {"state", &BatchReport::state},
     {"expected", &BatchReport::expected},
     {"processed", &BatchReport::processed},
     {"matched", &BatchReport::matched},
     {"missing", &BatchReport::missing},
     {"unexpected", &BatchReport::unexpected},
     {"duplicate_expected", &BatchReport::duplicate_expected},
     {"duplicate_processed", &BatchReport::duplicate_processed},
     {"processing_rate", &BatchReport::rate},
     {"verdict", &BatchReport::verdict},
     {"confidence", &BatchReport::confidence},
     {"revision", &BatchReport::revision},
     {"as_of", &BatchReport::as_of}}};

Colour colour_of(const BatchReport& batch) {
  if (batch.verdict == "incomplete" || batch.verdict == "unexpected_only") return Colour::red;
  if (batch.confidence != "final") return Colour::yellow;
  return batch.verdict == "complete" ? Colour::green : Colour::plain;
}

}  // namespace

std::string batch_table(const std::vector<BatchReport>& batches, const Paint& paint) {
  std::vector<std::vector<TableCell>> rows;
  for (const auto& batch : batches) {
    auto& row = rows.emplace_back();
    for (const Value value : kValues) {
      const bool says_how = value == &BatchReport::verdict;
      row.push_back({batch.*value, says_how ? colour_of(batch) : Colour::plain});
    }
  }
  return text_table(kColumns, rows, paint);
}

std::string batch_lines(const BatchReport& batch, const Paint& paint) {
  std::string confidence = batch.confidence;
  for (std::size_t i = 0; i < batch.reasons.size(); ++i)
    confidence += (i == 0 ? ": " : ", ") + batch.reasons[i];
  const std::string verdict =
      paint(colour_of(batch), printable(batch.verdict)) + " (" + printable(confidence) + ")";
  const auto or_dash = [](const std::string& value) { return value.empty() ? "-" : value; };
  const std::array<std::pair<std::string_view, std::string>, 10> lines{
      {{"batch", printable(batch.name) + " (number " + batch.id + ")"},
       {"expected", or_dash(batch.expected)},
       {"processed", or_dash(batch.processed)},
       {"matched", or_dash(batch.matched) + " (" + batch.rate + " %)"},
       {"missing", or_dash(batch.missing)},
       {"unexpected", or_dash(batch.unexpected)},
       {"duplicates", or_dash(batch.duplicate_expected) + " expected, " +
                          or_dash(batch.duplicate_processed) + " processed"},
       {"state", printable(batch.state)},
       {"verdict", verdict},
       {"as of", batch.as_of + ", revision " + batch.revision}}};
  std::string text;
  for (const auto& [name, value] : lines)
    text += paint(Colour::bold, name) + std::string(12 - name.size(), ' ') + value + "\n";
  return text;
}

std::string csv_header() {
  std::vector<std::string> titles;
  for (const auto& column : kCsv) titles.emplace_back(column.first);
  return csv_record(titles);
}

std::string csv_row(const BatchReport& batch) {
  std::vector<std::string> fields;
  for (const auto& column : kCsv) fields.push_back(batch.*column.second);
  return csv_record(fields);
}

}  // namespace rollcall
