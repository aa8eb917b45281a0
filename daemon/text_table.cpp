#include "daemon/text_table.hpp"

#include <algorithm>
#include <utility>

namespace rollcall {
namespace {

// Characters, not bytes, as far as one code point is one place on the screen.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

std::string shown(const TableCell& cell) { return cell.text.empty() ? "-" : printable(cell.text); }

std::string padded(const std::string& text, std::size_t width, bool to_the_right) {
  const std::size_t used = width_of(text);
  const std::string space(width > used ? width - used : 0, ' ');
  return to_the_right ? space + text : text + space;
}

void end_line(std::string& text) {
  text.erase(text.find_last_not_of(' ') + 1);
  text += '\n';
}

}  // namespace

std::string text_table(std::span<const TableColumn> columns,
                       const std::vector<std::vector<TableCell>>& rows, const Paint& paint) {
  std::vector<std::size_t> widths;
  for (const TableColumn& column : columns) widths.push_back(column.title.size());
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < columns.size(); ++i)
      widths[i] = std::max(widths[i], width_of(shown(row[i])));
  }
  std::string head;
  for (std::size_t i = 0; i < columns.size(); ++i)
    head += padded(std::string{columns[i].title}, widths[i], columns[i].is_number) + "  ";
  end_line(head);
  std::string text = paint(Colour::bold, head.substr(0, head.size() - 1)) + "\n";
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < columns.size(); ++i)
      line += paint(row[i].colour, padded(shown(row[i]), widths[i], columns[i].is_number)) + "  ";
    end_line(line);
    text += line;
  }
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

std::string csv_record(std::span<const std::string> fields) {
  std::string record;
  bool first = true;
  for (const std::string& field : fields) {
    if (!std::exchange(first, false)) record += ',';
    record += csv_field(field);
  }
  return record + "\r\n";
}

}  // namespace rollcall
