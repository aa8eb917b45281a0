// Any text as a cursor, an Accept header, an ETag list, a query: refused or understood, and a
// cursor that is understood is the very one that would be given out for its id or its name.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "connectors/http/cursor.hpp"
#include "connectors/http/etag.hpp"
#include "connectors/http/media_type.hpp"
#include "connectors/http/percent.hpp"
#include "connectors/http/query.hpp"
#include "pipeline/ensure.hpp"

using namespace rollcall;
using namespace rollcall::http;

namespace {

constexpr std::size_t kNameBytesMax = 4 + kIdBytesMax;

void check_cursors(std::string_view text) {
  for (const CursorKind kind : {CursorKind::missing, CursorKind::batches, CursorKind::customers}) {
    if (const auto id = decode_cursor(kind, text)) ENSURE(encode_cursor(kind, *id) == text);
    if (const auto number = decode_number_cursor(kind, text)) ENSURE(*number >= 0);
    if (const auto name = decode_name_cursor(kind, text)) {
      ENSURE(encode_name_cursor(kind, *name) == text);
      ENSURE(!decode_cursor(kind, text));  // of another sort
    }
  }
}

// What is given out is taken back, by its own list only.
void check_given(std::string_view text) {
  if (text.empty()) return;
  const std::string_view name = text.substr(0, kNameBytesMax);
  const std::string by_name = encode_name_cursor(CursorKind::customers, name);
  ENSURE(decode_name_cursor(CursorKind::customers, by_name) == name);
  ENSURE(!decode_name_cursor(CursorKind::batches, by_name));
  const OwnedRecordId id = owned_id(RecordId::from_text(text.substr(0, kIdBytesMax)));
  const std::string by_id = encode_cursor(CursorKind::members, id);
  ENSURE(decode_cursor(CursorKind::members, by_id) == id);
  ENSURE(!decode_cursor(CursorKind::missing, by_id));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  check_cursors(text);
  check_given(text);
  ENSURE(quality_of(text, "text/csv") <= 1000);
  static_cast<void>(etag_matches(text, "W/\"3.17.f\""));
  if (const auto decoded = percent_decode(text, PlusSign::is_itself)) {
    ENSURE(percent_decode(percent_encode(*decoded), PlusSign::is_itself) == decoded);
  }
  QueryReader query{text};
  static_cast<void>(query.integer("limit", 5, 1, 10));
  static_cast<void>(query.word("format", {"json", "csv"}));
  static_cast<void>(query.problem());
  return 0;
}
