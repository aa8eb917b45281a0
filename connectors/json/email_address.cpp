#include "connectors/json/email_address.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cstdint>
#include <string>

#include "connectors/json/utf8.hpp"

namespace rollcall::json {

namespace {

constexpr std::size_t kAddressBytesMax = 254;
constexpr std::size_t kLocalPartBytesMax = 64;
constexpr std::size_t kLabelLettersMax = 63;
constexpr std::size_t kForeignLabelLettersMax =
    59;  // the "xn--" form has more letters than this one

bool is_alphanumeric(char32_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
bool is_ascii(char32_t c) { return c < 0x80; }

// Beyond ASCII: controls, spaces, and what is not seen or changes the direction. No letter of any script.
bool is_letter_of_no_script(char32_t c) {
  struct Range {
    char32_t first;
    char32_t last;
  };
  constexpr std::array<Range, 13> kRanges{{{0x80, 0xA0},
                                           {0xAD, 0xAD},
                                           {0x1680, 0x1680},
                                           {0x180E, 0x180E},
                                           {0x2000, 0x200B},
                                           {0x200E, 0x200F},
                                           {0x2028, 0x202F},
                                           {0x205F, 0x206F},
                                           {0x3000, 0x3000},
                                           {0xFDD0, 0xFDEF},
                                           {0xFEFF, 0xFEFF},
                                           {0xFFF0, 0xFFFF},
                                           {0xE0000, 0x10FFFF}}};
  return std::any_of(kRanges.begin(), kRanges.end(),
                     [c](const Range& range) { return c >= range.first && c <= range.last; });
}

// Of valid UTF-8.
std::u32string code_points(std::string_view text) {
  std::u32string points;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      points += byte;
    } else if (byte < 0xC0) {
      points.back() = (points.back() << 6U) | (byte & 0x3FU);
    } else {
      points += byte & (byte < 0xE0 ? 0x1FU : byte < 0xF0 ? 0x0FU : 0x07U);
    }
  }
  return points;
}

bool is_atom_letter(char32_t c) {
  constexpr std::u32string_view kSigns = U".!#$%&'*+/=?^_`{|}~-";
  if (!is_ascii(c)) return !is_letter_of_no_script(c);
  return is_alphanumeric(c) || kSigns.find(c) != kSigns.npos;
}

// Between quotes: anything that can be seen, and spaces; a quote or a backslash behind a backslash.
bool is_quoted(std::u32string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return false;
  text = text.substr(1, text.size() - 2);
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '"') return false;
    if (text[at] == '\\' && ++at == text.size()) return false;
    const char32_t c = text[at];
    if (c < ' ' || c == 0x7F || (!is_ascii(c) && is_letter_of_no_script(c))) return false;
  }
  return true;
}

bool is_local_part(std::string_view text) {
  if (text.empty() || text.size() > kLocalPartBytesMax) return false;
  const std::u32string points = code_points(text);
  return is_quoted(points) || std::all_of(points.begin(), points.end(), is_atom_letter);
}

bool is_label(std::u32string_view text) {
  const bool is_foreign = !std::all_of(text.begin(), text.end(), is_ascii);
  if (text.empty() || text.size() > (is_foreign ? kForeignLabelLettersMax : kLabelLettersMax))
    return false;
  if (text.front() == '-' || text.back() == '-') return false;
  return std::all_of(text.begin(), text.end(), [](char32_t c) {
    return is_ascii(c) ? is_alphanumeric(c) || c == '-' : !is_letter_of_no_script(c);
  });
}

// IDNA takes the full stops of East Asian scripts for dots, too.
bool is_domain_name(std::string_view text) {
  constexpr std::u32string_view kDots = U".\u3002\uFF0E\uFF61";
  const std::u32string points = code_points(text);
  std::u32string_view rest = points;
  for (std::size_t labels = 1;; ++labels) {
    const auto dot = rest.find_first_of(kDots);
    if (!is_label(rest.substr(0, dot))) return false;
    if (dot == rest.npos) return labels > 1;
    rest.remove_prefix(dot + 1);
  }
}

bool is_address_literal(std::string_view text) {
  constexpr std::string_view kIpV6 = "IPv6:";
  if (text.size() < 2 || text.front() != '[' || text.back() != ']') return false;
  const bool is_v6 = text.substr(1).starts_with(kIpV6);
  const std::size_t begin = is_v6 ? 1 + kIpV6.size() : 1;
  const std::string address{text.substr(begin, text.size() - 1 - begin)};
  if (address.find('\0') != address.npos) return false;
  std::array<std::uint8_t, sizeof(in6_addr)> bytes{};
  return ::inet_pton(is_v6 ? AF_INET6 : AF_INET, address.c_str(), bytes.data()) == 1;
}

}  // namespace

bool is_email_address(std::string_view text) {
  if (text.size() > kAddressBytesMax || !is_utf8(text)) return false;
  const auto at = text.rfind('@');  // a quoted local part may hold others
  if (at == text.npos || !is_local_part(text.substr(0, at))) return false;
  const std::string_view domain = text.substr(at + 1);
  return is_domain_name(domain) || is_address_literal(domain);
}

}  // namespace rollcall::json
