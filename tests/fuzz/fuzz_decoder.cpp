// Any bytes at all through the decoder, beside an independent parser: they must agree on what is JSON, and a record that
// is accepted must say the same in both.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "connectors/json/byte_order_mark.hpp"
#include "connectors/json/json_decoder.hpp"
#include "connectors/json/json_syntax.hpp"
#include "pipeline/ensure.hpp"
#include "tests/fuzz/json_oracle.hpp"

using namespace rollcall;
using namespace rollcall::fuzz;

namespace {

json::FieldNames nested_names() {
  json::FieldNames names;
  names.batch = "/order/batch";
  names.id = "/order/line/id";
  names.ts = "/meta/ts";
  names.ids = "/order/line/ids";
  return names;
}

void compare(const Event* event, const BadRecord& bad, std::string_view text, const char* batch) {
  boost::json::value value;
  const auto verdict = judge(text, value);
  if (verdict == Verdict::unknown) return;
  if (event == nullptr) {
    // What stands behind the first document the oracle does not look at, also not whether it is UTF-8.
    const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
    if (verdict == Verdict::trailing && !std::all_of(text.begin(), text.end(), is_ascii)) return;
    ENSURE((verdict == Verdict::not_json) == (bad.reason == BadRecordReason::not_json));
    ENSURE((verdict == Verdict::trailing) == (bad.reason == BadRecordReason::trailing_content));
    if (verdict == Verdict::json) {
      ENSURE(value.is_object() == (bad.reason != BadRecordReason::not_an_object));
    }
    return;
  }
  ENSURE(verdict == Verdict::json);
  boost::json::error_code ec;
  const auto* named = value.find_pointer(batch, ec);
  ENSURE(named != nullptr && (named->is_string() || named->is_number()));
  if (!named->is_double()) ENSURE(id_text(*named) == event->batch);
  if (named->is_double())
    ENSURE(json::integer_of(event->batch));  // more digits than the oracle holds
  ENSURE(event->range.has_value() == event->ids.empty());
  for (const auto& id : event->ids)
    ENSURE(id.is_integer() || (!id.text().empty() && id.text().size() <= kIdBytesMax));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static json::JsonDecoder flat;
  static json::JsonDecoder nested{nested_names()};
  const std::string_view whole(reinterpret_cast<const char*>(data), size);
  const std::string_view text = json::without_mark(whole);  // the oracle takes none
  const bool comparable = !whole.empty() && !is_deep(text);
  BadRecord bad;
  const auto* event = flat.decode(whole, bad);
  if (comparable) compare(event, bad, text, "/batch");
  event = nested.decode(whole, bad);
  if (comparable) compare(event, bad, text, "/order/batch");
  return 0;
}
