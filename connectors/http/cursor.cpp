#include "connectors/http/cursor.hpp"

#include <array>
#include <limits>

namespace rollcall::http {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr unsigned kNoDigit = 64;
// Behind kind and type, a name cursor may hold a few bytes of its list's own before an id.
constexpr std::size_t kNamePrefixBytesMax = 4;
constexpr std::size_t kCursorBytesMax = (2 + kNamePrefixBytesMax + kIdBytesMax + 2) * 4 / 3;

constexpr std::array<unsigned char, 256> make_digits() {
  std::array<unsigned char, 256> digits{};
  digits.fill(kNoDigit);
  for (std::size_t at = 0; at < kAlphabet.size(); ++at) {
    digits[static_cast<unsigned char>(kAlphabet[at])] = static_cast<unsigned char>(at);
  }
  return digits;
}
constexpr std::array<unsigned char, 256> kDigits = make_digits();

std::string to_base64url(std::string_view bytes) {
  std::string out;
  unsigned bits = 0;
  unsigned held = 0;
  for (const char c : bytes) {
    bits = (bits << 8U) | static_cast<unsigned char>(c);
    for (held += 8; held >= 6; held -= 6) out += kAlphabet[(bits >> (held - 6)) & 63U];
    bits &= (1U << held) - 1;
  }
  if (held > 0) out += kAlphabet[(bits << (6 - held)) & 63U];
  return out;
}

// Only what to_base64url writes: no padding, no spare bits.
std::optional<std::string> from_base64url(std::string_view text) {
  std::string out;
  unsigned bits = 0;
  unsigned held = 0;
  for (const char c : text) {
    const unsigned digit = kDigits[static_cast<unsigned char>(c)];
    if (digit == kNoDigit) return std::nullopt;
    bits = (bits << 6U) | digit;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    out += static_cast<char>((bits >> held) & 0xFFU);
    bits &= (1U << held) - 1;
  }
  if (held >= 6 || bits != 0) return std::nullopt;
  return out;
}

}  // namespace

std::string encode_cursor(CursorKind kind, const OwnedRecordId& last) {
  std::string bytes(1, static_cast<char>(kind));
  if (const auto* number = std::get_if<std::uint64_t>(&last)) {
    bytes += 'i';
    bytes += std::to_string(*number);
  } else {
    bytes += 't';
    bytes += std::get<std::string>(last);
  }
  return to_base64url(bytes);
}

std::optional<OwnedRecordId> decode_cursor(CursorKind kind, std::string_view text) {
  if (text.size() > kCursorBytesMax) return std::nullopt;
  auto bytes = from_base64url(text);
  if (!bytes || bytes->size() < 3 || bytes->front() != static_cast<char>(kind)) return std::nullopt;
  const char type = (*bytes)[1];
  bytes->erase(0, 2);
  const auto number = canonical_integer(*bytes);
  if (type == 'i' && number) return OwnedRecordId{*number};
  // A text that is an integer's would be an id that no ledger holds.
  if (type == 't' && !number && bytes->size() <= kIdBytesMax)
    return OwnedRecordId{std::move(*bytes)};
  return std::nullopt;
}

std::string encode_name_cursor(CursorKind kind, std::string_view last) {
  std::string bytes(1, static_cast<char>(kind));
  return to_base64url(bytes.append("n").append(last));
}

std::optional<std::string> decode_name_cursor(CursorKind kind, std::string_view text) {
  if (text.size() > kCursorBytesMax) return std::nullopt;
  auto bytes = from_base64url(text);
  if (!bytes || bytes->size() < 3 || bytes->front() != static_cast<char>(kind) ||
      (*bytes)[1] != 'n')
    return std::nullopt;
  return bytes->substr(2);
}

std::optional<std::int64_t> decode_number_cursor(CursorKind kind, std::string_view text) {
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  const auto last = decode_cursor(kind, text);
  if (!last) return std::nullopt;
  const auto* number = std::get_if<std::uint64_t>(&*last);
  if (number == nullptr || *number > kMax) return std::nullopt;
  return static_cast<std::int64_t>(*number);
}

}  // namespace rollcall::http
