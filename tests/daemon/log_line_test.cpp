#include "daemon/log_line.hpp"

#include <array>
#include <cstdint>
#include <doctest/doctest.h>
#include <limits>
#include <string>

namespace rollcall {
namespace {

constexpr std::int64_t kTime = 1'795'255'200'123;  // 2026-11-21T10:00:00.123Z

std::string json(std::string_view message, std::initializer_list<LogField> fields = {}) {
  return format_log_line(LogFormat::json, kTime, LogLevel::info, message,
                         {fields.begin(), fields.size()});
}

std::string text(std::string_view message, std::initializer_list<LogField> fields = {}) {
  return format_log_line(LogFormat::text, kTime, LogLevel::info, message,
                         {fields.begin(), fields.size()});
}

TEST_CASE("a JSON line has time, level, message and fields") {
  const std::string topic = "orders";
  CHECK(json("reading", {{"topic", topic},
                         {"partition", std::int32_t{3}},
                         {"records", std::uint64_t{18'446'744'073'709'551'615U}},
                         {"rate", 0.5},
                         {"idle", true}}) ==
        R"({"time":"2026-11-21T10:00:00.123Z","level":"info","message":"reading","topic":"orders",)"
        R"("partition":3,)"
        R"("records":18446744073709551615,"rate":0.5,"idle":true})");
}

TEST_CASE("a text line reads as a sentence with its fields behind it") {
  CHECK(
      text("reading began",
           {{"topic", "orders"}, {"path", "a b"}, {"empty", ""}, {"sum", "a=b"}}) ==
      R"(2026-11-21T10:00:00.123Z info reading began topic=orders path="a b" empty="" sum="a=b")");
}

TEST_CASE("whatever a text holds, a line stays one line and its quotes stay closed") {
  CHECK(json("a\n\"b\"\\\t\x01\x7f").find(R"("message":"a\n\"b\"\\\u0009\u0001\u007f")") !=
        std::string::npos);
  CHECK(text("a\nb \x1b[31m") == R"(2026-11-21T10:00:00.123Z info a\nb \u001b[31m)");
  CHECK(text("x", {{"k", "\n"}}).ends_with(R"(k="\n")"));
}

TEST_CASE("bytes that are no UTF-8 become the replacement character, others stay") {
  CHECK(json("\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80")
            .find("\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80") != std::string::npos);
  const std::array<std::string_view, 6> broken = {
      "\xff", "\xc3", "\xed\xa0\x80", "\xc0\xaf", "\xf5\x80\x80\x80", "\xe2\x82"};
  for (const auto bytes : broken) {
    const auto line = json(bytes);
    CHECK(line.find("\xEF\xBF\xBD") != std::string::npos);
    CHECK(line.find(bytes) == std::string::npos);
  }
}

TEST_CASE("numbers that JSON cannot say are null") {
  CHECK(json("x", {{"v", std::numeric_limits<double>::infinity()}}).ends_with("\"v\":null}"));
  CHECK(json("x", {{"v", std::numeric_limits<double>::quiet_NaN()}}).ends_with("\"v\":null}"));
}

TEST_CASE("times are RFC 3339 in UTC with milliseconds, also before 1970") {
  CHECK(rfc3339(0) == "1970-01-01T00:00:00.000Z");
  CHECK(rfc3339(-1) == "1969-12-31T23:59:59.999Z");
  CHECK(rfc3339(kTime) == "2026-11-21T10:00:00.123Z");
}

TEST_CASE("levels have names that are read back") {
  for (const auto level :
       {LogLevel::trace, LogLevel::debug, LogLevel::info, LogLevel::warning, LogLevel::error}) {
    CHECK(parse_log_level(to_string(level)) == level);
  }
  CHECK_FALSE(parse_log_level("loud"));
}

}  // namespace
}  // namespace rollcall
