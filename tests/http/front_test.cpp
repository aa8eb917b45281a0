// What stands before the handlers, over real connections: rate limits, tokens, origins.
#include <algorithm>
#include <doctest/doctest.h>
#include <fstream>
#include <sys/stat.h>

#include "tests/http/running_server.hpp"
#include "tests/support/temporary_directory.hpp"

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

struct Guarded {
  explicit Guarded(std::string_view lines = "read reader-0123456789\nwrite writer-0123456789\n") {
    options.tokens_file = (directory.path() / "tokens").string();
    write(lines);
    options.warned = [this](std::string_view warning) { said += std::string{warning} + "\n"; };
    options.failed = options.warned;
    options.finished = [this](const RequestReport& report) {
      said += std::string{report.target} + " " + std::string{report.request_id} + "\n";
    };
  }
  void write(std::string_view lines) {
    std::ofstream{options.tokens_file} << lines;
    ::chmod(options.tokens_file.c_str(), 0600);
  }
  Orders orders;
  test::TemporaryDirectory directory;
  Options options;
  std::string said;
};

std::string request(const std::string& line, const std::string& token) {
  return line + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token + "\r\n\r\n";
}

TEST_CASE("a token opens what its role may, and no token appears in an answer or a report") {
  Guarded guarded;
  {
    RunningServer server{guarded.orders.answers, guarded.options};
    Peer peer = server.connect();
    const auto asked = peer.get("/api/v1/batches/1");
    CHECK(asked.status == 401);
    CHECK(asked.header("www-authenticate") == "Bearer realm=\"rollcall\"");
    CHECK(asked.header("content-type") == "application/problem+json");
    CHECK(peer.get("/livez").status == 200);
    peer.send(request("GET /api/v1/batches/1", "reader-0123456789"));
    CHECK(peer.receive().status == 200);
    peer.send(request("DELETE /api/v1/batches/1", "reader-0123456789"));
    const auto refused = peer.receive();
    CHECK(refused.status == 403);
    CHECK(refused.body.find("reader-") == std::string::npos);
    peer.send(request("DELETE /api/v1/batches/1", "writer-0123456789"));
    CHECK(peer.receive().status == 503);  // the store is away: it went through
    peer.send(request("GET /api/v1/batches/1", "stolen-0123456789"));
    const auto unknown = peer.receive();
    CHECK(unknown.status == 401);
    CHECK(unknown.body.find("stolen") == std::string::npos);
    peer.send("GET / HTTP/1.1\r\nHost: x\r\nAuthorization: a\r\nAuthorization: b\r\n\r\n");
    CHECK(peer.receive().status == 400);
  }
  for (const char* secret : {"reader-", "writer-", "stolen-"})
    CHECK(guarded.said.find(secret) == std::string::npos);
  CHECK(guarded.said.find("/api/v1/batches/1") != std::string::npos);
}

TEST_CASE("a body is not read before its token is") {
  Guarded guarded;
  RunningServer server{guarded.orders.answers, guarded.options};
  for (const char* path : {"/api/v1/events", "/api/v1/records/bulk"}) {
    Peer peer = server.connect();
    peer.send("POST " + std::string{path} +
              " HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
              "Content-Type: application/json\r\nContent-Length: 1000000\r\n\r\n");
    const auto answer = peer.receive();
    CHECK(answer.status == 401);
    CHECK(answer.header("connection") == "close");
    CHECK(peer.closed());
  }
}

TEST_CASE("the files are read again when told to, and a bad one leaves those read before") {
  Guarded guarded;
  RunningServer server{guarded.orders.answers, guarded.options};
  Peer peer = server.connect();
  const auto status_with = [&peer](const char* token) {
    peer.send(request("GET /api/v1/batches/1", token));
    return peer.receive().status;
  };
  CHECK(status_with("reader-0123456789") == 200);
  guarded.write("read another-0123456789\n");
  CHECK(status_with("another-0123456789") == 401);
  CHECK(server.on_loop([&server] { return server.reload(); }).has_value());
  CHECK(status_with("another-0123456789") == 200);
  CHECK(status_with("reader-0123456789") == 401);
  guarded.write("nonsense\n");
  CHECK(server.on_loop([&server] { return server.reload(); }).has_error());
  CHECK(status_with("another-0123456789") == 200);
}

TEST_CASE("a server that anybody may reach and use says so once") {
  Orders orders;
  std::string said;
  Options options;
  options.warned = [&said](std::string_view warning) { said += std::string{warning} + "\n"; };
  { RunningServer server{orders.answers, options}; }
  CHECK(said.empty());
  options.address = "0.0.0.0";
  { RunningServer server{orders.answers, options}; }
  CHECK(said.find("whoever reaches 0.0.0.0") == 0);
  CHECK(std::count(said.begin(), said.end(), '\n') == 1);
  said.clear();
  options.api_key = "0123456789abcdef";
  { RunningServer server{orders.answers, options}; }
  CHECK(said.empty());
}

TEST_CASE("a server whose tokens cannot be read does not listen") {
  Guarded guarded{"hunter2\n"};
  boost::asio::io_context loop;
  boost::asio::thread_pool query{1};
  fakes::RefusingWrites writes;
  fakes::RefusingReplays replays;
  guarded.options.port = 0;
  Server server{loop, query, guarded.orders.answers, writes, replays, guarded.options};
  const auto listening = server.listen();
  REQUIRE(listening.has_error());
  CHECK(listening.error().configuration);
  CHECK(listening.error().message.find("line 1") != std::string::npos);
}

// ---- Browsers ----

std::string from_page(const std::string& line, const std::string& origin,
                      const std::string& more = "") {
  return line + " HTTP/1.1\r\nHost: x\r\nOrigin: " + origin + "\r\n" + more + "\r\n";
}

TEST_CASE("every answer tells browsers to keep their hands off it") {
  Orders orders;
  RunningServer server{orders.answers};
  Peer peer = server.connect();
  const auto check_headers = [](const WireAnswer& answer) {
    CHECK(answer.header("x-content-type-options") == "nosniff");
    CHECK(answer.header("x-frame-options") == "DENY");
    CHECK(answer.header("referrer-policy") == "no-referrer");
    CHECK(answer.header("cross-origin-resource-policy") == "same-origin");
    CHECK(answer.header("strict-transport-security").empty());
    CHECK(answer.header("access-control-allow-origin").empty());
    CHECK(answer.header("vary") != "Origin");
  };
  const auto good = peer.get("/api/v1/batches/1");
  check_headers(good);
  check_headers(peer.get("/nope"));
  peer.send("GET /api/v1/batches/1 HTTP/1.1\r\nHost: x\r\nIf-None-Match: " + good.header("etag") +
            "\r\n\r\n");
  const auto same = peer.receive();
  CHECK(same.status == 304);
  check_headers(same);
  check_headers(peer.get("/api/v1/batches/1/missing?format=ndjson"));
  peer.send(from_page("GET /livez", "https://elsewhere.example"));
  check_headers(peer.receive());
  peer.send("GARBAGE\r\n\r\n");
  check_headers(peer.receive());
}

TEST_CASE("a page of an allowed origin may ask and read, another one may not") {
  Orders orders;
  Options options;
  options.cors_origins = {"https://app.example", "http://localhost:3000"};
  RunningServer server{orders.answers, options};
  Peer peer = server.connect();
  for (const std::string& origin : options.cors_origins) {
    peer.send(from_page("GET /api/v1/batches/1", origin));
    const auto answer = peer.receive();
    CHECK(answer.status == 200);
    CHECK(answer.header("access-control-allow-origin") == origin);
    CHECK(answer.header("access-control-expose-headers") ==
          "ETag, X-Request-Id, X-Revision, X-Confidence, Retry-After, Location");
    CHECK(answer.header("access-control-allow-credentials").empty());
    CHECK(answer.header("cross-origin-resource-policy") == "cross-origin");
    CHECK(answer.header("vary") == "Origin");
    peer.send(from_page("GET /nope", origin));
    CHECK(peer.receive().header("access-control-allow-origin") == origin);
  }
  for (const char* origin : {"https://app.example.evil", "https://app.exampl", "null", "*",
                             "http://app.example", "HTTPS://APP.EXAMPLE"}) {
    peer.send(from_page("GET /api/v1/batches/1", origin));
    const auto answer = peer.receive();
    CHECK(answer.header("access-control-allow-origin").empty());
    CHECK(answer.header("cross-origin-resource-policy") == "same-origin");
    CHECK(answer.header("vary") == "Origin");  // or a cache gives this answer to an allowed page
  }
  CHECK(peer.get("/livez").header("vary") == "Origin");
}

TEST_CASE("a browser's question before the request is answered without a token") {
  Guarded guarded;
  guarded.options.cors_origins = {"https://app.example"};
  RunningServer server{guarded.orders.answers, guarded.options};
  Peer peer = server.connect();
  const std::string asks =
      "Access-Control-Request-Method: DELETE\r\n"
      "Access-Control-Request-Headers: authorization\r\n";
  peer.send(from_page("OPTIONS /api/v1/batches/1", "https://app.example", asks));
  const auto answer = peer.receive();
  CHECK(answer.status == 204);
  CHECK(answer.header("access-control-allow-origin") == "https://app.example");
  CHECK(answer.header("access-control-allow-methods") == "GET, HEAD, POST, PUT, PATCH, DELETE");
  CHECK(answer.header("access-control-allow-headers").find("Authorization") == 0);
  CHECK(answer.header("access-control-max-age") == "600");
  CHECK(answer.header("vary") == "Origin");
  peer.send(from_page("OPTIONS /api/v1/batches/1", "https://elsewhere.example", asks));
  const auto refused = peer.receive();
  CHECK(refused.status == 401);
  CHECK(refused.header("access-control-allow-methods").empty());
  peer.send(from_page("OPTIONS /api/v1/batches/1", "https://app.example"));
  CHECK(peer.receive().status == 401);  // only the browser's own question is free
  peer.send(from_page("DELETE /api/v1/batches/1", "https://app.example"));
  const auto no_token = peer.receive();
  CHECK(no_token.status == 401);
  CHECK(no_token.header("access-control-allow-origin") == "https://app.example");
}

TEST_CASE("every page may ask where the origins say so") {
  Orders orders;
  Options options;
  options.cors_origins = {"*"};
  RunningServer server{orders.answers, options};
  Peer peer = server.connect();
  peer.send(from_page("GET /livez", "https://anybody.example"));
  const auto answer = peer.receive();
  CHECK(answer.header("access-control-allow-origin") == "*");
  CHECK(answer.header("vary").empty());
  CHECK(peer.get("/livez").header("access-control-allow-origin").empty());
}

TEST_CASE("no page of another origin changes anything, where browsers tell who asks") {
  Orders orders;
  Options options;
  options.cors_origins = {"https://app.example"};
  RunningServer server{orders.answers, options};
  Peer peer = server.connect();
  const auto status_of = [&peer](const std::string& line, const std::string& origin,
                                 const std::string& site) {
    peer.send(from_page(line, origin, "Sec-Fetch-Site: " + site + "\r\n"));
    return peer.receive().status;
  };
  CHECK(status_of("POST /reset", "https://elsewhere.example", "cross-site") == 403);
  CHECK(status_of("POST /reset", "http://localhost:3000", "same-site") == 403);
  CHECK(status_of("POST /reset", "https://app.example", "cross-site") == 503);  // went through
  CHECK(status_of("POST /reset", "http://x", "same-origin") == 503);
  CHECK(status_of("GET /livez", "https://elsewhere.example", "cross-site") == 200);
}

TEST_CASE("a write from a page of another origin is refused where only Origin tells of it") {
  Orders orders;
  Options options;
  options.cors_origins = {"https://app.example"};
  RunningServer server{orders.answers, options};
  Peer peer = server.connect();
  const auto status_of = [&peer](const std::string& line, const std::string& origin) {
    peer.send(from_page(line, origin));
    return peer.receive().status;
  };
  for (const char* origin : {"https://elsewhere.example", "null", "http://x.example", "http://x:81",
                             "http://localhost:3000", "x", "://x"}) {
    CAPTURE(origin);
    CHECK(status_of("POST /reset", origin) == 403);
    CHECK(status_of("DELETE /api/v1/batches/1", origin) == 403);
    CHECK(status_of("GET /livez", origin) == 200);
  }
  for (const char* origin : {"https://app.example", "http://x", "https://x", "http://X:80"}) {
    CAPTURE(origin);
    CHECK(status_of("POST /reset", origin) == 503);  // went through
  }
}

TEST_CASE("without tokens only loopback names, addresses and listed hosts are served") {
  Orders orders;
  Options options;
  options.hosts = {"rollcall.internal", "other:8000"};
  RunningServer server{orders.answers, options};
  Peer peer = server.connect();
  const auto ask = [&peer](const std::string& line, const std::string& host) {
    peer.send(line + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    return peer.receive();
  };
  for (const char* host :
       {"localhost", "LOCALHOST:8000", "a.localhost", "localhost.", "127.0.0.1", "10.1.2.3:80",
        "[::1]:8000", "[2001:db8::1]", "rollcall.internal", "Rollcall.Internal:9", "other:8000"}) {
    CAPTURE(host);
    CHECK(ask("GET /livez", host).status == 200);
  }
  for (const char* host :
       {"evil.example", "evil.example:8000", "localhost.evil.example", "evillocalhost",
        "127.0.0.1.evil.example", "other", "other:80", "", "[", "127.1", "[evil]"}) {
    CAPTURE(host);
    for (const char* line : {"GET /livez", "GET /metrics", "GET /", "GET /nope",
                             "DELETE /api/v1/batches", "OPTIONS /"}) {
      const auto answer = ask(line, host);
      CHECK(answer.status == 421);
      CHECK(answer.header("content-type") == "application/problem+json");
      CHECK(answer.body.find("http.hosts") != std::string::npos);
    }
  }
  Peer older = server.connect();
  older.send("GET /livez HTTP/1.0\r\n\r\n");
  CHECK(older.receive().status == 200);
}

TEST_CASE("where tokens are asked for, the name does not matter") {
  Guarded guarded;
  RunningServer server{guarded.orders.answers, guarded.options};
  Peer peer = server.connect();
  peer.send("GET /livez HTTP/1.1\r\nHost: any.example\r\n\r\n");
  CHECK(peer.receive().status == 200);
  peer.send("GET /api/v1/batches HTTP/1.1\r\nHost: any.example\r\n\r\n");
  CHECK(peer.receive().status == 401);
}

TEST_CASE("a body in a coding that is not unpacked is refused as such, not as bad JSON") {
  Orders orders;
  RunningServer server{orders.answers};
  const auto answer_to = [&server](const std::string& line, const std::string& type,
                                   const std::string& coding) {
    Peer peer = server.connect();
    peer.send(line + " HTTP/1.1\r\nHost: x\r\nContent-Type: " + type +
              "\r\nContent-Length: 2\r\nContent-Encoding: " + coding + "\r\n\r\n{}");
    return peer.receive();
  };
  for (const char* coding : {"zstd", "br", "identity, gzip", "gzip, gzip", "nonsense"}) {
    CAPTURE(coding);
    for (const auto& [line, type] : {std::pair{"POST /api/v1/batches", "application/json"},
                                     std::pair{"POST /api/v1/records/bulk", "application/json"},
                                     std::pair{"POST /api/v1/events", "application/x-ndjson"}}) {
      const auto answer = answer_to(line, type, coding);
      CHECK(answer.status == 415);
      CHECK(answer.header("accept-encoding") == "gzip, deflate, identity");
      CHECK(answer.body.find("unsupported_content_encoding") != std::string::npos);
    }
  }
  for (const char* coding : {"Identity", "gzip", "GZIP", "x-gzip", "deflate"})
    CHECK(answer_to("POST /api/v1/batches", "application/json", coding).status != 415);
}

}  // namespace
}  // namespace rollcall::http
