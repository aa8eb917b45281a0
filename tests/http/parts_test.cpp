#include <boost/json.hpp>
#include <doctest/doctest.h>
#include <limits>
#include <random>

#include "connectors/http/cursor.hpp"
#include "connectors/http/etag.hpp"
#include "connectors/http/json_writer.hpp"
#include "connectors/http/media_type.hpp"
#include "connectors/http/percent.hpp"
#include "connectors/http/query.hpp"
#include "connectors/http/timestamp.hpp"

namespace rollcall::http {
namespace {

std::string json_of(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

std::string json_of_id(const OwnedRecordId& id) {
  std::string out;
  append_json_id(out, id);
  return out;
}

std::string percentage(std::uint64_t matched, std::uint64_t expected) {
  std::string out;
  append_percentage(out, matched, expected);
  return out;
}

std::string rfc3339(std::int64_t unix_ms) {
  std::string out;
  append_rfc3339(out, unix_ms);
  return out;
}

TEST_CASE("text becomes valid JSON whatever its bytes") {
  CHECK(json_of("plain") == R"("plain")");
  CHECK(json_of("a\"b\\c\n\x01") == R"("a\"b\\c\n\u0001")");
  CHECK(json_of("gr\xC3\xBC\xC3\x9F") == "\"gr\xC3\xBC\xC3\x9F\"");
  CHECK(json_of("\xF0\x9F\x98\x80") == "\"\xF0\x9F\x98\x80\"");
  CHECK(json_of("\xC3") == "\"\xEF\xBF\xBD\"");
  CHECK(json_of("\xC0\xAF") == "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");          // overlong
  CHECK(json_of("\xED\xA0\x80").find('\xED') == std::string::npos);      // a surrogate
  CHECK(json_of("\xF4\x90\x80\x80").find('\xF4') == std::string::npos);  // beyond U+10FFFF

  std::mt19937 random{20261121};
  std::uniform_int_distribution<int> byte{0, 255};
  for (int round = 0; round < 2000; ++round) {
    std::string text(static_cast<std::size_t>(round % 24), ' ');
    for (char& c : text) c = static_cast<char>(byte(random));
    CHECK_NOTHROW(static_cast<void>(boost::json::parse(json_of(text))));
  }
}

TEST_CASE("an id is a number as long as every client reads it exactly") {
  CHECK(json_of_id(std::uint64_t{0}) == "0");
  CHECK(json_of_id(std::uint64_t{9007199254740991}) == "9007199254740991");
  CHECK(json_of_id(std::uint64_t{9007199254740992}) == "\"9007199254740992\"");
  CHECK(json_of_id(std::numeric_limits<std::uint64_t>::max()) == "\"18446744073709551615\"");
  CHECK(json_of_id(std::string{"017"}) == "\"017\"");
}

TEST_CASE("a percentage is rounded down, so 100 means all") {
  CHECK(percentage(3, 5) == "60.0");
  CHECK(percentage(0, 0) == "0.0");
  CHECK(percentage(0, 7) == "0.0");
  CHECK(percentage(7, 7) == "100.0");
  CHECK(percentage(1, 3) == "33.333333");
  CHECK(percentage(1, 8) == "12.5");
  CHECK(percentage(1, 10000000000) == "0.0");
  CHECK(percentage(9999999999, 10000000000) == "99.999999");
  const auto huge = std::numeric_limits<std::uint64_t>::max();
  CHECK(percentage(huge - 1, huge) == "99.999999");
  CHECK(percentage(huge, huge) == "100.0");
}

TEST_CASE("times are RFC 3339 in UTC with milliseconds") {
  CHECK(rfc3339(0) == "1970-01-01T00:00:00.000Z");
  CHECK(rfc3339(1'795'255'208'123) == "2026-11-21T10:00:08.123Z");
  CHECK(rfc3339(951'782'400'000) == "2000-02-29T00:00:00.000Z");
  CHECK(rfc3339(-1) == "1969-12-31T23:59:59.999Z");
  CHECK(rfc3339(std::numeric_limits<std::int64_t>::max()) == "9999-12-31T23:59:59.999Z");
  CHECK(rfc3339(std::numeric_limits<std::int64_t>::min()) == "0000-01-01T00:00:00.000Z");
  CHECK(http_date(1'795'255'208'123) == "Sat, 21 Nov 2026 10:00:08 GMT");
}

TEST_CASE("percent-encoding is undone strictly") {
  CHECK(percent_decode("a%2Fb", PlusSign::is_itself) == "a/b");
  CHECK(percent_decode("a+b", PlusSign::is_itself) == "a+b");
  CHECK(percent_decode("a+b", PlusSign::is_space) == "a b");
  CHECK(percent_decode("%e2%82%AC", PlusSign::is_itself) == "\xE2\x82\xAC");
  CHECK_FALSE(percent_decode("%", PlusSign::is_itself));
  CHECK_FALSE(percent_decode("%2", PlusSign::is_itself));
  CHECK_FALSE(percent_decode("%2g", PlusSign::is_itself));
  CHECK(percent_encode("a/b c%") == "a%2Fb%20c%25");
}

TEST_CASE("a cursor brings back the id it was made of, in its own list only") {
  const std::vector<OwnedRecordId> ids{
      std::uint64_t{0},   std::uint64_t{17},         std::numeric_limits<std::uint64_t>::max(),
      std::string{"017"}, std::string("\0\xFF/", 3), std::string(512, 'x')};
  for (const OwnedRecordId& id : ids) {
    const std::string text = encode_cursor(CursorKind::missing, id);
    CHECK(text.find_first_not_of(
              "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
          std::string::npos);
    CHECK(decode_cursor(CursorKind::missing, text) == id);
    CHECK_FALSE(decode_cursor(CursorKind::unexpected, text));
    CHECK(decode_cursor(CursorKind::missing, text + "A") != id);
    CHECK_FALSE(decode_cursor(CursorKind::missing, text.substr(0, 2)));
  }
}

TEST_CASE("what is no cursor is refused") {
  for (const std::string_view text :
       {"", "!", "AAAA", "bQ", "bWk", "bWkwMTc", "bWkxOA==", "bWl4"}) {
    CAPTURE(text);
    CHECK_FALSE(decode_cursor(CursorKind::missing, text));
  }
  CHECK_FALSE(decode_cursor(CursorKind::missing,
                            encode_cursor(CursorKind::missing, std::string(513, 'x'))));
  CHECK_FALSE(decode_cursor(CursorKind::missing, std::string(100'000, 'A')));
  CHECK_FALSE(decode_number_cursor(CursorKind::batches,
                                   encode_cursor(CursorKind::batches, std::string{"x"})));
  CHECK_FALSE(decode_number_cursor(CursorKind::batches,
                                   encode_cursor(CursorKind::batches, std::uint64_t{1} << 63U)));
  CHECK(decode_number_cursor(CursorKind::batches,
                             encode_cursor(CursorKind::batches, std::uint64_t{5})) == 5);
}

constexpr std::array kAll{Format::json, Format::ndjson, Format::csv, Format::text};

TEST_CASE("Accept is weighed by its closest range") {
  CHECK(quality_of("", "text/csv") == 1000);
  CHECK(quality_of("text/*;q=0.3, text/csv;q=0.7, */*;q=0.1", "text/csv") == 700);
  CHECK(quality_of("text/*;q=0.3, text/csv;q=0.7, */*;q=0.1", "text/plain") == 300);
  CHECK(quality_of("text/*;q=0.3, text/csv;q=0.7, */*;q=0.1", "application/json") == 100);
  CHECK(quality_of("TEXT/CSV; charset=utf-8 ; Q=0.25", "text/csv") == 250);
  CHECK(quality_of("application/json;q=0", "application/json") == 0);
  CHECK(quality_of("image/png", "application/json") == 0);
  CHECK(negotiate("", kAll) == Format::json);
  CHECK(negotiate("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", kAll) ==
        Format::json);
  CHECK(negotiate("application/x-ndjson", kAll) == Format::ndjson);
  CHECK(negotiate("application/json;q=0.5, text/csv", kAll) == Format::csv);
  CHECK_FALSE(negotiate("image/png", kAll));
}

TEST_CASE("an Accept that is no list of media ranges takes anything") {
  for (const char* accept :
       {"text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", "*", "q=.2", "image/png;q=.2",
        "image/png;q=", "image/png;q=nonsense", "image/png;q=1.001", "image", "image/", "/png",
        "*/png", "im age/png", "image/png/x", "image/png,;", "image/png;q=0.1234"}) {
    CAPTURE(accept);
    CHECK(quality_of(accept, "application/json") == 1000);
    CHECK(negotiate(accept, kAll) == Format::json);
  }
  for (const char* accept : {"image/png", "image/png,,image/gif;q=0.123 , ,", "image/*;q=1.",
                             "image/svg+xml; charset=utf-8;q=1"}) {
    CAPTURE(accept);
    CHECK(quality_of(accept, "application/json") == 0);
    CHECK_FALSE(negotiate(accept, kAll));
  }
}

TEST_CASE("a body is compressed only for those who say they take it") {
  CHECK(accepts_coding("gzip", "gzip"));
  CHECK(accepts_coding("br, GZIP;q=0.5", "gzip"));
  CHECK(accepts_coding("*", "gzip"));
  CHECK_FALSE(accepts_coding("", "gzip"));
  CHECK_FALSE(accepts_coding(" ", "gzip"));
  CHECK_FALSE(accepts_coding("br", "gzip"));
  CHECK_FALSE(accepts_coding("gzip;q=0, *", "gzip"));
  CHECK_FALSE(accepts_coding("identity", "gzip"));
}

TEST_CASE("tags are compared weakly and in lists") {
  const Verdict verdict;
  const std::string tag = make_etag({3, 17, 0, &verdict, {}, 5});
  CHECK(tag == "W/\"3.5.17.f\"");
  CHECK(etag_matches("\"3.5.17.f\"", tag));
  CHECK(etag_matches("\"x\" , W/\"3.5.17.f\"", tag));
  CHECK(etag_matches("*", tag));
  CHECK_FALSE(etag_matches("\"3.5.18.f\"", tag));
  CHECK_FALSE(etag_matches("", tag));
  CHECK(make_etag({4, 17, 0, &verdict, {}, 5}) != tag);
  CHECK(make_etag({3, 17, 9, &verdict, {}, 5}) != tag);
  CHECK(make_etag({3, 17, 0, &verdict, "csv", 5}) != tag);
  CHECK(make_etag({3, 17, 0, &verdict, {}, 6}) != tag);  // made anew under the same name
  const Verdict doubtful{Confidence::provisional, {"quarantine"}};
  CHECK(make_etag({3, 17, 0, &doubtful, {}, 5}) != tag);
}

TEST_CASE("a query tells everything that is wrong with it") {
  QueryReader good{"limit=5&q=a%20b+c&&flag"};
  CHECK(good.integer("limit", 1, 1, 10) == 5);
  CHECK(good.text("q") == "a b c");
  CHECK(good.text("flag") == "");
  CHECK_FALSE(good.text("absent"));
  CHECK_FALSE(good.problem());

  QueryReader unknown{"limt=5&limit=5&limit=6&x=%zz"};
  static_cast<void>(unknown.integer("limit", 1, 1, 10));
  const auto bad = unknown.problem();
  REQUIRE(bad);
  CHECK(bad->status == 400);
  REQUIRE(bad->errors.size() == 3);
  CHECK(bad->errors[2].pointer == "/query/limt");

  QueryReader outside{"limit=11&state=ajar"};
  static_cast<void>(outside.integer("limit", 1, 1, 10));
  static_cast<void>(outside.word("state", {"open", "closed"}));
  const auto range = outside.problem();
  REQUIRE(range);
  CHECK(range->status == 422);
  CHECK(range->errors.size() == 2);
  CHECK(range->errors[1].message == "must be one of: open closed");
  for (const std::string_view value : {"0", "-1", "1e3", "", "007", "99999999999999999999999"}) {
    QueryReader reader{std::string{"limit="}.append(value)};
    CHECK(reader.integer("limit", 3, 1, 10) == 3);
    CHECK(reader.problem());
  }
}

}  // namespace
}  // namespace rollcall::http
