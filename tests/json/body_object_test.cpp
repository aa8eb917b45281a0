// Fields of a small body by name, and everything that is wrong with them.
#include "connectors/json/body_object.hpp"

#include <doctest/doctest.h>
#include <string>

using namespace rollcall;
using json::BodyObject;
using Syntax = json::BodyObject::Syntax;

namespace {

Syntax syntax_of(std::string_view text) { return BodyObject{text}.syntax(); }

std::string pointers_of(BodyObject& body) {
  std::string text;
  for (const auto& error : body.errors().first()) text += error.pointer + ' ';
  return text;
}

TEST_CASE("one JSON object and nothing else is a small body") {
  for (const char* text : {"{}", " {} \r\n", R"({"a":{"b":[null,{}]}})", R"({"a":1,"a":2})"})
    CHECK(syntax_of(text) == Syntax::object);
  for (const char* text : {"[]", "17", "null", "\"{}\""})
    CHECK(syntax_of(text) == Syntax::not_an_object);
  for (const char* text : {"", " ", "{", "{}{}", "{} x", "{\"a\":1,}", "{\"a\":01}",
                           "{\"a\":\"\xff\"}", R"({"a":"\ud800"})", "{'a':1}"}) {
    CAPTURE(text);
    CHECK(syntax_of(text) == Syntax::malformed);
  }
  for (const char* text : {R"({"a":18446744073709551616})", R"({"a":-9223372036854775809})",
                           R"({"a":1e400})", "[1e400]"}) {
    CAPTURE(text);
    CHECK(syntax_of(text) == Syntax::unsupported);
  }
  CHECK(syntax_of("{\"a\":1e400,\"b\":\"\xff\"}") == Syntax::malformed);
  const std::string deep = R"({"a":)" + std::string(5000, '[') + std::string(5000, ']') + "}";
  CHECK(syntax_of(deep) == Syntax::malformed);
}

TEST_CASE("a byte order mark before a small body is skipped") {
  BodyObject body{"\xef\xbb\xbf{\"a\":\"x\"}"};
  CHECK(body.syntax() == Syntax::object);
  CHECK(body.required_text("a", 1) == "x");
  CHECK(syntax_of("\xef\xbb\xbf[]") == Syntax::not_an_object);
  CHECK(syntax_of("\xef\xbb\xbf") == Syntax::malformed);
  CHECK(syntax_of("{}\xef\xbb\xbf") == Syntax::malformed);
}

TEST_CASE("what is no object has no fields") {
  for (const char* text : {"[]", "{", R"({"a":1e400})"}) {
    BodyObject body{text};
    CHECK_FALSE(body.text("a", 10));
    CHECK_FALSE(body.texts("a", 10, 10));
    CHECK_FALSE(body.range("a"));
    CHECK_FALSE(body.time_ms("a"));
    CHECK(body.errors().empty());
  }
}

TEST_CASE("a text may be missing, null or empty, unless it is required") {
  BodyObject body{R"({"a":"x","none":null,"empty":"","\u0062":"escaped","a":"second"})"};
  CHECK(body.text("a", 1) == "x");
  CHECK(body.text("b", 10) == "escaped");
  CHECK_FALSE(body.text("none", 10));
  CHECK_FALSE(body.text("missing", 10));
  CHECK(body.text("empty", 10) == "");
  CHECK(body.required_text("a", 1) == "x");
  CHECK(body.errors().empty());
  for (const char* name : {"none", "missing", "empty"}) CHECK(body.required_text(name, 10).empty());
  CHECK(pointers_of(body) == "/none /missing /empty ");
}

TEST_CASE("a text has a length in bytes, and no U+0000") {
  BodyObject body{"{\"a\":\"\xc3\xa9\",\"nul\":\"x\\u0000\",\"number\":17,\"list\":[\"x\"]}"};
  CHECK(body.text("a", 2) == "\xc3\xa9");
  CHECK(body.errors().empty());
  CHECK_FALSE(body.text("a", 1));
  CHECK_FALSE(body.text("nul", 10));
  CHECK_FALSE(body.text("number", 10));
  CHECK(body.required_text("list", 10).empty());  // told once
  CHECK(pointers_of(body) == "/a /nul /number /list ");
}

TEST_CASE("an integer lies between its limits") {
  BodyObject body{R"({"a":5,"max":18446744073709551615,"negative":-5,"exponent":1e2,"point":5.0,)"
                  R"("text":"5","none":null})"};
  CHECK(body.required_integer("a", 5, 5) == 5);
  CHECK(body.required_integer("max", 0, UINT64_MAX) == UINT64_MAX);
  CHECK(body.errors().empty());
  CHECK_FALSE(body.required_integer("a", 6, 9));
  CHECK_FALSE(body.required_integer("a", 1, 4));
  for (const char* name : {"negative", "exponent", "point", "text", "none", "missing"})
    CHECK_FALSE(body.required_integer(name, 0, 1000));
  CHECK(pointers_of(body) == "/a /a /negative /exponent /point /text /none /missing ");
}

TEST_CASE("a list of texts is told item by item") {
  BodyObject body{R"({"good":["a","b"],"empty":[],"bad":["a",1,"","too long"],"text":"a",)"
                  R"("many":["a","b","c"]})"};
  CHECK(body.texts("good", 2, 1) == std::vector<std::string>{"a", "b"});
  CHECK(body.texts("empty", 2, 1)->empty());
  CHECK_FALSE(body.texts("missing", 2, 1));
  CHECK(body.errors().empty());
  CHECK(body.texts("bad", 9, 3)->size() == 4);
  CHECK_FALSE(body.texts("text", 9, 3));
  CHECK(body.texts("many", 2, 3)->size() == 2);
  CHECK(pointers_of(body) == "/bad/1 /bad/2 /bad/3 /text /many ");
}

TEST_CASE("a time is RFC 3339") {
  BodyObject body{R"({"a":"1970-01-01T00:00:01Z","soon":"soon","empty":"","number":1000})"};
  CHECK(body.time_ms("a") == 1000);
  CHECK_FALSE(body.time_ms("missing"));
  CHECK(body.errors().empty());
  for (const char* name : {"soon", "empty", "number"}) CHECK_FALSE(body.time_ms(name));
  CHECK(pointers_of(body) == "/soon /empty /number ");
}

TEST_CASE("a range is two integers in their order, not too far apart") {
  BodyObject body{R"({"a":[0,4294967295],"b":[18446744073709551615,18446744073709551615],)"
                  R"("wide":[0,4294967296],"turned":[2,1],"one":[1],"three":[1,2,3],)"
                  R"("negative":[-1,1],"point":[1,2.0],"text":["1","2"],"number":1})"};
  const auto a = body.range("a");
  REQUIRE(a);
  CHECK(a->lo == 0);
  CHECK(a->hi == 4294967295);
  CHECK(body.range("b"));
  CHECK_FALSE(body.range("missing"));
  CHECK(body.errors().empty());
  for (const char* name : {"wide", "turned", "one", "three", "negative", "point", "text", "number"})
    CHECK_FALSE(body.range(name));
  CHECK(body.errors().count() == 8);
}

TEST_CASE("errors beyond the first hundred are counted only") {
  BodyObject body{"{}"};
  for (int field = 0; field < 250; ++field)
    static_cast<void>(body.required_text("f" + std::to_string(field), 1));
  CHECK(body.errors().count() == 250);
  CHECK(body.errors().first().size() == 100);
  CHECK(body.errors().first().back().pointer == "/f99");
}

}  // namespace
