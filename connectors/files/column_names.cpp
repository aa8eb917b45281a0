#include "connectors/files/column_names.hpp"

#include <algorithm>

#include "connectors/json/utf8.hpp"

namespace rollcall::files {

std::string_view without_space(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const auto begin = text.find_first_not_of(kSpace);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

std::string lower(std::string_view text) {
  std::string lowered{text};
  for (char& c : lowered) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lowered;
}

ColumnNames::ColumnNames(const CsvRow& header) : line_(header.line) {
  for (const std::string& field : header.fields) names_.emplace_back(without_space(field));
}

Result<std::optional<std::size_t>> ColumnNames::find(std::string_view name) const {
  const std::string_view wanted = without_space(name);
  const std::string lowered = lower(wanted);
  std::vector<std::size_t> exact;
  std::vector<std::size_t> alike;
  for (std::size_t column = 0; column < names_.size(); ++column) {
    if (names_[column] == wanted) exact.push_back(column);
    if (lower(names_[column]) == lowered) alike.push_back(column);
  }
  const std::vector<std::size_t>& found = exact.empty() ? alike : exact;
  if (found.size() > 1)
    return failed("two columns are called \"" + names_[found.front()] + "\"", {});
  if (found.empty()) return std::optional<std::size_t>{};
  return std::optional{found.front()};
}

Result<std::size_t> ColumnNames::require(const std::string& named,
                                         const std::vector<std::string>& usual,
                                         const std::string& advice) const {
  const std::vector<std::string>& names = named.empty() ? usual : std::vector{named};
  for (const std::string& name : names) {
    const auto column = find(name);
    if (!column) return column.error();
    if (*column) return **column;
  }
  return failed("there is no column \"" + names.front() + "\"; the header has" + all(),
                named.empty() ? advice : std::string{});
}

Failure ColumnNames::failed(const std::string& message, const std::string& advice) const {
  return {FailureKind::bad_record, "line " + std::to_string(line_) + ": " + message, advice};
}

std::string ColumnNames::all() const {
  std::string text;
  for (const auto& name : names_)
    text += json::is_utf8(name) ? " \"" + name + "\"" : std::string{" one that is not UTF-8"};
  return text;
}

}  // namespace rollcall::files
