// What a body of customers says, and which addresses are taken.
#include "connectors/json/customers_body.hpp"

#include <doctest/doctest.h>
#include <string>

using namespace rollcall;
using json::CustomersBody;

namespace {

// The customers in one line each, or the pointers to what is wrong.
std::string shown(const CustomersBody& body) {
  if (body.syntax == CustomersBody::Syntax::malformed) return "malformed";
  if (body.syntax == CustomersBody::Syntax::not_an_object) return "not an object";
  if (body.syntax == CustomersBody::Syntax::unsupported) return "unsupported";
  std::string text;
  for (const auto& error : body.errors.first()) text += error.pointer + ' ';
  if (!text.empty()) return text;
  for (const auto& customer : body.customers) {
    const auto* number = std::get_if<std::uint64_t>(&customer.id);
    text += number != nullptr ? std::to_string(*number)
                              : "'" + std::get<std::string>(customer.id) + "'";
    text += '@' + customer.source + ' ' + customer.detail + '\n';
  }
  return text;
}

std::string many(const std::string& text) { return shown(json::read_customers(text)); }
std::string one(const std::string& text) { return shown(json::read_customer(text)); }
// An otherwise good customer with these fields.
std::string with(const std::string& fields) {
  return one(R"({"customer_id":1,"source":"crm")" + fields + "}");
}
std::string id(const std::string& value) {
  return one(R"({"source":"crm","customer_id":)" + value + "}");
}

TEST_CASE("a customer is an id, a source and what the source says") {
  CHECK(with(R"(,"name":"Ada","email":"ada@example.org")") ==
        "1@crm {\"name\":\"Ada\",\"email\":\"ada@example.org\"}\n");
  CHECK(with("") == "1@crm {\"name\":null,\"email\":null}\n");
  CHECK(with(R"(,"name":null,"email":null)") == "1@crm {\"name\":null,\"email\":null}\n");
  CHECK(with(R"(,"name":"")") == "1@crm {\"name\":\"\",\"email\":null}\n");
  CHECK(with(R"(,"x":{"name":[17]},"y":1e3)") == "1@crm {\"name\":null,\"email\":null}\n");
  CHECK(one(R"({"customer\u005fid":1,"\u0073ource":"crm"})") ==
        "1@crm {\"name\":null,\"email\":null}\n");
  CHECK(
      many(R"({"customers":[{"customer_id":1,"source":"a"},{"customer_id":"x","source":"b"}]})") ==
      "1@a {\"name\":null,\"email\":null}\n'x'@b {\"name\":null,\"email\":null}\n");
  CHECK(many(R"({"customers":[]})").empty());
}

TEST_CASE("a name is kept to the byte, as JSON") {
  CHECK(with(R"(,"name":"\"\\\/\u0000\u001f\n\u00e9\ud83d\ude00")") ==
        "1@crm {\"name\":\"\\\"\\\\/\\u0000\\u001f\\u000a\xc3\xa9\xf0\x9f\x98\x80\","
        "\"email\":null}\n");
  CHECK(with(",\"name\":\"" + std::string(256, 'x') + '"').size() > 256);
  CHECK(with(",\"name\":\"" + std::string(257, 'x') + '"') == "/name ");
  CHECK(with(R"(,"name":17)") == "/name ");
  CHECK(with(R"(,"name":["Ada"])") == "/name ");
  CHECK(with(R"(,"name":"\ud800")") == "malformed");
  CHECK(with(",\"name\":\"\xff\"") == "malformed");
}

TEST_CASE("of a field that is given twice the first counts") {
  CHECK(with(R"(,"name":"a","name":"b")") == "1@crm {\"name\":\"a\",\"email\":null}\n");
}

TEST_CASE("a customer's id is an integer below 2^64 or a text of 1 to 512 bytes") {
  const std::string rest = "@crm {\"name\":null,\"email\":null}\n";
  CHECK(id("0") == '0' + rest);
  CHECK(id("18446744073709551615") == "18446744073709551615" + rest);
  CHECK(id("\"17\"") == "17" + rest);
  CHECK(id("\"017\"") == "'017'" + rest);
  CHECK(id('"' + std::string(512, 'x') + '"') == "'" + std::string(512, 'x') + "'" + rest);
  for (const std::string& wrong :
       {std::string{"-1"}, std::string{"1e2"}, std::string{"1.0"}, std::string{"null"},
        std::string{"\"\""}, std::string{"[]"}, '"' + std::string(513, 'x') + '"'}) {
    CAPTURE(wrong);
    CHECK(id(wrong) == "/customer_id ");
  }
}

TEST_CASE("a number that cannot be held is told from what is no JSON") {
  CHECK(id("18446744073709551616") == "unsupported");
  CHECK(with(",\"x\":-9223372036854775809") == "unsupported");
  CHECK(with(",\"x\":1e400") == "unsupported");
  CHECK(with(",\"x\":01") == "malformed");
  CHECK(one("{\"a\":99999999999999999999,\"b\":\"\xff\"}") == "malformed");
  CHECK(many("[99999999999999999999]") == "unsupported");
}

TEST_CASE("a source has 1 to 64 letters, digits and a few signs") {
  const auto source = [](const std::string& value) {
    return one(R"({"customer_id":1,"source":)" + value + "}");
  };
  CHECK(source("\"Shop-2.eu_x\"") == "1@Shop-2.eu_x {\"name\":null,\"email\":null}\n");
  CHECK(source('"' + std::string(64, 'x') + '"').starts_with("1@xxx"));
  for (const std::string& wrong :
       {std::string{"\"\""}, std::string{"\"a b\""}, std::string{"\"a,b\""}, std::string{"\"a/b\""},
        std::string{R"("a\u0000")"}, std::string{"\"\xc3\xa9\""}, std::string{"null"},
        std::string{"17"}, '"' + std::string(65, 'x') + '"'}) {
    CAPTURE(wrong);
    CHECK(source(wrong) == "/source ");
  }
}

TEST_CASE("everything that is wrong is told, and counted beyond a hundred") {
  CHECK(one("{}") == "/customer_id /source ");
  CHECK(one(R"({"customer_id":-1,"source":"a b","name":1,"email":"x"})") ==
        "/customer_id /source /name /email ");
  CHECK(many("{}") == "/customers ");
  CHECK(many(R"({"customers":null})") == "/customers ");
  CHECK(many(R"({"customers":[{"customer_id":1,"source":"a"},17,{"customer_id":1}]})") ==
        "/customers/1 /customers/2/source ");
  std::string text = R"({"customers":[17)";
  for (int customer = 1; customer < 250; ++customer) text += ",17";
  const CustomersBody body = json::read_customers(text + "]}");
  CHECK(body.errors.count() == 250);
  CHECK(body.errors.first().size() == 100);
}

TEST_CASE("one JSON object and nothing else is a body of customers") {
  for (const char* text : {"", " ", "{", "{}{}", "{} x", R"({"customers":[],})", "nul",
                           "{\"a\":\"\xff\"}", R"({"customers":[}])"}) {
    CAPTURE(text);
    CHECK(many(text) == "malformed");
    CHECK(one(text) == "malformed");
  }
  for (const char* text : {"[]", "17", "\"x\"", "null", "[{\"customer_id\":1}]"}) {
    CAPTURE(text);
    CHECK(many(text) == "not an object");
    CHECK(one(text) == "not an object");
  }
}

TEST_CASE("an address is what browsers take, with a dot in its domain") {
  const std::string label(63, 'x');
  for (const std::string& good :
       {std::string{"a@b.c"}, std::string{"ada@example.org"}, std::string{"a.b+c@x-y.example"},
        std::string{".!#$%&'*+/=?^_`{|}~-@example.org"}, std::string{"A@1.2"},
        std::string(64, 'x') + "@b.c", "a@" + label + '.' + label + ".org",
        "a@" + label + '.' + label + '.' + label + '.' + std::string(60, 'x')}) {
    CAPTURE(good);
    CHECK(json::is_email_address(good));
  }
  for (const std::string& bad :
       {std::string{},
        std::string{"@"},
        std::string{"a"},
        std::string{"a@"},
        std::string{"@b.c"},
        std::string{"a@b"},
        std::string{"a@localhost"},
        std::string{"a@b."},
        std::string{"a@.c"},
        std::string{"a@b..c"},
        std::string{"a@-b.c"},
        std::string{"a@b-.c"},
        std::string{"a@b.c-"},
        std::string{"a@b_c.d"},
        std::string{"a@b@c.d"},
        std::string{"a b@c.d"},
        std::string{"a@b.c "},
        std::string{"\"a\"@b.c"},
        std::string{"a,b@c.d"},
        std::string{"a(b)@c.d"},
        std::string{"a@[127.0.0.1]"},
        std::string{"\xc3\xa9@b.c"},
        std::string{"a@\xc3\xa9.c"},
        std::string("a\0@b.c", 6),
        std::string(65, 'x') + "@b.c",
        "a@" + label + "x.org",
        "a@" + label + '.' + label + '.' + label + '.' + std::string(61, 'x')}) {
    CAPTURE(bad);
    CHECK_FALSE(json::is_email_address(bad));
  }
}

}  // namespace
