#include "connectors/postgres/text.hpp"

#include <charconv>
#include <stdexcept>
#include <utility>

namespace rollcall::postgres {

namespace {

constexpr const char* kNoArray = "a stored array cannot be read";
constexpr std::string_view kHex = "0123456789abcdef";

// What stands in the database may have been edited by hand; that is refused, not guessed around.
void require(bool condition, const char* what) {
  if (!condition) throw std::runtime_error(what);
}

unsigned nibble(char digit) {
  const auto value = kHex.find(digit);
  require(value != std::string_view::npos, "a stored text has a bad hexadecimal digit");
  return static_cast<unsigned>(value);
}

// Length of the well-formed UTF-8 character at the front as PostgreSQL accepts it; 0 where there is
// none.
std::size_t character_bytes(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned lead = byte(0);
  if (lead == 0) return 0;
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return 0;
  for (std::size_t at = 1; at < length; ++at) {
    if ((byte(at) & 0xC0U) != 0x80U) return 0;
  }
  const unsigned second = byte(1);
  const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
  const bool beyond = (lead == 0xED && second > 0x9F) || (lead == 0xF4 && second > 0x8F);
  return overlong || beyond ? 0 : length;
}

}  // namespace

std::string to_text(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  while (!bytes.empty()) {
    std::size_t length = character_bytes(bytes);
    if (length == 0) {
      const auto value = static_cast<unsigned char>(bytes.front());
      text += "\\x";
      text += kHex[value >> 4U];
      text += kHex[value & 15U];
      length = 1;
    } else {
      if (bytes.front() == '\\') text += '\\';
      text += bytes.substr(0, length);
    }
    bytes.remove_prefix(length);
  }
  return text;
}

std::string from_text(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\\') {
      bytes += text[at];
    } else if (at + 1 < text.size() && text[at + 1] == '\\') {
      bytes += text[++at];
    } else {
      require(at + 3 < text.size() && text[at + 1] == 'x', "a stored text has a bad escape");
      bytes += static_cast<char>((nibble(text[at + 2]) << 4U) | nibble(text[at + 3]));
      at += 3;
    }
  }
  return bytes;
}

void ArrayLiteral::separate() {
  if (text_.size() > 1) text_ += ',';
}

ArrayLiteral& ArrayLiteral::add(std::int64_t number) {
  separate();
  char digits[24];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), number).ptr;
  text_.append(std::begin(digits), end);
  return *this;
}

ArrayLiteral& ArrayLiteral::add(std::uint64_t number) { return add(to_bigint(number)); }

ArrayLiteral& ArrayLiteral::add(std::string_view element) {
  separate();
  text_ += '"';
  for (const char character : element) {
    if (character == '"' || character == '\\') text_ += '\\';
    text_ += character;
  }
  text_ += '"';
  return *this;
}

ArrayLiteral& ArrayLiteral::add_null() {
  separate();
  text_ += "NULL";
  return *this;
}

std::string ArrayLiteral::take() {
  text_ += '}';
  return std::exchange(text_, "{");
}

std::vector<std::int64_t> parse_integers(std::string_view array) {
  require(array.size() >= 2 && array.front() == '{' && array.back() == '}', kNoArray);
  std::vector<std::int64_t> numbers;
  const char* at = array.data() + 1;
  const char* const end = array.data() + array.size() - 1;
  while (at < end) {
    std::int64_t number = 0;
    const auto [next, error] = std::from_chars(at, end, number);
    require(error == std::errc{}, kNoArray);
    numbers.push_back(number);
    at = next + 1;  // the comma
  }
  return numbers;
}

std::vector<std::string> parse_texts(std::string_view array) {
  require(array.size() >= 2 && array.front() == '{' && array.back() == '}', kNoArray);
  array = array.substr(1, array.size() - 2);
  std::vector<std::string> elements;
  if (array.empty()) return elements;
  elements.emplace_back();
  bool quoted = false;
  for (std::size_t at = 0; at < array.size(); ++at) {
    const char character = array[at];
    if (character == '"') {
      quoted = !quoted;
    } else if (character == ',' && !quoted) {
      elements.emplace_back();
    } else {
      if (character == '\\') ++at;
      require(at < array.size(), kNoArray);
      elements.back() += array[at];
    }
  }
  return elements;
}

std::string from_hex(std::string_view digits) {
  std::string bytes;
  bytes.reserve(digits.size() / 2);
  for (std::size_t at = 0; at + 1 < digits.size(); at += 2) {
    bytes += static_cast<char>((nibble(digits[at]) << 4U) | nibble(digits[at + 1]));
  }
  return bytes;
}

}  // namespace rollcall::postgres
