// CSV as RFC 4180 has it, and the ways in which files differ from it.
#include <doctest/doctest.h>
#include <string>
#include <vector>

#include "tests/files/collected.hpp"

namespace rollcall::files::test {
namespace {

using Texts = std::vector<std::string>;

ReaderOptions orders() {
  ReaderOptions options;
  options.format = Format::csv;
  options.mapping.batch = "orders";
  options.mapping.side = "expected";
  return options;
}

// Every way of cutting the file must give what the whole gives.
Collected read(const ReaderOptions& options, const std::string& bytes) {
  auto whole = read_whole(options, bytes);
  for (const std::size_t piece : {1U, 2U, 3U, 5U, 7U}) {
    CAPTURE(piece);
    CHECK(is_same(whole, read_whole(options, bytes, piece)));
  }
  return whole;
}

Texts ids(const std::string& bytes) {
  Texts found;
  for (const auto& record : read(orders(), bytes).records) {
    const auto begin = record.find("\"id\":") + 5;
    found.push_back(record.substr(begin, record.find(",\"side\"") - begin));
  }
  return found;
}

TEST_CASE("a row becomes an event, its columns found by the header's names") {
  const auto read_rows = read(orders(), "name,record_id\nA,17\nB,x-2\n");
  CHECK(read_rows.failure.empty());
  CHECK(read_rows.records == Texts{R"(2 {"batch":"orders","id":"17","side":"expected"})",
                                   R"(3 {"batch":"orders","id":"x-2","side":"expected"})"});
}

TEST_CASE("quotes hold commas, quotes and line ends") {
  CHECK(ids("id\n\"a,b\"\n\"say \"\"hi\"\"\"\n\"two\r\nlines\"\n\"\"\"\"\n") ==
        Texts{R"("a,b")", R"("say \"hi\"")", R"("two\r\nlines")", R"("\"")"});
}

TEST_CASE("lines may end with CRLF, and the last one with nothing") {
  CHECK(ids("id,x\r\n1,a\r\n2,b") == Texts{"\"1\"", "\"2\""});
  CHECK(ids("id,x\n1,a\n2,b\n") == Texts{"\"1\"", "\"2\""});
}

TEST_CASE("a byte order mark is no part of the first column's name") {
  CHECK(ids("\xEF\xBB\xBFid\n1\n") == Texts{"\"1\""});
  // What only begins like one is text, here a wrong one.
  CHECK(read(orders(), "\xEF\xBBid\n1\n").failure == "line 1: a name is not UTF-8");
}

TEST_CASE("empty lines are no records, and spaces belong to a field") {
  CHECK(ids("id\n\n1\n\n\n 2 \n") == Texts{"\"1\"", "\" 2 \""});
}

TEST_CASE("the line of a row is where it begins") {
  const auto read_rows = read(orders(), "id,note\n1,\"a\nb\nc\"\n,x\n\n,y\n");
  CHECK(read_rows.records.size() == 1);
  CHECK(read_rows.refusals == Texts{"5 id: empty", "7 id: empty"});
}

TEST_CASE("a record that cannot be used is refused with line and field, and reading goes on") {
  const auto long_id = std::string(513, 'x');
  const auto read_rows =
      read(orders(), "id,note\n1,a\n2\n3,b,c\n,d\n4,\xFF\n" + long_id + ",e\n5,f\n");
  CHECK(read_rows.failure.empty());
  CHECK(read_rows.records.size() == 2);
  CHECK(read_rows.refusals == Texts{"3 : 1 fields, where the header has 2",
                                    "4 : 3 fields, where the header has 2", "5 id: empty",
                                    "6 note: not UTF-8", "7 id: longer than 512 bytes"});
}

TEST_CASE("a misplaced quote ends the reading, as the next row cannot be known") {
  CHECK(read(orders(), "id,n\n1,a\n2,b\"c\n").failure ==
        "line 3: field 2: a quote that does not stand around a whole field");
  CHECK(read(orders(), "id\n\"1\"x\n").failure ==
        "line 2: field 1: a quote that does not stand around a whole field");
  const auto open = read(orders(), "id\n1\n\"2\n3\n");
  CHECK(open.failure == "line 3: a quote is opened in this row and never closed");
  CHECK(open.records.size() == 1);
}

TEST_CASE("a quote that is never closed does not swallow a large file") {
  const auto read_rows = read_whole(orders(), "id\n1\n\"" + std::string(3'000'000, 'x'), 65'536);
  CHECK(read_rows.failure ==
        "line 3: a row of more than 1 MiB begins here; is a quote not closed?");
}

TEST_CASE("a column that is needed and not there is named, with those that are") {
  CHECK(read(orders(), "number,name\n1,a\n").failure ==
        "line 1: there is no column \"record_id\"; the header has \"number\" \"name\"");
  auto options = orders();
  options.mapping.id_column = "key";
  CHECK(read(options, "id\n1\n").failure ==
        "line 1: there is no column \"key\"; the header has \"id\"");
  options = orders();
  options.mapping.side.clear();
  CHECK(read(options, "id\n1\n").failure ==
        "line 1: there is no column \"side\"; the header has \"id\"");
  options = orders();
  options.mapping.batch.clear();
  CHECK(read(options, "id\n1\n").failure ==
        "line 1: there is no column \"batch\"; the header has \"id\"");
  options = orders();
  options.mapping.metadata_columns = {"name"};
  CHECK(read(options, "id\n1\n").failure ==
        "line 1: there is no column \"name\"; the header has \"id\"");
  CHECK(read(orders(), "id,id\n1,2\n").failure == "line 1: two columns are called \"id\"");
  CHECK(read(orders(), "").failure == "line 1: there is no header");
}

TEST_CASE("the side may stand in a column, unless it is given for the whole file") {
  auto options = orders();
  const std::string file = "record_id,status\n1,expected\n2,processed\n3,\n";
  CHECK(read(options, file).records.at(1) == R"(3 {"batch":"orders","id":"2","side":"expected"})");
  options.mapping.side.clear();
  const auto by_column = read(options, file);
  CHECK(by_column.records.at(1) == R"(3 {"batch":"orders","id":"2","side":"processed"})");
  CHECK(by_column.refusals == Texts{"4 status: empty"});
}

TEST_CASE("metadata goes along as attributes, empty ones left out") {
  auto options = orders();
  CHECK(
      read(options, "id,record_metadata\n1,Order 1\n2,\n").records ==
      Texts{
          R"(2 {"batch":"orders","id":"1","side":"expected","attrs":{"record_metadata":"Order 1"}})",
          R"(3 {"batch":"orders","id":"2","side":"expected"})"});
  options.mapping.metadata_columns = {"b", "a"};
  CHECK(read(options, "id,a,b\n1,x,\"y\"\"\"\n").records ==
        Texts{R"(2 {"batch":"orders","id":"1","side":"expected","attrs":{"b":"y\"","a":"x"}})"});
}

TEST_CASE("fields may be parted by another character") {
  auto options = orders();
  options.delimiter = ';';
  CHECK(read(options, "id;n\n1,5;a\n").records ==
        Texts{R"(2 {"batch":"orders","id":"1,5","side":"expected"})"});
}

}  // namespace
}  // namespace rollcall::files::test
