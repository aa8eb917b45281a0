#include "daemon/log_line.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <utility>

namespace rollcall {
namespace {

constexpr std::array<std::pair<std::string_view, LogLevel>, 5> kLevels = {
    {{"trace", LogLevel::trace},
     {"debug", LogLevel::debug},
     {"info", LogLevel::info},
     {"warning", LogLevel::warning},
     {"error", LogLevel::error}}};
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr unsigned char kDelete = 0x7f;

// Length of the well-formed UTF-8 sequence at the front of `text` (table 3-7 of the Unicode
// standard); 0 where the bytes are none.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto continues = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
    return i < text.size() && byte(i) >= low && byte(i) <= high;
  };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return continues(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const unsigned low = first == 0xE0 ? 0xA0 : 0x80;
    const unsigned high = first == 0xED ? 0x9F : 0xBF;
    return continues(1, low, high) && continues(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const unsigned low = first == 0xF0 ? 0x90 : 0x80;
    const unsigned high = first == 0xF4 ? 0x8F : 0xBF;
    return continues(1, low, high) && continues(2) && continues(3) ? 4 : 0;
  }
  return 0;
}

void append_escaped(std::string& line, unsigned char byte) {
  std::array<char, 8> escaped{};
  std::snprintf(escaped.data(), escaped.size(), "\\u%04x", static_cast<unsigned>(byte));
  line += escaped.data();
}

void append_quoted(std::string& line, std::string_view text) {
  line += '"';
  while (!text.empty()) {
    const auto length = utf8_length(text);
    const auto byte = static_cast<unsigned char>(text.front());
    if (length == 0) {
      line += kReplacement;
    } else if (byte == '"' || byte == '\\') {
      line.append("\\").append(text.substr(0, 1));
    } else if (byte == '\n') {
      line += "\\n";
    } else if (byte < ' ' || byte == kDelete) {
      append_escaped(line, byte);
    } else {
      line += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  line += '"';
}

void append_number(std::string& line, auto number) {
  std::array<char, 40> digits{};
  const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  line.append(digits.data(), result.ptr);
}

// A word that a person reads without quotes and a tool still splits at spaces and '='.
bool is_plain(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c < static_cast<char>(kDelete) && c != '"' && c != '\\' && c != '=';
  });
}

struct ValueWriter {
  std::string& line;
  LogFormat format;

  void operator()(std::string_view text) const {
    if (format == LogFormat::text && is_plain(text)) {
      line += text;
    } else {
      append_quoted(line, text);
    }
  }
  void operator()(bool truth) const { line += truth ? "true" : "false"; }
  void operator()(double number) const {
    if (std::isfinite(number)) {
      append_number(line, number);
    } else {
      line += "null";  // JSON has no infinity
    }
  }
  void operator()(std::int64_t number) const { append_number(line, number); }
  void operator()(std::uint64_t number) const { append_number(line, number); }
};

std::string json_line(std::int64_t time_ms, LogLevel level, std::string_view message,
                      std::span<const LogField> fields) {
  std::string line = "{\"time\":\"" + rfc3339(time_ms) + "\",\"level\":\"";
  line.append(to_string(level)).append("\",\"message\":");
  append_quoted(line, message);
  for (const auto& field : fields) {
    line += ',';
    append_quoted(line, field.name);
    line += ':';
    std::visit(ValueWriter{line, LogFormat::json}, field.value);
  }
  return line + '}';
}

std::string text_line(std::int64_t time_ms, LogLevel level, std::string_view message,
                      std::span<const LogField> fields) {
  std::string line = rfc3339(time_ms) + ' ';
  line.append(to_string(level)).append(" ");
  std::string quoted;
  append_quoted(quoted, message);
  // The message is a sentence: its escapes stay, the quotes around it go.
  line.append(quoted, 1, quoted.size() - 2);
  for (const auto& field : fields) {
    line.append(" ").append(field.name).append("=");
    std::visit(ValueWriter{line, LogFormat::text}, field.value);
  }
  return line;
}

}  // namespace

std::string_view to_string(LogLevel level) {
  return kLevels.at(static_cast<std::size_t>(level)).first;
}

std::optional<LogLevel> parse_log_level(std::string_view name) {
  for (const auto& [known, level] : kLevels) {
    if (known == name) return level;
  }
  return std::nullopt;
}

std::string format_log_line(LogFormat format, std::int64_t time_ms, LogLevel level,
                            std::string_view message, std::span<const LogField> fields) {
  return format == LogFormat::json ? json_line(time_ms, level, message, fields)
                                   : text_line(time_ms, level, message, fields);
}

std::string rfc3339(std::int64_t time_ms) {
  const std::int64_t within = ((time_ms % 1000) + 1000) % 1000;
  const std::time_t seconds = (time_ms - within) / 1000;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  std::array<char, 24> date{};
  const auto length = std::strftime(date.data(), date.size(), "%Y-%m-%dT%H:%M:%S", &utc);
  std::array<char, 8> fraction{};
  std::snprintf(fraction.data(), fraction.size(), ".%03dZ", static_cast<int>(within));
  return std::string(date.data(), length) + fraction.data();
}

}  // namespace rollcall
