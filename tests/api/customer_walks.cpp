#include <doctest/doctest.h>

#include "tests/api/asking.hpp"
#include "tests/api/walks.hpp"

namespace rollcall::test {

namespace json = boost::json;

namespace {

constexpr const char* kOne = "/api/v1/customers";
constexpr const char* kMany = "/api/v1/customers/bulk";
constexpr const char* kOfSource = "/api/v1/customers/source/";
constexpr const char* kAnalysis = "/api/v1/deduplication/analyze";
constexpr const char* kComparison = "/api/v1/deduplication/compare-sources";

const std::string kPerson = R"("name":"Ada","email":"ada@example.org")";

std::string many(const std::string& customers) { return "{\"customers\":[" + customers + "]}"; }

json::value got(Contract& contract, const std::string& id, const std::string& target) {
  return json::parse(contract.ask({id, target}, 200).body);
}

void expect_no_customers(Contract& contract) {
  CHECK(got(contract, "listCustomers", kOne) ==
        json::parse(R"({"items":[],"next_cursor":null,"total":0})"));
  CHECK(got(contract, "analyzeDuplicates", kAnalysis) ==
        json::parse(R"({"total_records":0,"unique_customers":0,"duplicates_found":0,)"
                    R"("unique_customer_ids":[]})"));
  CHECK(got(contract, "compareSources", kComparison) ==
        json::parse(R"({"in_all_sources":[],"only_in_salesforce":[],"only_in_hubspot":[],)"
                    R"("only_in_internal":[],"salesforce_count":0,"hubspot_count":0,)"
                    R"("internal_count":0})"));
  CHECK(got(contract, "listCustomersOfSource", std::string{kOfSource} + "internal").at("total") ==
        0);
}

void name_one(Contract& contract) {
  const auto answered = [&](const std::string& body) {
    return json::parse(contract.ask(post("addCustomer", kOne, body), 201).body);
  };
  const std::string whole = R"({"customer_id":101,"name":"A \"da\" \u0000","email":)"
                            R"("ada@example.org","source":"salesforce"})";
  CHECK(answered(whole) == json::parse(whole));
  CHECK(answered(R"({"customer_id":"101","source":"hubspot","vip":[{}],)" + kPerson + "}") ==
        json::parse(R"({"customer_id":101,"source":"hubspot",)" + kPerson + "}"));
  CHECK(answered("\xef\xbb\xbf"
                 R"({"customer_id":"0101","name":"Dörte","email":)"
                 R"("Dörte@Sörensen.example","source":"internal"})") ==
        json::parse(R"({"customer_id":"0101","name":"Dörte","email":"Dörte@Sörensen.example",)"
                    R"("source":"internal"})"));
  CHECK(answered(R"({"customer_id":18446744073709551616,"source":"internal",)" + kPerson + "}")
            .at("customer_id") == "18446744073709551616");
  const Call keyed = with_key(post("addCustomer", kOne, whole), "customer-1");
  CHECK(contract.ask(keyed, 201).body == contract.ask(keyed, 201).body);
  const Call other = with_key(
      post("addCustomer", kOne, R"({"customer_id":101,"source":"internal",)" + kPerson + "}"),
      "customer-1");
  CHECK(code_of(contract.ask(other, 422)) == "idempotency_key_reused");
}

void refuse_customers(Contract& contract) {
  refuse_bodies(contract, "addCustomer", kOne);
  refuse_bodies(contract, "addCustomers", kMany);
  const std::string long_text(513, 'x');
  const auto refused_at = [&](const std::string& fields) {
    const auto one = contract.ask(post("addCustomer", kOne, '{' + fields + '}'), 422);
    const auto two = contract.ask(
        post("addCustomers", kMany,
             many(R"({"customer_id":999,"source":"salesforce",)" + kPerson + "},{" + fields + '}')),
        422);
    CHECK(first_pointer_of(two) == "/customers/1" + first_pointer_of(one));
    return first_pointer_of(one);
  };
  const std::string source = R"(,"source":"salesforce")";
  const std::string id = R"("customer_id":1)";
  const std::string name = R"(,"name":"Ada")";
  const std::string email = R"(,"email":"ada@example.org")";
  for (const std::string& wrong : {std::string{"1.5"}, std::string{"1e2"}, std::string{"null"},
                                   std::string{"\"\""}, std::string{"[1]"}, '"' + long_text + '"'})
    CHECK(refused_at("\"customer_id\":" + wrong + source + name + email) == "/customer_id");
  CHECK(refused_at(id + name + email) == "/source");
  for (const std::string& wrong :
       {std::string{"17"}, std::string{"\"\""}, std::string{"\"a b\""}, std::string{"\"é\""},
        std::string{"null"}, '"' + std::string(65, 'x') + '"'})
    CHECK(refused_at(id + ",\"source\":" + wrong + name + email) == "/source");
  CHECK(refused_at(id + source + email) == "/name");
  for (const std::string& wrong : {std::string{"17"}, std::string{"\"\""}, std::string{"null"},
                                   '"' + std::string(257, 'x') + '"'})
    CHECK(refused_at(id + source + ",\"name\":" + wrong + email) == "/name");
  CHECK(refused_at(id + source + name) == "/email");
  for (const char* wrong :
       {"17", "\"\"", "null", "\"ada\"", "\"ada@localhost\"", "\"a da@example.org\""})
    CHECK(refused_at(id + source + name + ",\"email\":" + wrong) == "/email");
  CHECK(first_pointer_of(contract.ask(post("addCustomers", kMany, many("17")), 422)) ==
        "/customers/0");
  CHECK(first_pointer_of(contract.ask(post("addCustomers", kMany, R"({"customers":{}})"), 422)) ==
        "/customers");
  std::string bad = "{}";
  for (int customer = 1; customer < 150; ++customer) bad += ",{}";
  const auto told = json::parse(contract.ask(post("addCustomers", kMany, many(bad)), 422).body);
  CHECK(told.at("errors").as_array().size() == 100);
}

void name_many(Contract& contract) {
  const auto customer = [](const std::string& id, const std::string& source,
                           const std::string& person = kPerson) {
    return "{\"customer_id\":" + id + ",\"source\":\"" + source + "\"," + person + "}";
  };
  const std::string three = customer("101", "internal") + ',' + customer("102", "shop.eu") + ',' +
                            customer("102", "shop.eu", R"("name":"Eva","email":"eva@b.c")");
  CHECK(json::parse(contract.ask(post("addCustomers", kMany, many(three)), 201).body) ==
        json::parse(R"({"accepted":2,"duplicates":1})"));
  const Call keyed = with_key(post("addCustomers", kMany, many(three)), "customers-1");
  CHECK(json::parse(contract.ask(keyed, 201).body) ==
        json::parse(R"({"accepted":0,"duplicates":3})"));
  contract.ask(keyed, 201);
  contract.ask(post("addCustomers", kMany, many("")), 201);
  std::string sources = customer("1", "s0");
  for (int source = 1; source < 16; ++source)
    sources += ',' + customer("1", "s" + std::to_string(source));
  CHECK(code_of(contract.ask(post("addCustomers", kMany, many(sources)), 422)) ==
        "too_many_sources");
  // The longest ids there are lead from page to page as all others do.
  const auto longest = [&](char end) {
    return customer('"' + std::string(511, 'x') + end + '"', "shop.eu");
  };
  contract.ask(post("addCustomers", kMany, many(longest('a') + ',' + longest('b'))), 201);
}

// Every page in turn, of one item each.
std::size_t count_pages(Contract& contract, const std::string& id, const std::string& target) {
  std::size_t pages = 0;
  std::string next = "?limit=1";
  while (pages < 50) {
    const json::value page = got(contract, id, target + next);
    pages += page.at("items").as_array().size();
    if (page.at("next_cursor").is_null()) break;
    next = std::string{"?limit=1&cursor="} + page.at("next_cursor").as_string().c_str();
  }
  return pages;
}

}  // namespace

void walk_customers(Contract& contract) {
  expect_no_customers(contract);
  name_one(contract);
  refuse_customers(contract);
  name_many(contract);
  walk_pages(contract, "listCustomers", kOne);
  const std::string shop = std::string{kOfSource} + "shop.eu";
  walk_pages(contract, "listCustomersOfSource", shop);
  contract.ask({"listCustomersOfSource", std::string{kOfSource} + "nobody"}, 404);
  CHECK(got(contract, "listCustomers", kOne).at("total") == 8);
  CHECK(count_pages(contract, "listCustomers", kOne) == 8);
  CHECK(count_pages(contract, "listCustomersOfSource", shop) == 3);
  CHECK(got(contract, "listCustomersOfSource", shop).at("items").at(0).at("name") == "Eva");

  contract.probe({"analyzeDuplicates", kAnalysis}, 200);
  contract.ask({"analyzeDuplicates", std::string{kAnalysis} + "?x=1"}, 400);
  const json::value numbers = got(contract, "analyzeDuplicates", kAnalysis);
  CHECK(numbers.at("total_records") == 8);
  CHECK(numbers.at("unique_customers") == 6);
  CHECK(numbers.at("duplicates_found") == 2);
  CHECK(numbers.at("unique_customer_ids").as_array().size() == 6);
  contract.probe({"compareSources", kComparison}, 200);
  contract.ask({"compareSources", std::string{kComparison} + "?x=1"}, 400);
  const json::value compared = got(contract, "compareSources", kComparison);
  CHECK(compared.at("in_all_sources").as_array().empty());
  CHECK(compared.at("only_in_internal") == json::value({"0101", "18446744073709551616"}));
  CHECK(compared.at("only_in_shop.eu").as_array().size() == 3);
  CHECK(compared.at("shop.eu_count") == 3);

  contract.probe({"deleteCustomers", kOne}, 204);
  contract.ask(with_key({"deleteCustomers", kOne}, std::string(256, 'k')), 422);
  expect_no_customers(contract);
  contract.ask({"listCustomersOfSource", shop}, 404);
}

}  // namespace rollcall::test
