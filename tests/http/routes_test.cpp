#include <doctest/doctest.h>
#include <limits>
#include <set>

#include "connectors/http/router.hpp"
#include "tests/http/api.hpp"

namespace rollcall::http {
namespace {

using boost::json::parse;

// What every error must carry.
void check_problem(const ApiAnswer& answer, unsigned status, std::string_view code) {
  CHECK(answer.status == status);
  CHECK(answer.head.content_type == "application/problem+json");
  const auto json = answer.json().as_object();
  CHECK(json.at("type") == "about:blank");
  CHECK(json.at("title").as_string() ==
        boost::json::string_view{reason_phrase(status).data(), reason_phrase(status).size()});
  CHECK(json.at("status") == status);
  CHECK(json.at("code").as_string() == boost::json::string_view{code.data(), code.size()});
  CHECK(json.at("request_id") == "test-1");
  CHECK(json.at("detail").is_string());
  CHECK(json.at("errors").is_array());
}

Api with_orders() {
  Api api;
  auto& batch = api.answers.add("orders 2026/11", {1ULL, 2ULL, 3ULL, 4ULL, 5ULL, 5ULL},
                                {1ULL, 3ULL, 5ULL, 5ULL, 5ULL});
  batch.row.record_type = "order";
  batch.revision = 17;
  return api;
}

TEST_CASE("the status of a batch has the shape that clients rely on") {
  Api api = with_orders();
  const auto answer = api.get("/api/v1/batches/1");
  CHECK(answer.status == 200);
  CHECK(answer.head.content_type == "application/json");
  CHECK(answer.header("ETag") == "W/\"3.1.17.f\"");
  CHECK(answer.json() ==
        parse(R"({"id":1,"batch_name":"orders 2026/11","record_type":"order","description":null,
      "created_at":"2026-11-21T10:00:00.123Z","state":"open",
      "kind":"reconciliation","feeds":[],
      "counts":{"expected":5,"processed":3,"matched":3,"missing":2,"unexpected":0,
                "duplicate_expected":1,"duplicate_processed":2},
      "processing_rate":60.0,
      "verdict":{"state":"incomplete","final":true,"confidence":"final","reasons":[],
                 "in_doubt":{"expected":0,"processed":0,"unknown":0},
                 "unexplained":{"missing":2,"unexpected":0}},
      "revision":17,
      "as_of":{"time":"2026-11-21T10:00:08.123Z","lag_records":0,"confidence":"final",
               "reasons":[]}})"));
}

TEST_CASE("what doubt explains and what it does not is told in numbers") {
  Api api = with_orders();
  const std::string undoubted{api.get("/api/v1/batches/1").header("ETag")};
  api.answers.current_verdict = {Confidence::provisional, {"quarantine"}};
  api.answers.current_verdict.in_doubt.processed = 1;
  api.answers.current_verdict.in_doubt.expected =
      static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  api.answers.current_verdict.in_doubt.unread = 2;
  const auto answer = api.get("/api/v1/batches/1");
  CHECK(answer.json().at("verdict").at("in_doubt") ==
        parse(R"({"expected":null,"processed":1,"unknown":0})"));
  CHECK(answer.json().at("verdict").at("unexplained") == parse(R"({"missing":1,"unexpected":0})"));
  CHECK(answer.header("ETag") != undoubted);
}

TEST_CASE("an answer that may still change says why") {
  Api api = with_orders();
  api.answers.lag = 12;
  api.answers.current_verdict = {Confidence::provisional, {"lag", "quarantine"}};
  const auto json = api.get("/api/v1/batches/1").json();
  CHECK(json.at("as_of").at("lag_records") == 12);
  CHECK(json.at("as_of").at("reasons") == parse(R"(["lag","quarantine"])"));
  CHECK(json.at("verdict").at("confidence") == "provisional");
  CHECK(json.at("verdict").at("final") == false);
}

TEST_CASE("a verdict names what is here now") {
  Api api;
  api.answers.add("empty", {}, {});
  api.answers.add("complete", {1ULL}, {1ULL});
  api.answers.add("unexpected", {1ULL}, {1ULL, 2ULL});
  const auto state = [&api](const std::string& path) {
    return std::string{
        api.get("/api/v1/batches/" + path).json().at("verdict").at("state").as_string()};
  };
  CHECK(state("1") == "empty");
  CHECK(state("2") == "complete");
  CHECK(state("3") == "unexpected_only");
}

TEST_CASE("position decides what is missing, whatever the sides are called") {
  Api api;
  api.answers.add("parcels", {1ULL, 2ULL}, {2ULL}).row.sides = {"ordered", "shipped"};
  CHECK(api.get("/api/v1/batches/1").json().at("counts").at("missing") == 1);
  CHECK(api.get("/api/v1/batches/1/missing").json().at("total") == 1);
  CHECK(api.get("/api/v1/analysis/missing/1").json().at("missing_count") == 1);
}

TEST_CASE("a batch that compares other sides shows them") {
  Api api;
  auto& batch = api.answers.add("customers", {1ULL, 2ULL}, {2ULL});
  batch.row.sides = {"salesforce", "hub\"spot"};
  batch.row.kind = BatchKind::comparison;
  const auto json = api.get("/api/v1/batches/1").json().as_object();
  CHECK(json.at("counts") == parse(R"({"matched":1})"));
  CHECK(json.at("sides") == parse(R"({"salesforce":2,"hub\"spot":1})"));
  CHECK(json.at("processing_rate") == 0.0);
  check_problem(api.get("/api/v1/batches/1/missing"), 409, "not_a_reconciliation");
  check_problem(api.get("/api/v1/analysis/missing/1"), 409, "not_a_reconciliation");
  CHECK(api.get("/api/v1/batches/1/duplicates").status == 200);
}

TEST_CASE("digits are a number, anything else a name, and by-name reaches names of digits") {
  Api api = with_orders();
  api.answers.add("1", {7ULL}, {});
  const auto id = [&api](std::string_view path) {
    return api.get(std::string{"/api/v1/batches/"}.append(path)).json().at("id").as_int64();
  };
  CHECK(id("1") == 1);
  CHECK(id("by-name/1") == 2);
  CHECK(id("orders%202026%2f11") == 1);
  CHECK(id("by-name/orders%202026%2F11") == 1);
  CHECK(api.get("/api/v1/batches/by-name/1/missing").json().at("items") == parse("[7]"));
  CHECK(api.get("/api/v1/batches/orders%202026%2f11/missing").json().at("items") == parse("[2,4]"));
  CHECK(api.get("/api/v1/analysis/missing/by-name/1").json().at("batch_id") == 2);
  for (const std::string_view path : {"3", "0", "99999999999999999999", "9223372036854775808",
                                      "none", "..", "%2e%2e", "by-name/3", "by-name/2", "1%00"}) {
    check_problem(api.get(std::string{"/api/v1/batches/"}.append(path)), 404, "not_found");
  }
}

TEST_CASE("the list of batches is paged by number") {
  Api api;
  for (int batch = 0; batch < 5; ++batch)
    api.answers.add("orders-" + std::to_string(batch), {1ULL}, {});
  auto page = api.get("/api/v1/batches?limit=2").json().as_object();
  CHECK(page.at("items").as_array().size() == 2);
  CHECK(page.at("items").at(0).at("batch_name") == "orders-0");
  CHECK(page.at("total") == 5);
  CHECK(page.at("revision") == 2);
  std::set<std::int64_t> seen;
  std::string next;
  do {
    page = api.get("/api/v1/batches?limit=2" + next).json().as_object();
    for (const auto& item : page.at("items").as_array())
      CHECK(seen.insert(item.at("id").as_int64()).second);
    if (!page.at("next_cursor").is_null())
      next = "&cursor=" + std::string{page.at("next_cursor").as_string()};
  } while (!page.at("next_cursor").is_null());
  CHECK(seen.size() == 5);
  page = api.get("/api/v1/batches?q=rs-3&sort=id&state=open").json().as_object();
  CHECK(page.at("total") == 1);
  CHECK(page.at("items").at(0).at("id") == 4);
  CHECK(api.get("/api/v1/batches?state=closed").json().at("total") == 0);
}

TEST_CASE("parameters that cannot be honoured are refused with a pointer to each") {
  Api api = with_orders();
  for (const std::string_view path :
       {"/api/v1/batches", "/api/v1/batches/1/missing", "/api/v1/dead-letters"}) {
    const std::string base{path};
    check_problem(api.get(base + "?limt=5"), 400, "bad_query");
    CHECK(api.get(base + "?limt=5").json().at("errors").at(0).at("pointer") == "/query/limt");
    check_problem(api.get(base + "?limit=0"), 422, "invalid_parameter");
    check_problem(api.get(base + "?limit=50001"), 422, "invalid_parameter");
    check_problem(api.get(base + "?limit=%"), 400, "bad_query");
    check_problem(api.get(base + "?cursor=AAAA"), 400, "bad_cursor");
    check_problem(api.get(base + "?cursor="), 400, "bad_cursor");
  }
  check_problem(api.get("/api/v1/batches?sort=size"), 422, "invalid_parameter");
  check_problem(api.get("/api/v1/batches?state=ajar"), 422, "invalid_parameter");
  check_problem(api.get("/api/v1/batches/1?verbose=1"), 400, "bad_query");
  check_problem(api.get("/api/v1/batches/1/missing?format=xml"), 422, "invalid_parameter");
  check_problem(api.get("/api/v1/batches/1/duplicates?format=ranges"), 422, "invalid_parameter");
  check_problem(api.get("/api/v1/sources?x"), 400, "bad_query");
  check_problem(api.get("/api/v1/analysis/missing/1?x=1"), 400, "bad_query");
}

TEST_CASE("the same version is not sent again") {
  Api api = with_orders();
  for (const std::string_view path :
       {"/api/v1/batches", "/api/v1/batches/1", "/api/v1/batches/1/missing",
        "/api/v1/batches/1/missing?format=csv", "/api/v1/analysis/missing/1"}) {
    CAPTURE(path);
    const std::string etag{api.get(path).header("ETag")};
    CHECK_FALSE(etag.empty());
    const int views = api.answers.views_taken;
    const auto same = api.get(path, {"", etag});
    CHECK(same.status == 304);
    CHECK(same.body.empty());
    CHECK(same.header("ETag") == etag);
    CHECK(api.answers.views_taken == views);
    ++api.answers.at(1).revision;
    CHECK(api.get(path, {"", etag}).status == 200);
    const std::string later{api.get(path).header("ETag")};
    ++api.answers.current_epoch;  // after a crash the same revision may hold other records
    CHECK(api.get(path, {"", later}).status == 200);
  }
  CHECK(api.get("/api/v1/batches/1/missing?format=csv").header("ETag") !=
        api.get("/api/v1/batches/1/missing?format=text").header("ETag"));
}

TEST_CASE("nothing is answered from half-restored sets") {
  Api api = with_orders();
  api.answers.ready = false;
  api.answers.reasons = {"recovering"};
  for (const std::string_view path :
       {"/api/v1/batches", "/api/v1/batches/1", "/api/v1/batches/1/missing",
        "/api/v1/analysis/missing/1", "/api/v1/dead-letters", "/readyz"}) {
    CAPTURE(path);
    const auto answer = api.get(path);
    check_problem(answer, 503, "not_ready");
    CHECK(answer.header("Retry-After") == "1");
    CHECK(answer.json().at("reasons") == parse(R"(["recovering"])"));
  }
  CHECK(api.get("/livez").status == 200);
  CHECK(api.get("/").status == 200);
  CHECK(api.get("/api/v1/sources").status == 200);
}

TEST_CASE("readiness tells in what way it is degraded") {
  Api api;
  CHECK(api.get("/readyz").json() == parse(R"({"status":"ready","reasons":[]})"));
  api.answers.reasons = {"store away"};
  CHECK(api.get("/readyz").json() == parse(R"({"status":"degraded","reasons":["store away"]})"));
  CHECK(api.get("/livez").json() == parse(R"({"status":"alive"})"));
}

TEST_CASE("the root says what this is and where to go") {
  Api api;
  api.options.version = "1.2.3";
  const auto json = api.get("/").json();
  CHECK(json.at("name") == "rollcall");
  CHECK(json.at("version") == "1.2.3");
  for (const auto& link : json.at("links").as_object()) {
    if (link.key() == "metrics") continue;
    CHECK(api.get(link.value().as_string().c_str()).status == 200);
  }
}

TEST_CASE("metrics come from the daemon, or are not there") {
  Api api;
  check_problem(api.get("/metrics"), 404, "not_found");
  api.options.metrics = []() -> boost::asio::awaitable<std::string> {
    co_return "rollcall_build_info 1\n";
  };
  const auto answer = api.get("/metrics", {"application/openmetrics-text", ""});
  CHECK(answer.body == "rollcall_build_info 1\n");
  CHECK(answer.head.content_type == "text/plain; version=0.0.4; charset=utf-8");
}

TEST_CASE("methods: 405 with Allow, OPTIONS, HEAD where GET works") {
  Api api = with_orders();
  const auto refused = api.ask(Method::post, "/api/v1/batches/1");
  check_problem(refused, 405, "method_not_allowed");
  CHECK(refused.header("Allow") == "GET, HEAD, OPTIONS, DELETE");
  CHECK(refused.route == "/api/v1/batches/{batch}");
  CHECK(api.ask(Method::other, "/livez").status == 405);
  const auto options = api.ask(Method::options, "/api/v1/batches/1");
  CHECK(options.status == 204);
  CHECK(options.header("Allow") == "GET, HEAD, OPTIONS, DELETE");
  CHECK(api.ask(Method::options, "*").status == 204);
  CHECK(api.ask(Method::head, "/api/v1/batches/1").status == 200);
  check_problem(api.ask(Method::options, "/nowhere"), 404, "not_found");
}

TEST_CASE("paths that lead nowhere") {
  Api api = with_orders();
  for (const std::string_view path :
       {"/nope", "/api/v1/batches//missing", "/api/v1/batches/1/missing/x", "/../etc/passwd",
        "/api/v1/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "//", "/LIVEZ"}) {
    CAPTURE(path);
    const auto answer = api.get(path);
    check_problem(answer, 404, "not_found");
    CHECK(answer.body.find("passwd") == std::string::npos);
    CHECK(answer.route == "unmatched");
  }
  for (const std::string_view target : {"", "nope", "example.org:443", "*", "/a#b", "http://x?y",
                                        "/api/v1/batches/%zz", "/api/v1/batches/%"}) {
    CAPTURE(target);
    check_problem(api.get(target), 400, "bad_target");
  }
  CHECK(api.get("http://localhost:8000/livez").status == 200);
  CHECK(api.get("http://localhost:8000").status == 200);
}

TEST_CASE("a slash too many at the end of a path leads to the path without it") {
  Api api;
  const auto moved_to = [&api](Method method, std::string_view target) {
    const auto answer = api.ask(method, target);
    CHECK(answer.status == 308);
    return std::string{answer.header("Location")};
  };
  CHECK(moved_to(Method::get, "/api/v1/batches/") == "/api/v1/batches");
  CHECK(moved_to(Method::post, "/api/v1/batches/?a=%2F&b=/") == "/api/v1/batches?a=%2F&b=/");
  CHECK(moved_to(Method::del, "/api/v1/batches/a%2Fb//") == "/api/v1/batches/a%2Fb");
  CHECK(moved_to(Method::get, "/livez/") == "/livez");
  CHECK(moved_to(Method::put, "http://evil.example/livez/") == "/livez");
  for (const char* path : {"//", "//evil.example/", "/nope/", "///evil.example//", "//livez/",
                           "/\\evil.example/", "/api/v1/"}) {
    CAPTURE(path);
    CHECK(api.get(path).status == 404);
  }
  CHECK(api.get("/").status == 200);
}

TEST_CASE("a client that does not take JSON is told so") {
  Api api = with_orders();
  check_problem(api.get("/api/v1/batches", {"text/html", ""}), 406, "not_acceptable");
  check_problem(api.get("/api/v1/batches/1", {"application/json;q=0", ""}), 406, "not_acceptable");
  check_problem(api.get("/api/v1/batches/1/missing", {"image/png", ""}), 406, "not_acceptable");
  CHECK(api.get("/api/v1/batches/1", {"application/*", ""}).status == 200);
}

TEST_CASE("sources show where reading stands") {
  Api api;
  Channel channel;
  channel.key = "rollcall.expected/0";
  channel.topic = "rollcall.expected";
  channel.side = "expected";
  channel.next = 90;
  channel.end = 100;
  channel.end_asked_ms = api.answers.time_ms;
  channel.last_timestamp_ms = api.answers.time_ms - 5500;
  Channel unknown;
  unknown.key = "rollcall.processed/3";
  unknown.topic = "rollcall.processed";
  unknown.partition = 3;
  unknown.side = "processed";
  unknown.lost_records = 7;
  unknown.error = "broker away";
  api.answers.sources = {channel, unknown};
  api.answers.lag = 10;
  CHECK(api.get("/api/v1/sources").json() == parse(R"({"items":[
    {"source":"rollcall.expected/0","topic":"rollcall.expected","partition":0,
     "side":"expected","position":90,"end":100,
     "lag_records":10,"lag_seconds":5,"end_asked_at":"2026-11-21T10:00:08.123Z",
     "last_record_at":"2026-11-21T10:00:02.623Z","lost_records":0,"error":null},
    {"source":"rollcall.processed/3","topic":"rollcall.processed","partition":3,
     "side":"processed","position":0,"end":null,"lag_records":null,"lag_seconds":null,
     "end_asked_at":null,"last_record_at":null,"lost_records":7,"error":"broker away"}],
      "next_cursor":null,"total":2,"lag_records":10})"));
}

TEST_CASE("dead letters are paged and survive any sample") {
  Api api;
  for (int number = 1; number <= 3; ++number) {
    DeadLetter& letter = api.answers.letters.emplace_back();
    letter.number = number;
    letter.channel = "rollcall.expected/0";
    letter.position = 40 + number;
    letter.reason = BadRecordReason::missing_field;
    letter.field = number == 2 ? "" : "batch";
    letter.sample = std::string("\xFF{\0", 3);
    letter.at_ms = api.answers.time_ms;
    letter.side = DoubtSide::expected;
    if (number != 3) continue;
    letter.batch = "orders";
    letter.state = DeadLetterState::acknowledged;
    letter.closing = Closing{api.answers.time_ms, "ops", "a test"};
  }
  const auto first = api.get("/api/v1/dead-letters?limit=2").json();
  CHECK(first.at("total") == 3);
  CHECK(first.at("items").as_array().size() == 2);
  CHECK(first.at("items").at(0) == parse(R"({"id":1,"source":"rollcall.expected/0","position":41,
      "reason":"missing_field","field":"batch","sample":"\ufffd{\u0000",
      "at":"2026-11-21T10:00:08.123Z","feed":"default","batch":null,"side":"expected","explains":1,
      "state":"open","closed_at":null,"closed_by":null,"note":null})"));
  CHECK(first.at("items").at(1).at("field").is_null());
  const std::string cursor{first.at("next_cursor").as_string()};
  const auto second = api.get("/api/v1/dead-letters?limit=2&cursor=" + cursor).json();
  REQUIRE(second.at("items").as_array().size() == 1);
  CHECK(second.at("items").at(0).at("batch") == "orders");
  CHECK(second.at("items").at(0).at("state") == "acknowledged");
  CHECK(second.at("items").at(0).at("closed_by") == "ops");
  CHECK(second.at("next_cursor").is_null());
  CHECK(api.get("/api/v1/dead-letters?topic=rollcall.expected&state=open").json().at("total") == 2);
  CHECK(api.get("/api/v1/dead-letters?batch=orders").json().at("total") == 1);
  CHECK(api.get("/api/v1/dead-letters?reason=not_json").json().at("total") == 0);
  check_problem(api.get("/api/v1/dead-letters?reason=nonsense"), 422, "invalid_field");
  api.answers.store_away = true;
  const auto away = api.get("/api/v1/dead-letters");
  check_problem(away, 503, "store_unavailable");
  CHECK(away.body.find("10.0.0.7") == std::string::npos);
}

}  // namespace
}  // namespace rollcall::http
