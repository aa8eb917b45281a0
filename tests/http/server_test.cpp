#include <doctest/doctest.h>
#include <mutex>

#include "tests/http/running_server.hpp"

namespace rollcall::http {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

const std::string kGet = "GET /api/v1/batches/1 HTTP/1.1\r\nHost: test\r\n\r\n";

struct Orders {
  Orders() { answers.add("orders", {1ULL, 2ULL}, {1ULL}); }
  fakes::FakeAnswers answers;
};

TEST_CASE("a connection serves one request after the other") {
  Orders orders;
  RunningServer server{orders.answers};
  Peer peer = server.connect();
  for (int round = 0; round < 3; ++round) {
    const auto answer = peer.get("/api/v1/batches/1");
    CHECK(answer.status == 200);
    CHECK(answer.complete);
    CHECK(answer.header("content-type") == "application/json");
    CHECK(answer.header("date") == "Sat, 21 Nov 2026 10:00:08 GMT");
    CHECK(answer.header("server") == "rollcall");
    CHECK(answer.header("connection").empty());
    CHECK(answer.header("x-request-id").size() == 16);
  }
  CHECK(server.connections() == 1);
}

TEST_CASE("a request id is taken, or made anew each time") {
  Orders orders;
  RunningServer server{orders.answers};
  Peer peer = server.connect();
  peer.send("GET /livez HTTP/1.1\r\nHost: test\r\nX-Request-Id: trace-7\r\n\r\n");
  CHECK(peer.receive().header("x-request-id") == "trace-7");
  const auto first = peer.get("/nope");
  CHECK(first.body.find("\"request_id\":\"" + first.header("x-request-id") + "\"") !=
        std::string::npos);
  CHECK(first.header("x-request-id") != peer.get("/nope").header("x-request-id"));
}

TEST_CASE("requests sent ahead are answered in order") {
  Orders orders;
  RunningServer server{orders.answers};
  Peer peer = server.connect();
  std::string ahead;
  for (int request = 0; request < 200; ++request) {
    ahead += "GET /n" + std::to_string(request) +
             " HTTP/1.1\r\nHost: test\r\nX-Request-Id: " + std::to_string(request) + "\r\n\r\n" +
             kGet + "GET /api/v1/batches/1/missing?format=text HTTP/1.1\r\nHost: test\r\n\r\n";
  }
  std::thread sender{[&peer, &ahead] { peer.send(ahead); }};
  for (int request = 0; request < 200; ++request) {
    const auto answer = peer.receive();
    REQUIRE(answer.status == 404);
    REQUIRE(answer.header("x-request-id") == std::to_string(request));
    REQUIRE(peer.receive().status == 200);
    REQUIRE(peer.receive().body == "2\n");
  }
  sender.join();
}

TEST_CASE("HEAD has the headers of GET and no body") {
  Orders orders;
  RunningServer server{orders.answers};
  Peer peer = server.connect();
  const auto whole = peer.get("/api/v1/batches/1");
  peer.send("HEAD /api/v1/batches/1 HTTP/1.1\r\nHost: test\r\n\r\n");
  const auto head = peer.receive(true);
  CHECK(head.status == 200);
  CHECK(head.header("content-length") == whole.header("content-length"));
  CHECK(head.header("etag") == whole.header("etag"));
  peer.send("HEAD /api/v1/batches/1/missing HTTP/1.1\r\nHost: test\r\n\r\n");
  const auto list_head = peer.receive(true);
  CHECK(list_head.header("etag") == peer.get("/api/v1/batches/1/missing").header("etag"));
  peer.send("HEAD /nope HTTP/1.1\r\nHost: test\r\n\r\n");
  CHECK(peer.receive(true).status == 404);
  CHECK(peer.get("/livez").status == 200);
}

TEST_CASE("304 carries no body and the connection goes on") {
  Orders orders;
  RunningServer server{orders.answers};
  Peer peer = server.connect();
  const auto etag = peer.get("/api/v1/batches/1").header("etag");
  peer.send("GET /api/v1/batches/1 HTTP/1.1\r\nHost: test\r\nIf-None-Match: " + etag + "\r\n\r\n");
  const auto same = peer.receive();
  CHECK(same.status == 304);
  CHECK(same.header("content-length").empty());
  CHECK(peer.get("/livez").status == 200);
}

TEST_CASE("HTTP/1.0 closes unless asked to stay, and gets lists without chunks") {
  Orders orders;
  RunningServer server{orders.answers};
  Peer peer = server.connect();
  peer.send("GET /livez HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  CHECK(peer.receive().header("connection") == "keep-alive");
  peer.send("GET /api/v1/batches/1/missing?format=ndjson HTTP/1.0\r\n\r\n");
  const auto list = peer.receive();
  CHECK(list.header("connection") == "close");
  CHECK(list.body == "2\n{\"_end\":true,\"count\":1}\n");
  CHECK(peer.closed());
}

TEST_CASE("a client that is not understood is told why before the connection is closed") {
  Orders orders;
  RunningServer server{orders.answers};
  const auto refused = [&server](const std::string& bytes) {
    Peer peer = server.connect();
    peer.send(bytes);
    const auto answer = peer.receive();
    CHECK(answer.header("content-type") == "application/problem+json");
    CHECK(answer.header("connection") == "close");
    CHECK(peer.closed());
    return answer.status;
  };
  CHECK(refused("GARBAGE\r\n\r\n") == 400);
  CHECK(refused("GET / HTTP/1.1\r\n\r\n") == 400);
  CHECK(refused("GET / HTTP/1.1\r\nHost: x\r\nBomb: " + std::string(100'000, 'x') + "\r\n\r\n") ==
        431);
  CHECK(
      refused("POST /api/v1/records/bulk HTTP/1.1\r\nHost: x\r\nContent-Length: 16777217\r\n\r\n" +
              std::string(200'000, 'x')) == 413);
  const std::string tls_hello = "\x16\x03\x01\x02\x00\x01\x00\x01\xFC\x03\x03"s;
  CHECK(refused(tls_hello + std::string(500, 'z') + "\r\n\r\n") == 400);
}

TEST_CASE("a body that no route wants is read past") {
  Orders orders;
  RunningServer server{orders.answers};
  Peer peer = server.connect();
  peer.send("POST /api/v1/batches/1 HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n" +
            std::string(60'000, 'x'));
  CHECK(peer.receive().status == 405);
  peer.send("GET /livez HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
  CHECK(peer.receive().status == 100);
  peer.send("abc");
  CHECK(peer.receive().status == 200);
  CHECK(peer.get("/livez").status == 200);
}

TEST_CASE("a refused body that is long or has not been sent is answered at once") {
  Orders orders;
  RunningServer server{orders.answers};
  for (const std::string& framing :
       {"Content-Length: 300000\r\n"s, "Transfer-Encoding: chunked\r\n"s,
        "Expect: 100-continue\r\nContent-Length: 3\r\n"s}) {
    Peer peer = server.connect();
    peer.send("POST /livez HTTP/1.1\r\nHost: x\r\n" + framing + "\r\n");
    const auto answer = peer.receive();
    CHECK(answer.status == 405);
    CHECK(answer.header("connection") == "close");
    CHECK(peer.closed());
  }
}

TEST_CASE("a client that drips its request is told so and closed") {
  Orders orders;
  Options options;
  options.request = 100ms;
  RunningServer server{orders.answers, options};
  Peer peer = server.connect();
  peer.send("GET / HTTP/1.1\r\nHost:");
  CHECK(peer.receive().status == 408);
  CHECK(peer.closed());
}

TEST_CASE("an idle connection is closed in silence") {
  Orders orders;
  Options options;
  options.idle = 100ms;
  RunningServer server{orders.answers, options};
  Peer peer = server.connect();
  CHECK(peer.get("/livez").status == 200);
  CHECK(peer.receive().status == 0);
}

TEST_CASE("a client that sends no more is still answered") {
  Orders orders;
  RunningServer server{orders.answers};
  Peer peer = server.connect();
  peer.send(kGet + kGet);
  peer.send_no_more();
  CHECK(peer.receive().status == 200);
  CHECK(peer.receive().status == 200);
  CHECK(peer.closed());
}

TEST_CASE("a connection over the limit is told to come back") {
  Orders orders;
  Options options;
  options.connections_max = 2;
  options.client_share = 100;
  RunningServer server{orders.answers, options};
  Peer first = server.connect();
  CHECK(first.get("/livez").status == 200);
  {
    Peer second = server.connect();
    CHECK(second.get("/livez").status == 200);
    Peer third = server.connect();
    const auto answer = third.receive();
    CHECK(answer.status == 503);
    CHECK(answer.header("retry-after") == "1");
    CHECK(third.closed());
    CHECK(first.get("/livez").status == 200);
  }
  while (server.connections() > 1) std::this_thread::yield();
  Peer fourth = server.connect();
  CHECK(fourth.get("/livez").status == 200);
}

TEST_CASE("many idle connections cost little and disturb nobody") {
  Orders orders;
  RunningServer server{orders.answers};
  std::vector<Peer> idle;
  idle.reserve(400);
  for (int peer = 0; peer < 400; ++peer) idle.push_back(server.connect());
  Peer busy = server.connect();
  for (int round = 0; round < 50; ++round) CHECK(busy.get("/api/v1/batches/1").status == 200);
  CHECK(server.connections() == 401);
  CHECK(idle.back().get("/livez").status == 200);
}

TEST_CASE("an address in use is the configuration's fault, and says which") {
  Orders orders;
  RunningServer server{orders.answers};
  boost::asio::io_context loop;
  boost::asio::thread_pool query{1};
  Options options;
  options.port = server.port();
  fakes::RefusingWrites writes;
  fakes::RefusingReplays replays;
  Server second{loop, query, orders.answers, writes, replays, options};
  const auto listening = second.listen();
  REQUIRE(listening.has_error());
  CHECK(listening.error().configuration);
  CHECK(listening.error().message.find("127.0.0.1 port " + std::to_string(server.port())) !=
        std::string::npos);
  CHECK_FALSE(listening.error().advice.empty());
  options.address = "not-an-address";
  Server third{loop, query, orders.answers, writes, replays, options};
  CHECK(third.listen().error().configuration);
}

TEST_CASE("each answer is reported by route, method and code") {
  Orders orders;
  std::mutex mutex;
  std::vector<std::string> reports;
  Options options;
  options.finished = [&mutex, &reports](const RequestReport& report) {
    const std::lock_guard lock{mutex};
    reports.push_back(std::string{report.method} + " " + std::string{report.route} + " " +
                      std::to_string(report.status));
  };
  RunningServer server{orders.answers, options};
  Peer peer = server.connect();
  CHECK(peer.get("/api/v1/batches/orders").status == 200);
  CHECK(peer.get("/wp-admin.php").status == 404);
  peer.send("BREW /livez HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(peer.receive().status == 405);
  server.stop();
  const std::lock_guard lock{mutex};
  CHECK(reports == std::vector<std::string>{"GET /api/v1/batches/{batch} 200", "GET unmatched 404",
                                            "OTHER /livez 405"});
}

TEST_CASE("stopping closes what is idle at once") {
  Orders orders;
  RunningServer server{orders.answers};
  Peer idle = server.connect();
  Peer fresh = server.connect();
  CHECK(idle.get("/livez").status == 200);
  const auto began = std::chrono::steady_clock::now();
  server.stop();
  CHECK(std::chrono::steady_clock::now() - began < 5s);
  CHECK(idle.closed());
  CHECK(fresh.closed());
  CHECK_THROWS(Peer{server.port()});
}

TEST_CASE("a request under way when the server stops is answered and its connection closed") {
  Orders orders;
  RunningServer server{orders.answers};
  Peer peer = server.connect();
  CHECK(peer.get("/livez").status == 200);
  peer.send("GET /api/v1/batches/1 HTTP/1.1\r\n");
  Peer other = server.connect();  // once this one is answered, the half request has been read too
  CHECK(other.get("/livez").status == 200);
  server.on_loop([&server] { server.begin_stop(); });
  peer.send("Host: test\r\n\r\n");
  const auto answer = peer.receive();
  CHECK(answer.status == 200);
  CHECK(answer.header("connection") == "close");
  server.wait_for_stop();
}

}  // namespace
}  // namespace rollcall::http
