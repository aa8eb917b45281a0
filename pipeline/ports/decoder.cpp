#include "pipeline/ports/decoder.hpp"

#include <algorithm>
#include <array>

namespace rollcall {

namespace {

constexpr std::array<std::string_view, kBadRecordReasons> kNames{
    "empty_payload", "not_json",         "trailing_content", "not_an_object",  "wrong_type",
    "missing_field", "empty_field",      "field_too_long",   "not_an_integer", "conflicting_fields",
    "bad_range",     "bad_timestamp",    "unknown_side",     "unsupported_op", "input_gap",
    "refused_row",   "import_unfinished"};

}  // namespace

std::string_view to_string(BadRecordReason reason) {
  return kNames.at(static_cast<std::size_t>(reason));
}

std::optional<BadRecordReason> bad_record_reason_named(std::string_view name) {
  const auto* const found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<BadRecordReason>(found - kNames.begin());
}

}  // namespace rollcall
