#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace rollcall {

// WARN: recovered alone. ERROR: a person must act.
enum class LogLevel : std::uint8_t { trace, debug, info, warning, error };
[[nodiscard]] std::string_view to_string(LogLevel level);
[[nodiscard]] std::optional<LogLevel> parse_log_level(std::string_view name);

enum class LogFormat : std::uint8_t { json, text };

// One named value of a log line. Borrows its texts, which live as long as the call that logs. Never
// a secret, never a payload.
struct LogField {
  using Value = std::variant<std::string_view, std::int64_t, std::uint64_t, double, bool>;

  LogField(std::string_view name_of_value, std::string_view text)
      : name(name_of_value), value(text) {}
  LogField(std::string_view name_of_value, const char* text)
      : name(name_of_value), value(std::string_view(text)) {}
  LogField(std::string_view name_of_value, const std::string& text)
      : name(name_of_value), value(std::string_view(text)) {}
  LogField(std::string_view name_of_value, std::same_as<bool> auto truth)
      : name(name_of_value), value(truth) {}
  LogField(std::string_view name_of_value, std::floating_point auto number)
      : name(name_of_value), value(static_cast<double>(number)) {}
  LogField(std::string_view name_of_value, std::signed_integral auto number)
      : name(name_of_value), value(static_cast<std::int64_t>(number)) {}
  template <std::unsigned_integral T>
  requires(!std::same_as<T, bool>) LogField(std::string_view name_of_value, T number)
      : name(name_of_value), value(static_cast<std::uint64_t>(number)) {}

  std::string_view name;
  Value value;
};

// One line without its end. Whatever the texts hold, it stays one line: control characters are
// escaped and bytes that are no UTF-8 become U+FFFD.
[[nodiscard]] std::string format_log_line(LogFormat format, std::int64_t time_ms, LogLevel level,
                                          std::string_view message,
                                          std::span<const LogField> fields);

// "2026-11-21T10:00:00.123Z"
[[nodiscard]] std::string rfc3339(std::int64_t time_ms);

}  // namespace rollcall
