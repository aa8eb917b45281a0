// Times and durations of events.
#include "connectors/json/timestamp.hpp"

#include <doctest/doctest.h>
#include <string>
#include <vector>

using namespace rollcall;

TEST_CASE("RFC 3339 times are milliseconds since 1970") {
  using json::parse_timestamp;
  CHECK(parse_timestamp("1970-01-01T00:00:00Z") == 0);
  CHECK(parse_timestamp("2026-11-21T09:30:00.25+01:00") == 1795249800250);
  CHECK(parse_timestamp("2026-11-21t08:30:00.2509z") == 1795249800250);
  CHECK(parse_timestamp("2026-11-21 08:30:00-00:00") == 1795249800000);
  CHECK(parse_timestamp("2016-12-31T23:59:60Z") == 1483228800000);
  CHECK(parse_timestamp("2024-02-29T00:00:00Z") == 1709164800000);
  for (const auto* text :
       {"", "2026", "2026-13-01T00:00:00Z", "2026-11-21T24:00:00Z", "2026-11-21T00:60:00Z",
        "2026-11-21T00:00:61Z", "2026-11-21T00:00:00.Z", "2026-11-21T00:00:00+1:00",
        "2026-11-21T00:00:00Zx", "1969-12-31T23:59:59Z", "+026-11-21T00:00:00Z"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_timestamp(text));
  }
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
