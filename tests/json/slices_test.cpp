#include "connectors/json/slices.hpp"

#include <doctest/doctest.h>

namespace rollcall::json {
namespace {

TEST_CASE("the members of an object keep their spelling") {
  const auto members =
      members_of(R"( { "a" : 1.50, "b\"c":"x,}\"" ,"d":{"e":[1,"]"]},"f":null } )");
  REQUIRE(members.size() == 4);
  CHECK(members[0].key == "a");
  CHECK(members[0].value == "1.50");
  CHECK(members[1].key == R"(b\"c)");
  CHECK(members[1].value == R"("x,}\"")");
  CHECK(members[2].value == R"({"e":[1,"]"]})");
  CHECK(members[3].value == "null");
  CHECK(members_of("{}").empty());
  CHECK(members_of(" { } ").empty());
}

TEST_CASE("the elements of an array keep their spelling") {
  const auto elements = elements_of(R"([1, "a", [2,[3]], {"b":"]"},true])");
  REQUIRE(elements.size() == 5);
  CHECK(elements[1] == "\"a\"");
  CHECK(elements[2] == "[2,[3]]");
  CHECK(elements[3] == R"({"b":"]"})");
  CHECK(elements[4] == "true");
  CHECK(elements_of("[ ]").empty());
}

TEST_CASE("a member is found by its key, the first of several") {
  CHECK(member_of(R"({"a":1,"b":2,"b":3})", "b") == "2");
  CHECK(member_of(R"({"a":{"b":2}})", "b").empty());
}

TEST_CASE("what is no object or array, or ends early, gives what there is") {
  CHECK(members_of("17").empty());
  CHECK(elements_of("").empty());
  CHECK(members_of(R"({"a)").empty());
  CHECK(members_of(R"({"a":"x\)").size() == 1);
  CHECK(elements_of(R"([1,"\)").size() == 2);
}

TEST_CASE("what is shown of a long value ends with a whole letter") {
  CHECK(shortened("\"short\"") == "\"short\"");
  CHECK(shortened(std::string(80, 'x')) == std::string(80, 'x'));
  CHECK(shortened(std::string(81, 'x')) == std::string(80, 'x') + "...");
  CHECK(shortened(std::string(79, 'x') + "üü") == std::string(79, 'x') + "...");
  CHECK(shortened(std::string(200, '\x80')) == "...");
}

TEST_CASE("only white space around a text is cut off") {
  CHECK(trimmed(" \t\r\n a b \n") == "a b");
  CHECK(trimmed(" \n").empty());
}

}  // namespace
}  // namespace rollcall::json
