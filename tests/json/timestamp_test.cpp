// Times and durations of events.
#include "connectors/json/timestamp.hpp"

#include <doctest/doctest.h>
#include <limits>

using namespace rollcall;

TEST_CASE("times are read as people and their programs write them") {
  using json::parse_timestamp;
  constexpr std::int64_t kSeven = 1795590000000;  // 2026-11-25T07:00:00Z
  for (const auto* text : {"2026-11-25T07:00:00Z",
                           "2026-11-25t07:00:00z",
                           "2026-11-25 07:00:00Z",
                           "2026-11-25 07:00:00 Z",
                           "2026-11-25T07:00:00+00:00",
                           "2026-11-25T07:00:00-00:00",
                           "2026-11-25T07:00:00+0000",
                           "2026-11-25T07:00:00+00",
                           "2026-11-25 07:00:00+00",
                           "2026-11-25 07:00:00 +0000",
                           "2026-11-25 07:00:00 UTC",
                           "2026-11-25 07:00:00 GMT",
                           "2026-11-25 07:00:00",
                           "2026-11-25T07:00:00",
                           "2026-11-25T07:00",
                           "2026-11-25 07:00Z",
                           "2026-11-25T08:00:00+01:00",
                           "2026-11-25T12:30:00+0530",
                           "2026-11-24T22:00:00-09",
                           "2026-11-25T08:00:00+01:00[Europe/Berlin]",
                           "2026-11-25T08:00:00+01[Europe/Berlin]",
                           "2026-11-25T07:00:00Z[UTC]",
                           "2026-11-25T07:00:00.0",
                           "2026-11-25 07:00:00.000000000+00",
                           "2026-11-25T07:00:00,000Z",
                           "1795590000000",
                           "1795590000000000",
                           "1795590000000999"}) {
    CAPTURE(text);
    CHECK(parse_timestamp(text) == kSeven);
  }
  CHECK(parse_timestamp("2026-11-25") == kSeven - 7 * 3'600'000);
  CHECK(parse_timestamp("1970-01-01T00:00:00Z") == 0);
  CHECK(parse_timestamp("1970-01-01") == 0);
  CHECK(parse_timestamp("2016-12-31T23:59:60Z") == 1483228800000);
  CHECK(parse_timestamp("2024-02-29T00:00:00Z") == 1709164800000);
  CHECK(parse_timestamp("9999-12-31T23:59:59.9999Z") == json::kTimestampMsMax);
}

TEST_CASE("a fraction of a second may have any length, what is below a millisecond is cut off") {
  using json::parse_timestamp;
  CHECK(parse_timestamp("1970-01-01T00:00:01.5Z") == 1500);
  CHECK(parse_timestamp("1970-01-01T00:00:01,5Z") == 1500);
  CHECK(parse_timestamp("1970-01-01T00:00:01.25") == 1250);
  CHECK(parse_timestamp("1970-01-01 00:00:01.123456+00") == 1123);
  CHECK(parse_timestamp("1970-01-01T00:00:01.9999999999999999999999Z") == 1999);
  CHECK(parse_timestamp("1970-01-01T01:00:01.007+01:00") == 1007);
}

TEST_CASE("a text that is no time, or one before 1970, is none") {
  using json::parse_timestamp;
  for (const auto* text : {"",
                           "2026",
                           "20261125",
                           "20261125070000",
                           "2026-11",
                           "2026-13-01T00:00:00Z",
                           "2026-02-29",
                           "2026-11-21T",
                           "2026-11-21T00",
                           "2026-11-21Z",
                           "2026-11-21+01:00",
                           "2026-11-21T24:00:00Z",
                           "2026-11-21T00:60:00Z",
                           "2026-11-21T00:00:61Z",
                           "2026-11-21T00:00:00.Z",
                           "2026-11-21T00:00:00+1:00",
                           "2026-11-21T00:00:00+01:",
                           "2026-11-21T00:00:00+01:0",
                           "2026-11-21T00:00:00+010",
                           "2026-11-21T00:00:00+01:60",
                           "2026-11-21T00:00:00+24:00",
                           "2026-11-21T00:00:00Zx",
                           "2026-11-21T00:00:00 ",
                           "2026-11-21T00:00:00 CET",
                           "2026-11-21T00:00:00[Europe/Berlin]",
                           "2026-11-21T00:00:00Z[UTC",
                           "2026-11-21T00:00:00Z[]x",
                           "1969-12-31T23:59:59Z",
                           "1970-01-01T00:00:00+01:00",
                           "+026-11-21T00:00:00Z",
                           "21.11.2026",
                           "11/21/2026",
                           " 2026-11-21",
                           "179559000000a",
                           "-795590000000",
                           "179559000000000"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_timestamp(text));
  }
}

TEST_CASE("a number is milliseconds since 1970, a larger one than there are is microseconds") {
  using json::timestamp_of;
  CHECK(timestamp_of(0) == 0);
  CHECK(timestamp_of(0.5) == 0);
  CHECK(timestamp_of(1795590000000) == 1795590000000);
  CHECK(timestamp_of(1795590000000.75) == 1795590000000);
  CHECK(timestamp_of(1795590000000123) == 1795590000000);
  CHECK(timestamp_of(1795590000000999.5) == 1795590000000);
  CHECK(timestamp_of(json::kTimestampMsMax) == json::kTimestampMsMax);
  CHECK(timestamp_of(json::kTimestampMsMax + 1) == 253'402'300'800);
  CHECK_FALSE(timestamp_of(-1));
  CHECK_FALSE(timestamp_of(-0.001));
  CHECK_FALSE(timestamp_of(253'402'300'800'000'000.0));
  CHECK_FALSE(timestamp_of(1.79559e18));  // nanoseconds
  CHECK_FALSE(timestamp_of(std::numeric_limits<double>::infinity()));
  CHECK_FALSE(timestamp_of(std::numeric_limits<double>::quiet_NaN()));
}

TEST_CASE("durations are whole numbers with units") {
  using json::parse_duration;
  using namespace std::chrono_literals;
  CHECK(parse_duration("30m") == 30min);
  CHECK(parse_duration("1h30m") == 90min);
  CHECK(parse_duration("250ms") == 250ms);
  CHECK(parse_duration("2d") == 48h);
  for (const auto* text :
       {"", "m", "30", "30 m", "-1s", "1.5h", "1w", "99999999999999999999s", "40000d"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_duration(text));
  }
}
