#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace rollcall {

inline constexpr std::size_t kIdBytesMax = 512;
inline constexpr std::size_t kBatchNameBytesMax = 256;
inline constexpr std::size_t kAttributesBytesMax = 4096;  // of one record, as JSON

// The integer that a text writes canonically: decimal digits, no sign, no leading zero, below 2^64. Nothing else is an
// integer, so "017" stays text.
[[nodiscard]] std::optional<std::uint64_t> canonical_integer(std::string_view text);

// A record id as it passes by: a value or a view into the caller's bytes. JSON 17 and "17" are the same id.
class RecordId {
 public:
  explicit RecordId(std::uint64_t number) : number_(number), is_integer_(true) {}
  // Classifies the text. The bytes must outlive this view.
  static RecordId from_text(std::string_view text) {
    if (const auto number = canonical_integer(text)) return RecordId{*number};
    return RecordId{text};
  }

  [[nodiscard]] bool is_integer() const { return is_integer_; }
  [[nodiscard]] std::uint64_t integer() const { return number_; }
  [[nodiscard]] std::string_view text() const { return text_; }

 private:
  explicit RecordId(std::string_view text) : text_(text) {}
  std::string_view text_;
  std::uint64_t number_ = 0;
  bool is_integer_ = false;
};

// A record id that owns its text. Ordered as lists are: integers by value, then texts by their bytes.
using OwnedRecordId = std::variant<std::uint64_t, std::string>;

inline OwnedRecordId owned_id(const RecordId& id) {
  return id.is_integer() ? OwnedRecordId{id.integer()} : OwnedRecordId{std::string{id.text()}};
}
// The id must outlive what is returned.
inline RecordId passing_id(const OwnedRecordId& id) {
  const auto* number = std::get_if<std::uint64_t>(&id);
  return number != nullptr ? RecordId{*number} : RecordId::from_text(std::get<std::string>(id));
}

// Every integer from lo to hi, both included (the wire form of `range`; half-open could not name 2^64-1).
struct IntegerRange {
  std::uint64_t lo = 0;
  std::uint64_t hi = 0;
  friend auto operator<=>(const IntegerRange&, const IntegerRange&) = default;
};

// Appends to runs in order, joining those that touch.
inline void append_run(std::vector<IntegerRange>& runs, IntegerRange run) {
  if (!runs.empty() && run.lo != 0 && runs.back().hi == run.lo - 1) {
    runs.back().hi = run.hi;
  } else {
    runs.push_back(run);
  }
}

}  // namespace rollcall
