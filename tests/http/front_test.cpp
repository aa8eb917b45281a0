// What stands before the handlers, over real connections: rate limits, tokens, origins.
#include <doctest/doctest.h>

#include "tests/http/running_server.hpp"

namespace rollcall::http {
namespace {

struct Orders {
  Orders() { answers.add("orders", {1ULL, 2ULL}, {1ULL}); }
  fakes::FakeAnswers answers;
};

TEST_CASE("who asks too often is told when to come back, and may still see how the daemon is") {
  Orders orders;
  Options options;
  options.rate_limit = 1;
  options.rate_burst = 3;
  RunningServer server{orders.answers, options};
  Peer peer = server.connect();
  unsigned served = 0;
  WireAnswer answer = peer.get("/api/v1/batches/1");
  for (; answer.status == 200 && served < 100; ++served) answer = peer.get("/api/v1/batches/1");
  CHECK(served >= 3);
  REQUIRE(answer.status == 429);
  CHECK(answer.header("content-type") == "application/problem+json");
  CHECK(answer.header("retry-after") == "1");
  CHECK(answer.body.find("\"too_many_requests\"") != std::string::npos);
  for (const char* path : {"/livez", "/readyz", "/health"}) {
    for (int time = 0; time < 5; ++time) CHECK(peer.get(path).status == 200);
  }
  CHECK(peer.get("/metrics").status == 404);  // this server has none, and says so
}

TEST_CASE("a refused request's body is not read") {
  Orders orders;
  Options options;
  options.rate_limit = 1;
  options.rate_burst = 1;
  RunningServer server{orders.answers, options};
  Peer peer = server.connect();
  peer.send(
      "GET / HTTP/1.1\r\nHost: x\r\n\r\nPOST /api/v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: "
      "application/x-ndjson\r\n"
      "Content-Length: 1000000000\r\n\r\n");
  CHECK(peer.receive().status == 200);
  const auto answer = peer.receive();
  CHECK(answer.status == 429);
  CHECK(answer.header("connection") == "close");
  CHECK(peer.closed());
}

}  // namespace
}  // namespace rollcall::http
