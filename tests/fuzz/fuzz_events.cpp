// Any bytes as a body of event lines, cut in any way: the same units come out, each within its
// limits, and no line is lost or counted twice.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/json/event_lines.hpp"
#include "pipeline/ensure.hpp"
#include "tests/json/arriving_units.hpp"

using namespace rollcall;
using json::EventLines;

namespace {

struct Result {
  std::vector<AddRecords> units;
  std::vector<json::BodyError> errors;
  std::size_t error_count = 0;
};

Result read(std::string_view text, std::size_t piece) {
  EventLines lines;
  Result result;
  result.units = test::arriving_units(lines, text, piece);
  result.errors = lines.errors().first();
  result.error_count = lines.errors().count();
  return result;
}

// Every index leads to what is there, and each batch has its records in the order of their lines.
void check_inside(const AddRecords& unit) {
  ENSURE(unit.lines > 0 && unit.lines <= EventLines::kUnitLines && unit.refused <= unit.lines);
  std::size_t next = 0;
  for (const AddRecords::Run& run : unit.runs) {
    ENSURE(run.begin == next && run.end > run.begin && run.end <= unit.records.size());
    ENSURE(!std::get<std::string>(run.batch).empty());
    for (next = run.begin; next < run.end; ++next)
      ENSURE(next == run.begin || unit.records[next - 1].line <= unit.records[next].line);
  }
  ENSURE(next == unit.records.size());
  for (const NamedRecord& record : unit.records) {
    ENSURE(record.side < unit.sides.size() && record.line < unit.lines);
    if (record.kind == NamedRecord::Kind::range) ENSURE(record.first <= record.second);
    if (record.kind == NamedRecord::Kind::text)
      ENSURE(record.second > 0 && record.first + record.second <= unit.texts.size());
  }
  for (std::size_t at = 0; at < unit.details.size(); ++at) {
    const AddRecords::Detail& detail = unit.details[at];
    ENSURE(detail.record < unit.records.size());
    ENSURE(at == 0 || unit.details[at - 1].record < detail.record);
    ENSURE(detail.length > 0 && detail.length <= kAttributesBytesMax &&
           detail.begin + detail.length <= unit.detail_bytes.size());
  }
}

bool is_same(const NamedRecord& a, const NamedRecord& b) {
  return a.first == b.first && a.second == b.second && a.line == b.line && a.kind == b.kind &&
         a.side == b.side;
}

bool is_same(const AddRecords& a, const AddRecords& b) {
  const auto same_run = [](const auto& x, const auto& y) {
    return x.batch == y.batch && x.begin == y.begin && x.end == y.end;
  };
  const auto same_record = [](const auto& x, const auto& y) { return is_same(x, y); };
  const auto same_detail = [](const auto& x, const auto& y) {
    return x.record == y.record && x.begin == y.begin && x.length == y.length;
  };
  return a.lines == b.lines && a.refused == b.refused && a.sides == b.sides && a.texts == b.texts &&
         a.detail_bytes == b.detail_bytes &&
         std::equal(a.runs.begin(), a.runs.end(), b.runs.begin(), b.runs.end(), same_run) &&
         std::equal(a.records.begin(), a.records.end(), b.records.begin(), b.records.end(),
                    same_record) &&
         std::equal(a.details.begin(), a.details.end(), b.details.begin(), b.details.end(),
                    same_detail);
}

void check_same(const Result& a, const Result& b) {
  ENSURE(a.units.size() == b.units.size() && a.error_count == b.error_count);
  for (std::size_t unit = 0; unit < a.units.size(); ++unit)
    ENSURE(is_same(a.units[unit], b.units[unit]));
  for (std::size_t at = 0; at < a.errors.size(); ++at)
    ENSURE(a.errors[at].pointer == b.errors[at].pointer &&
           a.errors[at].message == b.errors[at].message);
}

void check(std::string_view text, std::size_t piece) {
  const Result whole = read(text, std::string_view::npos);
  std::uint64_t lines = 0;
  std::uint64_t refused = 0;
  for (const AddRecords& unit : whole.units) {
    check_inside(unit);
    lines += unit.lines;
    refused += unit.refused;
  }
  auto expected = static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
  if (!text.empty() && text.back() != '\n') ++expected;
  ENSURE(lines == expected && refused == whole.error_count);
  check_same(whole, read(text, piece));
}

}  // namespace

// The first byte is the size of the pieces. One text of 64 is repeated up to the end of a unit and
// beyond; which, its bytes decide, so that a finding can be run again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  check(text, data[0] % 32 + 1U);
  const auto feeds = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  if (feeds == 0 || std::hash<std::string_view>{}(text) % 64 != 0) return 0;
  std::string repeated;
  const std::size_t times = EventLines::kUnitLines / feeds + 1;
  for (std::size_t at = 0; at < times && repeated.size() <= EventLines::kUnitBytes; ++at)
    repeated += text;
  check(repeated, data[0] * 64 + 1U);
  return 0;
}
