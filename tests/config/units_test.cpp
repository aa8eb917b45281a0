#include "config/units.hpp"

#include <doctest/doctest.h>

namespace rollcall {
namespace {

using namespace std::chrono_literals;

TEST_CASE("durations are whole numbers with units") {
  CHECK(parse_duration("200ms") == 200ms);
  CHECK(parse_duration("5m") == 5min);
  CHECK(parse_duration("1h30m") == 90min);
  CHECK(parse_duration("2d") == 48h);
  CHECK(parse_duration("0s") == 0ms);
  for (const auto* const bad :
       {"", "5", "s", "5 s", "1.5s", "-1s", "5S", "5sec", "1h30", "99999999999999999999ms",
        "9223372036854775807s", "9223372036854775807ms1ms"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_duration(bad));
  }
}

TEST_CASE("sizes are whole numbers with one unit, binary or decimal") {
  CHECK(parse_bytes("64MiB") == mebibytes(64));
  CHECK(parse_bytes("10MB") == Bytes{10'000'000});
  CHECK(parse_bytes("512B") == Bytes{512});
  CHECK(parse_bytes("0B") == Bytes{0});
  for (const auto* const bad :
       {"", "5", "MiB", "5 MiB", "1.5MiB", "-1B", "5mib", "5M", "1MiB1B", "16777216TiB"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_bytes(bad));
  }
}

TEST_CASE("what is shown parses to the same value") {
  for (const auto duration : {0ms, 1ms, 1500ms, 75'000ms, 5'400'000ms, 86'400'000ms}) {
    CHECK(parse_duration(to_text(duration)) == duration);
  }
  for (const std::uint64_t count : {0ULL, 1ULL, 1000ULL, 1024ULL, 1ULL << 40U}) {
    CHECK(parse_bytes(to_text(Bytes{count})) == Bytes{count});
  }
  CHECK(to_text(75s) == "75s");
  CHECK(to_text(90min) == "90m");
  CHECK(to_text(1500ms) == "1500ms");
  CHECK(to_text(mebibytes(256)) == "256MiB");
}

}  // namespace
}  // namespace rollcall
