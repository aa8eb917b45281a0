#include "daemon/batch_forms.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace rollcall {
namespace {

struct Column {
  std::string_view title;
  const std::string BatchReport::*value;
  bool is_number = true;
};

constexpr std::array<Column, 10> kTable{{{"ID", &BatchReport::id},
                                         {"BATCH", &BatchReport::name, false},
                                         {"EXPECTED", &BatchReport::expected},
                                         {"PROCESSED", &BatchReport::processed},
                                         {"MATCHED", &BatchReport::matched},
                                         {"MISSING", &BatchReport::missing},
                                         {"UNEXPECTED", &BatchReport::unexpected},
                                         {"RATE", &BatchReport::rate},
                                         {"VERDICT", &BatchReport::verdict, false},
                                         {"CONFIDENCE", &BatchReport::confidence, false}}};

constexpr std::array<std::pair<std::string_view, std::string BatchReport::*>, 15> kCsv{
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

// Characters, not bytes, as far as one code point is one place on the screen.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

std::string shown(const Column& column, const BatchReport& batch) {
  const std::string& value = batch.*column.value;
  return value.empty() ? "-" : printable(value);
}

std::string padded(const std::string& text, std::size_t width, bool to_the_right) {
  const std::size_t used = width_of(text);
  const std::string space(width > used ? width - used : 0, ' ');
  return to_the_right ? space + text : text + space;
}

Colour colour_of(const BatchReport& batch) {
  if (batch.verdict == "incomplete" || batch.verdict == "unexpected_only") return Colour::red;
  if (batch.confidence != "final") return Colour::yellow;
  return batch.verdict == "complete" ? Colour::green : Colour::plain;
}

void end_line(std::string& text) {
  text.erase(text.find_last_not_of(' ') + 1);
  text += '\n';
}

}  // namespace

std::string batch_table(const std::vector<BatchReport>& batches, const Paint& paint) {
  std::array<std::size_t, kTable.size()> widths{};
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    widths[i] = kTable[i].title.size();
    for (const auto& batch : batches)
      widths[i] = std::max(widths[i], width_of(shown(kTable[i], batch)));
  }
  std::string head;
  for (std::size_t i = 0; i < kTable.size(); ++i)
    head += padded(std::string{kTable[i].title}, widths[i], kTable[i].is_number) + "  ";
  end_line(head);
  std::string text = paint(Colour::bold, head.substr(0, head.size() - 1)) + "\n";
  for (const auto& batch : batches) {
    std::string line;
    for (std::size_t i = 0; i < kTable.size(); ++i) {
      const auto cell = padded(shown(kTable[i], batch), widths[i], kTable[i].is_number);
      const bool says_how = kTable[i].value == &BatchReport::verdict;
      line += paint(says_how ? colour_of(batch) : Colour::plain, cell) + "  ";
    }
    end_line(line);
    text += line;
  }
  return text;
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

std::string csv_field(std::string_view text) {
  if (text.find_first_of("\",\r\n") == text.npos) return std::string{text};
  std::string field = "\"";
  for (const char c : text) {
    if (c == '"') field += '"';
    field += c;
  }
  return field + '"';
}

std::string csv_header() {
  std::string row;
  for (const auto& column : kCsv) row.append(row.empty() ? "" : ",").append(column.first);
  return row + "\r\n";
}

std::string csv_row(const BatchReport& batch) {
  std::string row;
  for (const auto& column : kCsv) {
    if (column.first != kCsv.front().first) row += ',';
    row += csv_field(batch.*column.second);
  }
  return row + "\r\n";
}

}  // namespace rollcall
