#include "pipeline/ports/decoder.hpp"

#include <array>

namespace rollcall {

std::string_view to_string(BadRecordReason reason) {
  static constexpr std::array<std::string_view, kBadRecordReasons> kNames{
      "empty_payload", "not_json",      "trailing_content", "not_an_object",  "wrong_type",
      "missing_field", "empty_field",   "field_too_long",   "not_an_integer", "conflicting_fields",
      "bad_range",     "bad_timestamp", "unknown_side",     "unsupported_op", "input_gap"};
  return kNames.at(static_cast<std::size_t>(reason));
}

}  // namespace rollcall
