// Any bytes as a body of records and as one record, beside an independent parser: they agree on what
// is JSON, what is taken is what the body says, and nothing that could be taken is refused.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "connectors/json/byte_order_mark.hpp"
#include "connectors/json/json_syntax.hpp"
#include "connectors/json/records_body.hpp"
#include "pipeline/ensure.hpp"
#include "tests/fuzz/json_oracle.hpp"

using namespace rollcall;
using namespace rollcall::fuzz;
using json::RecordsBody;
using Value = boost::json::value;

namespace {

bool is_batch(const Value* value) {
  return value != nullptr && value->is_int64() && value->get_int64() > 0;
}

// Null is as good as absent.
const Value* field(const Value& value, const char* key) {
  const Value* found = member(value, key);
  return found == nullptr || found->is_null() ? nullptr : found;
}

// By what can be told of one record alone, and without its length as text.
bool is_record(const Value& value) {
  const Value* status = field(value, "status");
  const Value* metadata = field(value, "record_metadata");
  return is_id(field(value, "record_id")) && status != nullptr && status->is_string() &&
         !status->get_string().empty() && status->get_string().size() <= 256 &&
         (metadata == nullptr || metadata->is_string() || metadata->is_object());
}

// The indices of an accepted body lead to what is there.
void check_inside(const AddRecords& change) {
  ENSURE(change.runs.size() == 1 && change.runs[0].begin == 0 &&
         change.runs[0].end == change.records.size());
  ENSURE(change.sides.size() <= kSidesMax + 2);
  for (const NamedRecord& record : change.records) {
    ENSURE(record.side < change.sides.size());
    ENSURE(record.line < change.lines);
    if (record.kind == NamedRecord::Kind::integer) continue;
    ENSURE(record.kind == NamedRecord::Kind::text);
    ENSURE(record.second > 0 && record.second <= kIdBytesMax);
    ENSURE(record.first <= change.texts.size() &&
           record.second <= change.texts.size() - record.first);
  }
  for (std::size_t at = 0; at < change.details.size(); ++at) {
    const AddRecords::Detail& detail = change.details[at];
    ENSURE(detail.record < change.records.size());
    ENSURE(at == 0 || change.details[at - 1].record < detail.record);
    ENSURE(detail.begin <= change.detail_bytes.size() &&
           detail.length <= change.detail_bytes.size() - detail.begin);
    ENSURE(detail.length <= kAttributesBytesMax);
  }
}

std::string id_text(const AddRecords& change, const NamedRecord& record) {
  if (record.kind == NamedRecord::Kind::integer) return std::to_string(record.first);
  return change.texts.substr(record.first, record.second);
}

// A record as it was read, against itself in the oracle's eyes.
void compare(const AddRecords& change, std::size_t at, const Value& value) {
  ENSURE(is_record(value));
  const NamedRecord& record = change.records[at];
  const Value& id = *field(value, "record_id");
  const std::string text = id_text(change, record);
  ENSURE(is_beyond(&id) ? json::integer_of(text).has_value() : text == fuzz::id_text(id));
  ENSURE(change.sides[record.side] == view(member(value, "status")->get_string()));
  const Value* metadata = member(value, "record_metadata");
  std::string_view kept = "null";
  for (const AddRecords::Detail& detail : change.details)
    if (detail.record == at)
      kept = std::string_view{change.detail_bytes}.substr(detail.begin, detail.length);
  ENSURE(boost::json::parse({kept.data(), kept.size()}) ==
         (metadata == nullptr ? Value{} : *metadata));
}

// What only the text shows: a field that is given twice, a length as text, too many sides; and 1e30, which is an integer
// with many digits to the oracle.
bool may_be_refused(const RecordsBody& body, std::string_view text) {
  if (text.find_first_of("eE.") != text.npos) return true;
  for (const json::BodyError& error : body.errors.first())
    if (error.message == "is given twice" || error.message.starts_with("must have")) return true;
  return body.change.sides.size() == kSidesMax + 2;
}

void check(std::string_view text, bool single) {
  std::string copy{text};
  text = json::without_mark(text);  // the oracle takes none
  const RecordsBody body = single ? json::read_record(copy) : json::read_records(copy);
  ENSURE(body.errors.first().size() <= body.errors.count());
  const bool taken = body.syntax == RecordsBody::Syntax::object && body.errors.empty();
  if (taken) check_inside(body.change);
  if (is_deep(text)) return;
  Value value;
  const Verdict verdict = judge(text, value);
  if (verdict == Verdict::unknown) return;
  ENSURE((verdict == Verdict::json) == (body.syntax != RecordsBody::Syntax::malformed));
  if (verdict != Verdict::json) return;
  ENSURE(value.is_object() == (body.syntax == RecordsBody::Syntax::object));
  if (!value.is_object()) return;

  const Value* records = member(value, "records");
  bool good = is_batch(field(value, "batch_id"));
  if (single) {
    good = good && is_record(value);
  } else {
    good = good && records != nullptr && records->is_array();
    if (good)
      for (const Value& record : records->get_array()) good = good && is_record(record);
  }
  // Of twins the oracle knows the last only: they are refused, whatever it says.
  if (!taken) {
    ENSURE(!good || may_be_refused(body, text));
    return;
  }
  ENSURE(good);
  ENSURE(*body.batch == member(value, "batch_id")->get_int64());
  const std::size_t count = single ? 1 : records->get_array().size();
  ENSURE(body.change.records.size() == count && body.change.lines == count);
  for (std::size_t at = 0; at < count; ++at)
    compare(body.change, at, single ? value : records->get_array()[at]);
  if (!single) return;
  const Value* metadata = member(value, "record_metadata");
  ENSURE(boost::json::parse(body.metadata) == (metadata == nullptr ? Value{} : *metadata));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check(text, false);
  check(text, true);
  return 0;
}
