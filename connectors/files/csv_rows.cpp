#include "connectors/files/csv_rows.hpp"

#include <csv.h>
#include <new>
#include <utility>

namespace rollcall::files {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

constexpr int kBetweenRows = 0;  // csv_parser::pstate

int no_space(unsigned char /*byte*/) { return 0; }

}  // namespace

class CsvRows::Parser {
 public:
  Parser(char delimiter, Take take) : take_(std::move(take)) {
    // Strict: a quote inside a field that is not quoted, or anything between a closing quote and
    // the next comma, is an error rather than a guess.
    if (csv_init(&csv_, CSV_STRICT | CSV_STRICT_FINI) != 0) throw std::bad_alloc();
    csv_set_delim(&csv_, static_cast<unsigned char>(delimiter));
    csv_set_space_func(&csv_, no_space);  // spaces belong to the field, says the RFC
  }
  ~Parser() { csv_free(&csv_); }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

  Result<void> feed(std::string_view bytes) {
    bytes = without_mark(bytes);
    // Line by line, so that the line of every row and of every error is known.
    while (!bytes.empty()) {
      const auto end = bytes.find('\n');
      const auto piece = bytes.substr(0, end == bytes.npos ? bytes.size() : end + 1);
      if (auto parsed = parse(piece); !parsed) return parsed;
      if (end != bytes.npos) ++line_;
      bytes.remove_prefix(piece.size());
    }
    return {};
  }

  Result<void> finish() {
    if (mark_matched_ < kByteOrderMark.size() && mark_matched_ > 0) {
      // A file of one or two bytes that looked like the beginning of a mark.
      if (auto parsed = parse(kByteOrderMark.substr(0, mark_matched_)); !parsed) return parsed;
    }
    if (csv_fini(&csv_, on_field, on_row, this) == 0) return {};
    return fail(row_.line, "a quote is opened in this row and never closed");
  }

 private:
  // The mark may come in pieces, too.
  std::string_view without_mark(std::string_view bytes) {
    while (looking_for_mark_ && !bytes.empty()) {
      if (bytes.front() != kByteOrderMark[mark_matched_]) {
        looking_for_mark_ = false;
        pending_ = kByteOrderMark.substr(0, mark_matched_);
        mark_matched_ = 0;
        break;
      }
      bytes.remove_prefix(1);
      if (++mark_matched_ == kByteOrderMark.size()) looking_for_mark_ = false;
    }
    return bytes;
  }

  Result<void> parse(std::string_view piece) {
    if (!pending_.empty()) {
      const auto held = std::exchange(pending_, {});
      if (auto parsed = parse(held); !parsed) return parsed;
    }
    if (csv_.pstate == kBetweenRows) row_.line = line_;
    const auto parsed = csv_parse(&csv_, piece.data(), piece.size(), on_field, on_row, this);
    if (parsed != piece.size()) {
      if (csv_error(&csv_) != CSV_EPARSE) throw std::bad_alloc();
      return fail(line_, "field " + std::to_string(row_.fields.size() + 1) +
                             ": a quote that does not stand around a whole field");
    }
    if (row_bytes_ + csv_.entry_pos > kRowBytesMax) {
      return fail(row_.line, "a row of more than 1 MiB begins here; is a quote not closed?");
    }
    return {};
  }

  static Result<void> fail(std::uint64_t line, const std::string& message) {
    return Failure{FailureKind::bad_record, "line " + std::to_string(line) + ": " + message, {}};
  }

  static void on_field(void* bytes, std::size_t size, void* self) {
    auto& parser = *static_cast<Parser*>(self);
    parser.row_bytes_ += size + 1;
    parser.row_.fields.emplace_back(static_cast<const char*>(bytes), size);
  }

  static void on_row(int /*terminator*/, void* self) {
    auto& parser = *static_cast<Parser*>(self);
    parser.take_(parser.row_);
    parser.row_.fields.clear();
    parser.row_bytes_ = 0;
  }

  csv_parser csv_{};
  Take take_;
  CsvRow row_;
  std::size_t row_bytes_ = 0;
  std::uint64_t line_ = 1;
  bool looking_for_mark_ = true;
  std::size_t mark_matched_ = 0;
  std::string_view pending_;  // looked like a mark and was none
};

CsvRows::CsvRows(char delimiter, Take take)
    : parser_(std::make_unique<Parser>(delimiter, std::move(take))) {}
CsvRows::~CsvRows() = default;
Result<void> CsvRows::feed(std::string_view bytes) { return parser_->feed(bytes); }
Result<void> CsvRows::finish() { return parser_->finish(); }

}  // namespace rollcall::files
