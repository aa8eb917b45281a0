#include "connectors/files/csv_rows.hpp"

#include <algorithm>
#include <csv.h>
#include <new>
#include <optional>
#include <utility>

#include "connectors/json/byte_order_mark.hpp"

namespace rollcall::files {
namespace {

constexpr int kBetweenRows = 0;  // csv_parser::pstate

int no_space(unsigned char /*byte*/) { return 0; }

std::string_view without_end(std::string_view line) {
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
  return line;
}

// The fields of one line whose quotes are not as the RFC wants them: within a field that does not begin with one they are
// letters. Empty where one that begins with a quote does not end with it.
std::optional<std::vector<std::string>> fields_of(std::string_view line, char delimiter) {
  std::vector<std::string> fields;
  for (std::size_t at = 0;; ++at) {
    std::string& field = fields.emplace_back();
    const bool is_quoted = at < line.size() && line[at] == '"';
    if (is_quoted) {
      for (++at; at < line.size(); ++at) {
        if (line[at] == '"' && (at + 1 == line.size() || line[at + 1] != '"')) break;
        if (line[at] == '"') ++at;
        field += line[at];
      }
      if (at >= line.size()) return std::nullopt;  // never closed
      ++at;
      if (at < line.size() && line[at] != delimiter) return std::nullopt;
    } else {
      const auto end = std::min(line.find(delimiter, at), line.size());
      field = line.substr(at, end - at);
      at = end;
    }
    if (at >= line.size()) return fields;
  }
}

char delimiter_of(std::string_view header) {
  constexpr std::string_view kDelimiters = ",;\t|";
  std::array<std::size_t, kDelimiters.size()> counts{};
  bool in_quotes = false;
  for (const char c : header) {
    if (c == '"') in_quotes = !in_quotes;
    const auto which = kDelimiters.find(c);
    if (!in_quotes && which != kDelimiters.npos) ++counts[which];
  }
  return kDelimiters[static_cast<std::size_t>(std::max_element(counts.begin(), counts.end()) -
                                              counts.begin())];
}

// "sep=;"
std::optional<char> delimiter_said(std::string_view line) {
  constexpr std::string_view kSays = "sep=";
  if (line.size() != kSays.size() + 1 || !line.starts_with(kSays)) return std::nullopt;
  return line.back();
}

}  // namespace

// What has come and is not part of a finished row is held: where a row turns out to be none, the lines behind its first
// are read again as rows of their own.
class CsvRows::Parser {
 public:
  Parser(char delimiter, Take take, Refuse refuse)
      : delimiter_(delimiter), take_(std::move(take)), refuse_(std::move(refuse)) {
    begin_anew();
  }
  ~Parser() { csv_free(&csv_); }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

  Result<void> feed(std::string_view bytes) {
    held_.append(bytes);
    read_lines();
    const std::size_t done = is_between_rows() ? next_ : row_begin_;
    held_.erase(0, done);
    next_ -= done;
    row_begin_ -= std::min(done, row_begin_);
    if (held_.size() - next_ <= kRowBytesMax) return {};
    return Failure{FailureKind::bad_record,
                   "line " + std::to_string(line_) + ": longer than 1 MiB; is this a CSV file?",
                   {}};
  }

  Result<void> finish() {
    for (;;) {
      read_lines();
      if (next_ < held_.size()) {
        const std::size_t begin = std::exchange(next_, held_.size());
        read_line(begin);
        if (next_ < held_.size()) continue;  // some of it is read again
      }
      if (csv_fini(&csv_, on_field, on_row, this) == 0) return {};
      give_up_row("a quote is opened in this row and never closed");
    }
  }

 private:
  [[nodiscard]] bool is_between_rows() const { return csv_.pstate == kBetweenRows; }

  // Strict: a quote inside a field that is not quoted, or anything between a closing quote and the
  // next comma, is an error rather than a guess.
  void begin_anew() {
    if (csv_init(&csv_, CSV_STRICT | CSV_STRICT_FINI) != 0) throw std::bad_alloc();
    csv_set_space_func(&csv_, no_space);  // spaces belong to the field, says the RFC
    csv_set_delim(&csv_, static_cast<unsigned char>(delimiter_));
  }

  // Behind the end of the line that begins there, a carriage return alone being one, too; npos where it has not come.
  [[nodiscard]] std::size_t end_of_line(std::size_t begin) const {
    const auto end = held_.find_first_of("\r\n", begin);
    if (end == held_.npos || held_[end] == '\n') return end == held_.npos ? end : end + 1;
    if (end + 1 == held_.size()) return held_.npos;
    return end + (held_[end + 1] == '\n' ? 2 : 1);
  }

  void read_lines() {
    for (auto end = end_of_line(next_); end != held_.npos; end = end_of_line(next_)) {
      const std::size_t begin = std::exchange(next_, end);
      read_line(begin);
    }
  }

  // The line from `begin` to next_.
  void read_line(std::size_t begin) {
    std::string_view line = std::string_view{held_}.substr(begin, next_ - begin);
    if (line_ == 1) line = json::without_mark(line);
    if (!delimiter_known_ && !know_delimiter(without_end(line))) {
      ++line_;
      return;
    }
    if (is_between_rows()) {
      row_.line = line_;
      row_begin_ = begin;
    }
    ++line_;
    if (csv_parse(&csv_, line.data(), line.size(), on_field, on_row, this) != line.size()) {
      if (csv_error(&csv_) != CSV_EPARSE) throw std::bad_alloc();
      give_up_row("field " + std::to_string(row_.fields.size() + 1) +
                  ": a quote that does not stand around a whole field");
    } else if (!is_between_rows() && next_ - row_begin_ > kRowBytesMax) {
      give_up_row("a row of more than 1 MiB begins here; is a quote not closed?");
    }
  }

  // False where the line is not a row but says the delimiter, or is empty.
  bool know_delimiter(std::string_view line) {
    if (line.empty()) return false;
    const auto said = delimiter_said(line);
    if (delimiter_ == kTellDelimiter) delimiter_ = said ? *said : delimiter_of(line);
    csv_set_delim(&csv_, static_cast<unsigned char>(delimiter_));
    delimiter_known_ = true;
    return !said;
  }

  // The row that begins at row_begin_ is none. Its first line may be one by itself; the others are read again.
  void give_up_row(const std::string& why) {
    csv_free(&csv_);
    begin_anew();
    next_ = std::min(end_of_line(row_begin_), held_.size());
    line_ = row_.line + 1;
    std::string_view first = std::string_view{held_}.substr(row_begin_, next_ - row_begin_);
    if (row_.line == 1) first = json::without_mark(first);
    row_.fields.clear();
    auto fields = fields_of(without_end(first), delimiter_);
    if (!fields) return refuse_(row_.line, why);
    row_.fields = std::move(*fields);
    take_(row_);
    row_.fields.clear();
  }

  static void on_field(void* bytes, std::size_t size, void* self) {
    auto& parser = *static_cast<Parser*>(self);
    parser.row_.fields.emplace_back(static_cast<const char*>(bytes), size);
  }

  static void on_row(int /*terminator*/, void* self) {
    auto& parser = *static_cast<Parser*>(self);
    parser.take_(parser.row_);
    parser.row_.fields.clear();
  }

  csv_parser csv_{};
  char delimiter_;
  bool delimiter_known_ = false;
  Take take_;
  Refuse refuse_;
  CsvRow row_;
  std::string held_;
  std::size_t row_begin_ = 0;  // in held_, of the row that is being read
  std::size_t next_ = 0;       // in held_, of what is not read
  std::uint64_t line_ = 1;     // that begins at next_
};

CsvRows::CsvRows(char delimiter, Take take, Refuse refuse)
    : parser_(std::make_unique<Parser>(delimiter, std::move(take), std::move(refuse))) {}
CsvRows::~CsvRows() = default;
Result<void> CsvRows::feed(std::string_view bytes) { return parser_->feed(bytes); }
Result<void> CsvRows::finish() { return parser_->finish(); }

}  // namespace rollcall::files
