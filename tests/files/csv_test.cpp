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
  CHECK(read(orders(), "\xEF\xBBid\n1\n").failure ==
        "line 1: there is no column \"record_id\"; the header has one that is not UTF-8");
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
      read(orders(), "id,note\n1,a\n2\n3,b,c\n,d\n\xFF,x\n" + long_id + ",e\n5,f\n");
  CHECK(read_rows.failure.empty());
  CHECK(read_rows.records.size() == 2);
  CHECK(read_rows.refusals == Texts{"3 : 1 fields, where the header has 2",
                                    "4 : 3 fields, where the header has 2", "5 id: empty",
                                    "6 id: not UTF-8", "7 id: longer than 512 bytes"});
}

TEST_CASE("a quote inside a cell is a letter, and one that cannot be understood costs its row") {
  const auto inside =
      read(orders(), "id,n\n1,TV 27\" wide\n2,\"a \"\"b\"\"\"\n3,say \"\"x\"\",\n4\",y\n");
  CHECK(inside.failure.empty());
  CHECK(inside.refusals == Texts{"4 : 3 fields, where the header has 2"});
  CHECK(inside.records.size() == 3);
  CHECK(inside.records.back() == R"(5 {"batch":"orders","id":"4\"","side":"expected"})");
  const auto behind = read(orders(), "id,n\n\"1\"x,a\n2,\"b\" \n3,c\n");
  CHECK(behind.failure.empty());
  CHECK(behind.refusals == Texts{"2 : field 1: a quote that does not stand around a whole field",
                                 "3 : field 2: a quote that does not stand around a whole field"});
  CHECK(behind.records == Texts{R"(4 {"batch":"orders","id":"3","side":"expected"})"});
}

TEST_CASE("a quote that is never closed costs its own line and none of those behind it") {
  const auto at_end = read(orders(), "id\n1\n\"2\n3\n");
  CHECK(at_end.refusals == Texts{"3 : a quote is opened in this row and never closed"});
  CHECK(at_end.records.size() == 2);
  CHECK(read(orders(), "id\n1\n\"2").refusals ==
        Texts{"3 : a quote is opened in this row and never closed"});
  // Where the next quote would close it, what stands behind that one tells.
  const auto closed = read(orders(), "id,n\n1,\"a\n2,b\n3,\"c\"\n4,\"d\ne\"\n5,f\n");
  CHECK(closed.failure.empty());
  CHECK(closed.refusals == Texts{"2 : field 2: a quote that does not stand around a whole field"});
  CHECK(closed.records.size() == 4);
  CHECK(closed.records.back() == R"(7 {"batch":"orders","id":"5","side":"expected"})");
  // More than a megabyte behind it.
  std::string many = "id\n\"1\n";
  for (int row = 0; row < 300'000; ++row) many += "12345\n";
  const auto long_one = read_whole(orders(), many, 65'536);
  CHECK(long_one.refusals ==
        Texts{"2 : a row of more than 1 MiB begins here; is a quote not closed?"});
  CHECK(long_one.records.size() == 300'000);
}

TEST_CASE("a line of more than a megabyte ends the reading") {
  const auto read_rows = read_whole(orders(), "id\n1\n\"" + std::string(3'000'000, 'x'), 65'536);
  CHECK(read_rows.failure == "line 3: longer than 1 MiB; is this a CSV file?");
  CHECK(read_rows.records.size() == 1);
}

TEST_CASE("a header whose quotes cannot be understood is said") {
  CHECK(read(orders(), "\"id\"x,n\n1,a\n").failure ==
        "line 1: field 1: a quote that does not stand around a whole field");
}

TEST_CASE("rows may end with a carriage return alone") {
  CHECK(ids("id,x\r1,a\r2,b\"c\r3,d") == Texts{"\"1\"", "\"2\"", "\"3\""});
}

TEST_CASE("the names of columns are found in any case and with space around them") {
  auto options = orders();
  options.mapping.side.clear();
  for (const auto* header :
       {"ID,Status", "id ,status ", " Record_ID,\tSIDE", "\"Id\",\"Status\""}) {
    CAPTURE(header);
    CHECK(read(options, std::string{header} + "\n1,expected\n").records ==
          Texts{R"(2 {"batch":"orders","id":"1","side":"expected"})"});
  }
  options.mapping.id_column = "order no";
  options.mapping.metadata_columns = {"Note"};
  CHECK(read(options, " Order No ,Status, note\n1,expected,x\n").records ==
        Texts{R"(2 {"batch":"orders","id":"1","side":"expected","attrs":{"note":"x"}})"});
  // The one that is spelled as it was asked for; of several others none.
  CHECK(read(orders(), "ID,id\n1,2\n").records.at(0).find(R"("id":"2")") != std::string::npos);
  CHECK(read(orders(), "ID,Id\n1,2\n").failure == "line 1: two columns are called \"ID\"");
}

TEST_CASE("what stands in a column that no event is made of costs nothing") {
  CHECK(read(orders(),
             "id,Gr\xF6\xDF"
             "e,x,x,\n1,\xFC,a,b,\n")
            .records == Texts{R"(2 {"batch":"orders","id":"1","side":"expected"})"});
  auto options = orders();
  options.mapping.metadata_columns = {"n"};
  CHECK(read(options, "id,n\n1,\xFC\n").refusals == Texts{"2 n: not UTF-8"});
}

TEST_CASE("rows without a single cell are none") {
  CHECK(ids("id,x,y\n,,\n1,a,b\n , ,\t\n,\n") == Texts{"\"1\""});
  CHECK(ids(",,\nid,x,y\n1,a,b\n") == Texts{"\"1\""});
}

TEST_CASE("a side that every batch has is found in any case") {
  auto options = orders();
  options.mapping.side.clear();
  const auto read_rows = read(options, "id,status\n1,Expected\n2, PROCESSED \n3,Shipped\n");
  CHECK(read_rows.records == Texts{R"(2 {"batch":"orders","id":"1","side":"expected"})",
                                   R"(3 {"batch":"orders","id":"2","side":"processed"})",
                                   R"(4 {"batch":"orders","id":"3","side":"Shipped"})"});
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
  options.delimiter = '#';
  CHECK(read(options, "id#n\n1;5#a\n").records ==
        Texts{R"(2 {"batch":"orders","id":"1;5","side":"expected"})"});
}

TEST_CASE("what parts the fields is told from the header") {
  for (const std::string parted : {",", ";", "\t", "|"}) {
    CAPTURE(parted);
    const std::string text = "id" + parted + "n\n1" + parted + "a\n";
    for (const std::string begin : {"", "\n\r\n", "\xEF\xBB\xBF"})
      CHECK(ids(begin + text) == Texts{"\"1\""});
  }
  CHECK(ids("id;\"last, first, second\";n\n1;a;b\n") == Texts{"\"1\""});
  CHECK(ids("id\n1;5\n") == Texts{"\"1;5\""});
  CHECK(ids("id,n\n1;5,a\n") == Texts{"\"1;5\""});
  // As spreadsheets say it.
  CHECK(ids("sep=;\r\nid;n\r\n1,5;a\r\n") == Texts{"\"1,5\""});
  CHECK(ids("\xEF\xBB\xBFsep=\t\nid\tn,m\n1\ta\n") == Texts{"\"1\""});
  CHECK(read(orders(), "").failure == "line 1: there is no header");
}

}  // namespace
}  // namespace rollcall::files::test
