#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "pipeline/ledger/record_id.hpp"

namespace rollcall::http {

// Which list a cursor belongs to: one of another list is refused rather than misread.
enum class CursorKind : char {
  missing = 'm',
  unexpected = 'u',
  duplicates = 'd',
  batches = 'b',
  members = 'e',
  customers = 'c',
  dead_letters = 'l'
};

// Where a page ended: the last id of it. Opaque to clients (base64url), good for as long as the
// batch lives, across restarts too, because it names an id and nothing of ours.
[[nodiscard]] std::string encode_cursor(CursorKind kind, const OwnedRecordId& last);

// Nothing: not a cursor of that list.
[[nodiscard]] std::optional<OwnedRecordId> decode_cursor(CursorKind kind, std::string_view text);

// For lists that are ordered by a name, which may be any text.
[[nodiscard]] std::string encode_name_cursor(CursorKind kind, std::string_view last);
[[nodiscard]] std::optional<std::string> decode_name_cursor(CursorKind kind, std::string_view text);

// For lists that are ordered by a number of ours.
[[nodiscard]] std::optional<std::int64_t> decode_number_cursor(CursorKind kind,
                                                               std::string_view text);

}  // namespace rollcall::http
