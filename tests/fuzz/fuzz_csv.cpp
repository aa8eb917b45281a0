// Any bytes as a CSV file, cut in any way: the same records come out, each of them JSON. And fields
// that are written as RFC 4180 says are read back byte by byte.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/json/json_syntax.hpp"
#include "connectors/json/utf8.hpp"
#include "pipeline/ensure.hpp"
#include "tests/files/collected.hpp"

using namespace rollcall;
using namespace rollcall::files;

namespace {

using Rows = std::vector<std::vector<std::string>>;

void check_pieces(std::string_view text, std::size_t piece, Content content = Content::events) {
  ReaderOptions options;
  options.content = content;
  options.mapping.batch = "b";
  options.mapping.side = "expected";
  const auto whole = test::read_whole(options, text);
  ENSURE(test::is_same(whole, test::read_whole(options, text, piece)));
  for (const auto& record : whole.records) {
    const auto event = std::string_view{record}.substr(record.find(' ') + 1);
    ENSURE(json::check_syntax(event) == json::Syntax::valid && json::is_utf8(event));
  }
}

// Fields from between NULs, rows of three.
Rows rows_of(std::string_view text) {
  Rows rows;
  std::vector<std::string> row;
  while (!text.empty()) {
    const auto end = text.find('\0');
    row.emplace_back(text.substr(0, end));
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    if (row.size() == 3) {
      rows.push_back(row);
      row.clear();
    }
  }
  return rows;
}

std::string written(const Rows& rows) {
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += i == 0 ? "\"" : ",\"";
      for (const char c : row[i]) text.append(c == '"' ? 2 : 1, c);
      text += '"';
    }
    text += "\r\n";
  }
  return text;
}

// A row that cannot be understood costs no row behind the next line: good ones are all there, whatever stands before them.
void check_recovery(std::string_view text) {
  constexpr std::size_t kGood = 3;
  std::vector<std::string> last;
  CsvRows csv(
      ',', [&last](const CsvRow& row) { last.push_back(row.fields.front()); },
      [](std::uint64_t /*line*/, const std::string& /*why*/) {});
  std::string file = std::string{text} + "\n";
  for (std::size_t row = 0; row < kGood; ++row) file += "good\n";
  ENSURE(csv.feed(file) && csv.finish());
  ENSURE(last.size() >= kGood);
  for (std::size_t row = last.size() - kGood; row < last.size(); ++row) ENSURE(last[row] == "good");
}

void check_round_trip(std::string_view text) {
  const Rows rows = rows_of(text);
  Rows read;
  CsvRows csv(
      ',', [&read](const CsvRow& row) { read.push_back(row.fields); },
      [](std::uint64_t /*line*/, const std::string& /*why*/) { ENSURE(false); });
  ENSURE(csv.feed(written(rows)) && csv.finish());
  ENSURE(read == rows);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  check_pieces(text, static_cast<std::size_t>(data[0] % 16) + 1);
  check_pieces("id,side,record_metadata\n" + std::string{text}, data[0] % 16 + 1U);
  check_pieces("source,email,name,customer_id\n" + std::string{text}, data[0] % 16 + 1U,
               Content::customers);
  check_round_trip(text);
  check_recovery(text);
  return 0;
}
