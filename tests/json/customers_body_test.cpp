// What a body of customers says.
#include "connectors/json/customers_body.hpp"

#include <doctest/doctest.h>
#include <string>
#include <utility>

using namespace rollcall;
using json::CustomersBody;

namespace {

// The customers in one line each, or the pointers to what is wrong.
std::string shown(const CustomersBody& body) {
  if (body.syntax == CustomersBody::Syntax::malformed) return "malformed";
  if (body.syntax == CustomersBody::Syntax::not_an_object) return "not an object";
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
// An otherwise good customer with this field, which may be one of the four.
std::string with(const std::string& field, const std::string& value) {
  std::string text = "{\"" + field + "\":" + value;
  for (const auto& [key, good] : {std::pair{"customer_id", "1"}, std::pair{"source", R"("crm")"},
                                  std::pair{"name", R"("A")"}, std::pair{"email", R"("a@b.c")"}}) {
    if (field != key) text += std::string{",\""} + key + "\":" + good;
  }
  return one(text + "}");
}
const std::string kDetail = R"({"name":"A","email":"a@b.c"})";
const std::string kGood = "1@crm " + kDetail + "\n";

TEST_CASE("a customer is an id, a source and what the source says") {
  CHECK(one(R"({"customer_id":1,"source":"crm","name":"Ada","email":"ada@example.org"})") ==
        "1@crm {\"name\":\"Ada\",\"email\":\"ada@example.org\"}\n");
  CHECK(with("x", R"({"name":[17],"y":1e400})") == kGood);
  CHECK(with("x", "-148958197057225385788759670259712") == kGood);
  CHECK(one(R"({"customer\u005fid":1,"\u0073ource":"crm","name":"A","email":"a@b.c"})") == kGood);
  CHECK(many(R"({"customers":[{"customer_id":1,"source":"a","name":"A","email":"a@b.c"},)"
             R"({"email":"a@b.c","name":"A","customer_id":"x","source":"b"}],"x":[1]})") ==
        "1@a " + kDetail + "\n'x'@b " + kDetail + "\n");
  CHECK(many(R"({"customers":[]})").empty());
  CHECK(many("\xef\xbb\xbf{\"customers\":[]}").empty());
}

TEST_CASE("all four fields are needed, null is absent and nothing may be empty") {
  for (const std::string field : {"customer_id", "source", "name", "email"}) {
    CAPTURE(field);
    for (const char* wrong : {"null", "\"\"", "true", "[1]", "{}", "1.5"})
      CHECK(with(field, wrong) == '/' + field + ' ');
    CHECK(with(field, R"("A","x":1,")" + field + R"(":null)").find('/') ==
          (field == "email" ? 0 : std::string::npos));
  }
  CHECK(json::read_customer(R"({"name":null})").errors.first().back().message == "is required");
}

TEST_CASE("a name is kept to the byte, as JSON") {
  CHECK(with("name", R"("\"\\\/\u0000\u001f\n\u00e9\ud83d\ude00")") ==
        "1@crm {\"name\":\"\\\"\\\\/\\u0000\\u001f\\u000a\xc3\xa9\xf0\x9f\x98\x80\","
        "\"email\":\"a@b.c\"}\n");
  CHECK(with("name", '"' + std::string(256, 'x') + '"').size() > 256);
  CHECK(with("name", '"' + std::string(257, 'x') + '"') == "/name ");
  CHECK(with("name", R"("\ud800")") == "malformed");
  CHECK(with("name", "\"\xff\"") == "malformed");
}

TEST_CASE("a field that is given twice is refused") {
  CHECK(with("name", R"("a","name":"b")") == "/name ");
  CHECK(with("customer_id", R"(1,"customer_id":2)") == "/customer_id ");
  CHECK(many(R"({"customers":[],"customers":[]})") == "/customers ");
}

TEST_CASE("a customer's id is an integer of any size or a text of 1 to 512 bytes") {
  const auto id = [](const std::string& value) { return with("customer_id", value); };
  const std::string rest = "@crm " + kDetail + "\n";
  CHECK(id("0") == '0' + rest);
  CHECK(id("18446744073709551615") == "18446744073709551615" + rest);
  CHECK(id("18446744073709551616") == "'18446744073709551616'" + rest);
  CHECK(id("-5") == "'-5'" + rest);
  CHECK(id("\"17\"") == "17" + rest);
  CHECK(id("\"017\"") == "'017'" + rest);
  CHECK(id('"' + std::string(512, 'x') + '"') == "'" + std::string(512, 'x') + "'" + rest);
  for (const std::string& wrong : {std::string{"1e2"}, std::string{"1.0"}, std::string{"1e400"},
                                   '"' + std::string(513, 'x') + '"', std::string(513, '7')}) {
    CAPTURE(wrong);
    CHECK(id(wrong) == "/customer_id ");
  }
  CHECK(id("01") == "malformed");
}

TEST_CASE("a source has 1 to 64 letters, digits and a few signs") {
  const auto source = [](const std::string& value) { return with("source", value); };
  CHECK(source("\"Shop-2.eu_x\"") == "1@Shop-2.eu_x " + kDetail + "\n");
  CHECK(source('"' + std::string(64, 'x') + '"').starts_with("1@xxx"));
  for (const std::string& wrong :
       {std::string{"\"a b\""}, std::string{"\"a,b\""}, std::string{"\"a/b\""},
        std::string{R"("a\u0000")"}, std::string{"\"\xc3\xa9\""}, std::string{"17"},
        '"' + std::string(65, 'x') + '"'}) {
    CAPTURE(wrong);
    CHECK(source(wrong) == "/source ");
  }
}

TEST_CASE("everything that is wrong is told, and counted beyond a hundred") {
  CHECK(one("{}") == "/customer_id /source /name /email ");
  CHECK(one(R"({"customer_id":1.5,"source":"a b","name":1,"email":"x"})") ==
        "/customer_id /source /name /email ");
  CHECK(many("{}") == "/customers ");
  CHECK(many(R"({"customers":null})") == "/customers ");
  CHECK(many(R"({"customers":{}})") == "/customers ");
  CHECK(many(R"({"customers":[{"customer_id":1,"source":"a","name":"A","email":"a@b.c"},17,)"
             R"({"customer_id":1,"name":"A","email":"a@b.c"}]})") ==
        "/customers/1 /customers/2/source ");
  std::string text = R"({"customers":[17)";
  for (int customer = 1; customer < 250; ++customer) text += ",17";
  const CustomersBody body = json::read_customers(text + "]}");
  CHECK(body.errors.count() == 250);
  CHECK(body.errors.first().size() == 100);
}

TEST_CASE("one JSON object and nothing else is a body of customers") {
  for (const char* text :
       {"", " ", "{", "{}{}", "{} x", R"({"customers":[],})", "nul", "{\"a\":\"\xff\"}",
        R"({"customers":[}])", "\xef\xbb\xbf", R"({"x":01})"}) {
    CAPTURE(text);
    CHECK(many(text) == "malformed");
    CHECK(one(text) == "malformed");
  }
  for (const char* text :
       {"[]", "17", "\"x\"", "null", "[{\"customer_id\":1}]", "[99999999999999999999]"}) {
    CAPTURE(text);
    CHECK(many(text) == "not an object");
    CHECK(one(text) == "not an object");
  }
}

}  // namespace
