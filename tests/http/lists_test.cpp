#include <doctest/doctest.h>

#include "connectors/http/list_writer.hpp"
#include "tests/http/api.hpp"

namespace rollcall::http {
namespace {

using boost::json::parse;

Api with_mixed_ids() {
  Api api;
  api.answers.add(
      "mixed", {1ULL, 2ULL, 3ULL, 7ULL, std::uint64_t{1} << 53U, "a,\"b\"", "line\nbreak\\", "1-2"},
      {2ULL, 100ULL, "zz"});
  return api;
}

TEST_CASE("a page of ids has items, cursor, total and revision") {
  Api api = with_mixed_ids();
  const auto answer = api.get("/api/v1/batches/1/missing?limit=3");
  CHECK(answer.json() == parse(R"({"items":[1,3,7],"next_cursor":")" +
                               encode_cursor(CursorKind::missing, std::uint64_t{7}) +
                               R"(","total":7,"revision":1})"));
  CHECK(answer.header("X-Revision") == "1");
  CHECK(answer.header("X-Confidence") == "final");
  const std::string cursor{answer.json().at("next_cursor").as_string()};
  const auto rest = api.get("/api/v1/batches/1/missing?cursor=" + cursor).json();
  CHECK(rest.at("items") == parse(R"(["9007199254740992","1-2","a,\"b\"","line\nbreak\\"])"));
  CHECK(rest.at("next_cursor").is_null());
  CHECK(api.get("/api/v1/batches/1/unexpected").json().at("items") == parse(R"([100,"zz"])"));
  CHECK(api.get("/api/v1/batches/1/unexpected?cursor=" + cursor).code() == "bad_cursor");
}

TEST_CASE("a page that ends with the list gives no cursor") {
  Api api = with_mixed_ids();
  CHECK(api.get("/api/v1/batches/1/missing?limit=7").json().at("next_cursor").is_null());
  CHECK(api.get("/api/v1/batches/1/missing?limit=6").json().at("next_cursor").is_string());
}

TEST_CASE("a whole list in each form") {
  Api api = with_mixed_ids();
  const auto list = [&api](std::string_view format) {
    return api.get(std::string{"/api/v1/batches/1/missing?format="}.append(format));
  };
  const auto ndjson = list("ndjson");
  CHECK(ndjson.head.content_type == "application/x-ndjson");
  CHECK(ndjson.body ==
        "1\n3\n7\n\"9007199254740992\"\n\"1-2\"\n\"a,\\\"b\\\"\"\n\"line\\nbreak\\\\\"\n{\"_end\":"
        "true,\"count\":7}\n");
  const auto csv = list("csv");
  CHECK(csv.head.content_type == "text/csv; charset=utf-8");
  CHECK(csv.body ==
        "id\r\n1\r\n3\r\n7\r\n9007199254740992\r\n1-2\r\n\"a,\"\"b\"\"\"\r\n\"line\nbreak\\\"\r\n");
  const auto text = list("text");
  CHECK(text.head.content_type == "text/plain; charset=utf-8");
  CHECK(text.body == "1\n3\n7\n9007199254740992\n1-2\na,\"b\"\nline\\nbreak\\\\\n");
  CHECK(list("ranges").body ==
        "{\"start\":1,\"end\":1,\"count\":1}\n{\"start\":3,\"end\":3,\"count\":1}\n"
        "{\"start\":7,\"end\":7,\"count\":1}\n"
        "{\"start\":\"9007199254740992\",\"end\":\"9007199254740992\",\"count\":1}\n"
        "\"1-2\"\n\"a,\\\"b\\\"\"\n\"line\\nbreak\\\\\"\n{\"_end\":true,\"count\":7}\n");
  CHECK(list("ndjson").head.whole_list);
  CHECK_FALSE(list("json").head.whole_list);
}

TEST_CASE("Accept chooses the form, format= wins over it") {
  Api api = with_mixed_ids();
  CHECK(api.get("/api/v1/batches/1/missing", {"text/csv", ""}).head.content_type ==
        "text/csv; charset=utf-8");
  CHECK(api.get("/api/v1/batches/1/missing", {"application/x-ndjson", ""}).head.content_type ==
        "application/x-ndjson");
  CHECK(api.get("/api/v1/batches/1/missing?format=text", {"text/csv", ""}).head.content_type ==
        "text/plain; charset=utf-8");
  CHECK(api.get("/api/v1/batches/1/missing?format=json", {"image/png", ""}).status == 200);
}

TEST_CASE("an empty list is a list") {
  Api api;
  api.answers.add("none", {}, {});
  CHECK(api.get("/api/v1/batches/1/missing").json() ==
        parse(R"({"items":[],"next_cursor":null,"total":0,"revision":1})"));
  CHECK(api.get("/api/v1/batches/1/missing?format=ndjson").body == "{\"_end\":true,\"count\":0}\n");
  CHECK(api.get("/api/v1/batches/1/missing?format=csv").body == "id\r\n");
  CHECK(api.get("/api/v1/batches/1/missing?format=text").body.empty());
  CHECK(api.get("/api/v1/batches/1/missing?format=ranges").body == "{\"_end\":true,\"count\":0}\n");
}

TEST_CASE("runs join neighbours") {
  Api api;
  api.answers.add("gaps", {1ULL, 2ULL, 3ULL, 4ULL, 5ULL, 6ULL, 7ULL, 8ULL, 9ULL, 10ULL},
                  {1ULL, 2ULL, 4ULL, 7ULL, 9ULL});
  const std::string last =
      "{\"start\":8,\"end\":8,\"count\":1}\n{\"start\":10,\"end\":10,\"count\":1}\n";
  CHECK(api.get("/api/v1/batches/1/missing?format=ranges").body ==
        "{\"start\":3,\"end\":3,\"count\":1}\n{\"start\":5,\"end\":6,\"count\":2}\n" + last +
            "{\"_end\":true,\"count\":5}\n");
  const auto cursor = encode_cursor(CursorKind::missing, std::uint64_t{5});
  CHECK(api.get("/api/v1/batches/1/missing?format=ranges&cursor=" + cursor).body ==
        "{\"start\":6,\"end\":6,\"count\":1}\n" + last + "{\"_end\":true,\"count\":3}\n");
}

TEST_CASE("duplicates say how often again, for each side") {
  Api api;
  api.answers.add("twice", {1ULL, 2ULL, 2ULL, "x"}, {1ULL, 1ULL, 1ULL, 2ULL, "x", "x"});
  CHECK(api.get("/api/v1/batches/1/duplicates").json() == parse(R"({"items":[
      {"id":1,"duplicates":{"expected":0,"processed":2}},
      {"id":2,"duplicates":{"expected":1,"processed":0}},
      {"id":"x","duplicates":{"expected":0,"processed":1}}],
      "next_cursor":null,"total":3,"revision":1})"));
  const auto page = api.get("/api/v1/batches/1/duplicates?limit=1").json();
  const std::string cursor{page.at("next_cursor").as_string()};
  CHECK(api.get("/api/v1/batches/1/duplicates?cursor=" + cursor)
            .json()
            .at("items")
            .as_array()
            .size() == 2);
  CHECK(api.get("/api/v1/batches/1/duplicates?format=csv").body ==
        "id,expected,processed\r\n1,0,2\r\n2,1,0\r\nx,0,1\r\n");
  CHECK(api.get("/api/v1/batches/1/duplicates?format=text").body == "1\n2\nx\n");
  CHECK(api.get("/api/v1/batches/1/duplicates?format=ndjson").body ==
        "{\"id\":1,\"duplicates\":{\"expected\":0,\"processed\":2}}\n"
        "{\"id\":2,\"duplicates\":{\"expected\":1,\"processed\":0}}\n"
        "{\"id\":\"x\",\"duplicates\":{\"expected\":0,\"processed\":1}}\n{\"_end\":true,\"count\":"
        "3}\n");
}

TEST_CASE("the analysis of missing records is one object") {
  Api api;
  auto& batch = api.answers.add("orders", {10001ULL, 10002ULL, 10003ULL, 10004ULL, 10005ULL},
                                {10001ULL, 10003ULL, 10005ULL});
  batch.revision = 4;
  CHECK(api.get("/api/v1/analysis/missing/1").json() ==
        parse(R"({"batch_id":1,"batch_name":"orders",
      "total_expected":5,"total_processed":3,"missing_count":2,"missing_records":[10002,10004],
      "processing_rate":60.0,"unexpected_count":0,"unexpected_records":[]})"));
  CHECK(api.get("/api/v1/analysis/missing/2").status == 404);
}

TEST_CASE("long lists come in pieces that join without a seam") {
  Api api;
  std::vector<OwnedRecordId> expected;
  std::vector<OwnedRecordId> processed;
  constexpr std::uint64_t kIds = 40'000;
  for (std::uint64_t id = 1; id <= kIds; ++id) expected.emplace_back(id);
  for (std::uint64_t id = kIds + 1; id <= 2 * kIds; ++id)
    processed.emplace_back("x" + std::to_string(id));
  api.answers.add("long", expected, processed);
  const auto ndjson = api.get("/api/v1/batches/1/missing?format=ndjson");
  CHECK(ndjson.pieces > 2);
  CHECK(ndjson.body.ends_with("\n39999\n40000\n{\"_end\":true,\"count\":40000}\n"));
  const auto analysis = api.get("/api/v1/analysis/missing/1");
  CHECK(analysis.pieces > 3);
  const auto json = analysis.json();
  CHECK(json.at("missing_records").as_array().size() == kIds);
  CHECK(json.at("unexpected_records").as_array().size() == kIds);
  CHECK(json.at("unexpected_records").as_array().back() == "x80000");
}

TEST_CASE("pieces of an analysis that are sent one by one join too") {
  Api api;
  std::vector<OwnedRecordId> ids;
  for (std::uint64_t id = 1; id <= 50'000; ++id) ids.emplace_back(id * 1'000'000'007);
  api.answers.add("long", ids, {5ULL, 6ULL});
  auto producer = make_lists(api.answers.at(1).view,
                             {{{"{\"m\":[", kMissing}, {"],\"u\":[", kUnexpected}}, "]}"});
  std::string whole;
  bool more = true;
  while (more) {
    std::string piece;
    more = producer->produce(piece);
    whole += piece;
  }
  const auto json = parse(whole);
  CHECK(json.at("m").as_array().size() == 50'000);
  CHECK(json.at("u") == parse("[5,6]"));
}

}  // namespace
}  // namespace rollcall::http
