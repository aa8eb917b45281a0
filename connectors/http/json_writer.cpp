#include "connectors/http/json_writer.hpp"

#include <algorithm>
#include <array>

#include "connectors/http/timestamp.hpp"

namespace rollcall::http {
namespace {

constexpr std::uint64_t kSafeIntegerMax = (std::uint64_t{1} << 53U) - 1;

bool is_plain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
}

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80; }

// Length of the well-formed UTF-8 sequence at the beginning, 0 where there is none.
std::size_t sequence_length(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  const auto second = text.size() > 1 ? static_cast<unsigned char>(text[1]) : 0U;
  if (text.size() < 2 || !is_continuation(text[1])) return 0;
  if (first >= 0xC2 && first <= 0xDF) return 2;
  if (text.size() < 3 || !is_continuation(text[2])) return 0;
  if (first == 0xE0 && second < 0xA0) return 0;  // overlong
  if (first == 0xED && second > 0x9F) return 0;  // surrogate
  if (first >= 0xE0 && first <= 0xEF) return 3;
  if (text.size() < 4 || !is_continuation(text[3])) return 0;
  if (first == 0xF0 && second < 0x90) return 0;  // overlong
  if (first == 0xF4 && second > 0x8F) return 0;  // beyond U+10FFFF
  return first >= 0xF0 && first <= 0xF4 ? 4 : 0;
}

void append_escaped(std::string& out, char c) {
  constexpr std::string_view kHex = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  const auto byte = static_cast<unsigned char>(c);
  out.append("\\u00").append(1, kHex[byte >> 4U]).append(1, kHex[byte & 0xFU]);
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const auto end = std::find_if_not(text.begin(), text.end(), is_plain);
    const auto plain = static_cast<std::size_t>(end - text.begin());
    out.append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) break;
    std::size_t taken = 1;
    if (static_cast<unsigned char>(text[0]) < 0x80) {
      append_escaped(out, text[0]);
    } else if (const std::size_t length = sequence_length(text); length > 0) {
      out.append(text.substr(0, length));
      taken = length;
    } else {
      out += "\xEF\xBF\xBD";  // U+FFFD
    }
    text.remove_prefix(taken);
  }
  out += '"';
}

void append_json_id(std::string& out, const OwnedRecordId& id) {
  if (const auto* number = std::get_if<std::uint64_t>(&id)) {
    const bool safe = *number <= kSafeIntegerMax;
    if (!safe) out += '"';
    append_integer(out, *number);
    if (!safe) out += '"';
    return;
  }
  append_json_string(out, std::get<std::string>(id));
}

void append_percentage(std::string& out, std::uint64_t matched, std::uint64_t expected) {
  constexpr std::uint64_t kMillion = 1'000'000;
  if (expected == 0) {
    out += "0.0";
    return;
  }
  __extension__ using Wide = unsigned __int128;
  const auto millionths = static_cast<std::uint64_t>(Wide{matched} * 100 * kMillion / expected);
  append_integer(out, millionths / kMillion);
  out += '.';
  std::array<char, 6> decimals{};
  std::uint64_t rest = millionths % kMillion;
  for (auto at = decimals.rbegin(); at != decimals.rend(); ++at, rest /= 10)
    *at = static_cast<char>('0' + rest % 10);
  std::size_t shown = decimals.size();
  while (shown > 1 && decimals.at(shown - 1) == '0') --shown;
  out.append(decimals.data(), shown);
}

JsonWriter& JsonWriter::time(std::int64_t unix_ms) {
  separate();
  out_ += '"';
  append_rfc3339(out_, unix_ms);
  out_ += '"';
  return *this;
}

}  // namespace rollcall::http
