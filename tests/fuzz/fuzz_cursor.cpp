// Any text as a cursor, an Accept header, an ETag list, a query: refused or understood, and a
// cursor that is understood is the very one that would be given out for its id.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "connectors/http/cursor.hpp"
#include "connectors/http/etag.hpp"
#include "connectors/http/media_type.hpp"
#include "connectors/http/percent.hpp"
#include "connectors/http/query.hpp"
#include "pipeline/ensure.hpp"

using namespace rollcall;
using namespace rollcall::http;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  for (const CursorKind kind : {CursorKind::missing, CursorKind::batches}) {
    if (const auto id = decode_cursor(kind, text)) ENSURE(encode_cursor(kind, *id) == text);
    if (const auto number = decode_number_cursor(kind, text)) ENSURE(*number >= 0);
  }
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
