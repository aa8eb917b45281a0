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
