// The samples of data/ are what its README says, in both forms.
#include <algorithm>
#include <doctest/doctest.h>
#include <fstream>
#include <iterator>
#include <string>

#include "connectors/json/json_syntax.hpp"
#include "tests/files/collected.hpp"

namespace rollcall::files::test {
namespace {

std::string sample(const std::string& name) {
  std::ifstream file(std::string{ROLLCALL_SOURCE_DIR} + "/data/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Collected read(const std::string& name, Format format, const std::string& id_column = "",
               const std::string& side_column = "") {
  ReaderOptions options;
  options.format = format;
  options.mapping.batch = "b";
  options.mapping.id_column = id_column;
  options.mapping.side_column = side_column;
  return read_whole(options, sample(name));
}

std::ptrdiff_t count(const Collected& collected, const std::string& part) {
  return std::count_if(collected.records.begin(), collected.records.end(),
                       [&](const auto& record) { return record.find(part) != record.npos; });
}

TEST_CASE("of ten orders seven are processed") {
  for (const auto& orders : {read("orders.csv", Format::csv), read("orders.json", Format::json)}) {
    CHECK(orders.failure.empty());
    CHECK(orders.refusals.empty());
    CHECK(count(orders, R"("side":"expected")") == 10);
    CHECK(count(orders, R"("side":"processed")") == 7);
    CHECK(count(orders, "10001") == 2);
    CHECK(count(orders, "10003") == 1);
  }
}

TEST_CASE("three systems have four customers each, and none is in all three") {
  const auto customers = read("customers.csv", Format::csv, "customer_id", "source");
  CHECK(customers.records.size() == 12);
  CHECK(customers.refusals.empty());
  for (const auto* const source : {"salesforce", "hubspot", "internal"})
    CHECK(count(customers, std::string{R"("side":")"} + source + '"') == 4);
  CHECK(count(customers, R"("id":"103")") == 2);  // of two systems; of all three none
  CHECK(json::check_syntax(sample("customers.json")) == json::Syntax::valid);
}

}  // namespace
}  // namespace rollcall::files::test
