#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "pipeline/ledger/record_id.hpp"

namespace rollcall {

// Why a record cannot be read. The names are what `/api/v1/dead-letters` and the metrics show.
enum class BadRecordReason : std::uint8_t {
  empty_payload,     // no bytes, or a null value
  not_json,          // not one well-formed JSON text in UTF-8
  trailing_content,  // a second document or anything else behind the first
  not_an_object,
  wrong_type,
  missing_field,
  empty_field,
  field_too_long,      // batch over 256 bytes, id over 512
  not_an_integer,      // a JSON number that is no integer; in a range one beyond 0 .. 2^64-1
  conflicting_fields,  // more than one of id, ids, range; or one of them twice
  bad_range,           // lo > hi, or longer than kRangeIdsMax
  bad_timestamp,
  unknown_side,
  unsupported_op,
  input_gap,          // positions that the source lost before we read them (retention)
  refused_row,        // of an import: the client could not read it
  import_unfinished,  // an import has begun, and its end was not heard
};
inline constexpr std::size_t kBadRecordReasons = 17;
[[nodiscard]] std::string_view to_string(BadRecordReason reason);
[[nodiscard]] std::optional<BadRecordReason> bad_record_reason_named(std::string_view name);

inline constexpr std::uint64_t kRangeIdsMax = std::uint64_t{1} << 32U;

// One decoded event. Views live until the decoder's next call.
struct Event {
  std::string_view batch;
  std::string_view side;          // empty: the side that the source is bound to
  std::span<const RecordId> ids;  // one for `id`, several for `ids`, none for `range`
  std::optional<IntegerRange> range;
  std::string_view attributes;  // the JSON of `attrs`; empty where there are none
  std::uint32_t unknown_fields = 0;
  std::uint32_t unread_fields = 0;  // optional ones that could not be read, and were left out
};

struct BadRecord {
  BadRecordReason reason = BadRecordReason::not_json;
  std::string_view
      field{};  // as the producer spells it; empty where no field is to blame. Lives like an Event.
  std::string_view batch{};  // that the record names, where that much could be read
};

// Turns payload bytes into an event.
// Owner: the daemon, one for each distinct field mapping. Runs on: the loop. Not thread-safe, reused for every record.
class Decoder {
 public:
  virtual ~Decoder() = default;
  // Returns the event, or null and fills `bad`. Never throws, whatever the bytes.
  [[nodiscard]] virtual const Event* decode(std::string_view payload, BadRecord& bad) = 0;
};

}  // namespace rollcall
