#include "config/toml_text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>

namespace rollcall::config {
namespace {

constexpr std::size_t kBriefBytesMax = 60;
constexpr unsigned char kDelete = 0x7f;

}  // namespace

std::string quote(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (byte < ' ' || byte == kDelete) {
      std::array<char, 8> escaped{};
      std::snprintf(escaped.data(), escaped.size(), "\\u%04X", static_cast<unsigned>(byte));
      quoted += escaped.data();
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

std::string quote_briefly(std::string_view text) {
  if (text.size() <= kBriefBytesMax) return quote(text);
  return quote(text.substr(0, kBriefBytesMax)) + "...";
}

std::string quote_key(std::string_view key) {
  const bool bare = !key.empty() && std::all_of(key.begin(), key.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '-';
  });
  return bare ? std::string(key) : quote(key);
}

std::string inline_list(const std::vector<std::string>& texts) {
  std::string list = "[";
  for (const auto& text : texts) {
    if (list.size() > 1) list += ", ";
    list += quote(text);
  }
  return list + "]";
}

std::string inline_table(const std::map<std::string, std::string>& entries) {
  std::string table = "{";
  for (const auto& [key, value] : entries) {
    if (table.size() > 1) table += ", ";
    table += quote_key(key) + " = " + quote(value);
  }
  return table + "}";
}

}  // namespace rollcall::config
