// As of when an answer is, and how it is asked to be fresh.
#include <doctest/doctest.h>

#include "tests/http/api.hpp"

namespace rollcall::http {
namespace {

using boost::json::parse;

Api with_orders() {
  Api api;
  api.answers.add("orders", {1ULL, 2ULL}, {1ULL});
  return api;
}

TEST_CASE("an answer that shall be fresh waits for a look") {
  Api api = with_orders();
  int looks = 0;
  for (const char* const path :
       {"/api/v1/batches", "/api/v1/batches/1", "/api/v1/batches/1/missing",
        "/api/v1/analysis/missing/1", "/api/v1/analysis/status/1"}) {
    CHECK(api.get(std::string{path} + "?fresh=true").status == 200);
    CHECK(api.answers.looks == ++looks);
    CHECK(api.get(std::string{path} + "?fresh=false").status == 200);
    CHECK(api.get(std::string{path} + "?fresh=yes").status == 422);
    CHECK(api.get(path).status == 200);
    CHECK(api.answers.looks == looks);
  }
}

TEST_CASE("an answer says as of when it is, and null where lag is not known") {
  Api api = with_orders();
  api.answers.lag.reset();
  api.answers.asked_ms = api.answers.time_ms - 4'123;
  api.answers.current_verdict = {Confidence::blind, {"source_away"}};
  const auto as_of = api.get("/api/v1/batches/1").json().at("as_of");
  CHECK(as_of == parse(R"({"time":"2026-11-21T10:00:04.000Z","lag_records":null,
                          "confidence":"blind","reasons":["source_away"]})"));
  CHECK(api.get("/api/v1/sources").json().at("lag_records").is_null());
}

}  // namespace
}  // namespace rollcall::http
