#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::postgres {

// PostgreSQL's text holds neither U+0000 nor bytes that are no UTF-8, and one such byte in a
// batch's name would keep every later commit from succeeding. So both stand as \xHH and a backslash
// is doubled; from_text() undoes it exactly.
[[nodiscard]] std::string to_text(std::string_view bytes);
[[nodiscard]] std::string from_text(std::string_view text);

// Array literals as PostgreSQL reads and writes them: {1,2} and {"a","b"}. Elements of text arrays
// are taken as they are.
class ArrayLiteral {
 public:
  ArrayLiteral& add(std::int64_t number);
  ArrayLiteral& add(std::uint64_t number);  // as bigint with the same bits
  ArrayLiteral& add(std::uint32_t number) { return add(std::int64_t{number}); }
  ArrayLiteral& add(std::string_view element);
  ArrayLiteral& add_null();
  [[nodiscard]] std::string take();

 private:
  void separate();
  std::string text_ = "{";
};

// Both expect what PostgreSQL wrote: one dimension, no NULL.
[[nodiscard]] std::vector<std::int64_t> parse_integers(std::string_view array);
[[nodiscard]] std::vector<std::string> parse_texts(std::string_view array);

// Two hexadecimal digits a byte, as encode(…, 'hex') writes them.
[[nodiscard]] std::string from_hex(std::string_view digits);

// Unsigned numbers are stored as bigint with the same bits.
constexpr std::int64_t to_bigint(std::uint64_t number) { return static_cast<std::int64_t>(number); }
constexpr std::uint64_t from_bigint(std::int64_t number) {
  return static_cast<std::uint64_t>(number);
}

}  // namespace rollcall::postgres
