// Clients that mean harm or are badly broken. While each has its way, somebody else is answered as
// ever; how fast is printed and not judged, because machines differ.
#include <array>
#include <atomic>
#include <cstdio>
#include <doctest/doctest.h>
#include <random>
#include <sys/resource.h>

#include "tests/http/besieged.hpp"

namespace rollcall::http {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

const std::string kBulk =
    "POST /api/v1/records/bulk HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
const std::string kEvents =
    "POST /api/v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n"
    "Transfer-Encoding: chunked\r\n\r\n";

std::string chunk(const std::string& bytes) {
  std::array<char, 20> size{};
  std::snprintf(size.data(), size.size(), "%zx\r\n", bytes.size());
  return size.data() + bytes + "\r\n";
}

TEST_CASE("readers that take a whole list byte by byte") {
  Besieged server;
  std::vector<Peer> readers;
  for (int reader = 0; reader < 12; ++reader) {
    readers.push_back(server.connect(4096, reader % 2 == 0 ? "127.0.0.2" : "127.0.0.3"));
    readers.back().send("GET /api/v1/batches/1/missing?format=ndjson HTTP/1.1\r\nHost: x\r\n\r\n");
  }
  for (int round = 0; round < 20; ++round) {
    for (Peer& reader : readers) CHECK(reader.receive_some(1) == 1);
    server.honest().wait_for(20);
  }
}

TEST_CASE("connections that send half a request and fall silent") {
  Options options;
  options.request = 500ms;
  Besieged server{options};
  std::vector<Peer> silent;
  for (int peer = 0; peer < 100; ++peer) {
    silent.push_back(server.connect());
    silent.back().send(peer % 2 == 0 ? "GET / HTTP/1.1\r\nHos"
                                     : kBulk + "Content-Length: 1000\r\n\r\n{\"batch_id\"");
  }
  server.honest().wait_for(200);
  for (Peer& peer : silent) {
    CHECK(peer.receive().status == 408);
    CHECK(peer.closed());
  }
}

// Both ends of each connection are ours.
void allow_many_descriptors() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

TEST_CASE("a thousand connections that ask nothing") {
  allow_many_descriptors();
  Options options;
  options.connections_max = 1500;
  options.client_share = 100;
  Besieged server{options};
  std::vector<Peer> idle;
  idle.reserve(1000);
  for (int peer = 0; peer < 1000; ++peer) idle.push_back(server.connect());
  server.honest().wait_for(500);
  CHECK(server.connections() >= 1001);
  CHECK(idle.back().get("/livez").status == 200);
}

TEST_CASE("a body that drips has the time of one request") {
  Options options;
  options.request = 1s;
  Besieged server{options};
  Peer drip = server.connect();
  drip.send(kBulk + "Content-Length: 15000000\r\n\r\n");
  for (int byte = 0; byte < 50; ++byte) {
    drip.send(" ");
    server.honest().wait_for(10);
  }
  CHECK(drip.receive().status == 408);
  CHECK(drip.closed());
}

TEST_CASE("events that drip disturb nobody") {
  Besieged server;
  Peer drip = server.connect();
  drip.send(kEvents);
  const std::string line = "{\"batch\":\"drip\",\"side\":\"expected\",\"id\":1}\n";
  for (const char byte : line) {
    drip.send(chunk(std::string(1, byte)));
    server.honest().wait_for(10);
  }
  drip.send("0\r\n\r\n");
  const auto answer = drip.receive();
  CHECK_MESSAGE(answer.status == 201, answer.body);
}

TEST_CASE("a body without an end is cut where it may not go on") {
  Options options;
  options.body_bytes_max = std::uint64_t{4} << 20U;
  Besieged server{options};
  Peer flood = server.connect();
  flood.send(kBulk + "Transfer-Encoding: chunked\r\n\r\n");
  const std::string piece = chunk(std::string(60'000, ' '));
  for (int count = 0; count < 200; ++count) flood.send(piece);  // three times what is allowed
  server.honest().wait_for(50);
  CHECK(flood.receive().status == 413);
  CHECK(flood.closed());
}

TEST_CASE("events without an end are taken as fast as they are stored") {
  Besieged server;
  std::atomic<bool> enough{false};
  std::vector<std::thread> floods;
  floods.reserve(4);
  for (int flood = 0; flood < 4; ++flood) {
    floods.emplace_back([&server, &enough, flood] {
      Peer peer = server.connect();
      peer.send(kEvents);
      std::uint64_t id = 0;
      while (!enough) {
        std::string lines;
        for (int line = 0; line < 500; ++line) {
          lines += "{\"batch\":\"flood" + std::to_string(flood) +
                   "\",\"side\":\"processed\",\"id\":" + std::to_string(id++ * 7919) + "}\n";
        }
        peer.send(chunk(lines));
      }
      peer.send("0\r\n\r\n");
      const auto answer = peer.receive();
      CHECK_MESSAGE(answer.status == 201, answer.body);
      CHECK(answer.body.find("\"accepted\":" + std::to_string(id)) != std::string::npos);
    });
  }
  server.honest().wait_for(300);
  enough = true;
  for (std::thread& flood : floods) flood.join();
}

TEST_CASE("headers without an end") {
  Besieged server;
  for (int round = 0; round < 20; ++round) {
    Peer peer = server.connect();
    std::string bomb = "GET / HTTP/1.1\r\nHost: x\r\n";
    for (int field = 0; field < 5'000; ++field) bomb += "X-" + std::to_string(field) + ": y\r\n";
    peer.send(round % 2 == 0 ? bomb : "GET /" + std::string(200'000, 'a'));
    CHECK(peer.receive().status == 431);
    CHECK(peer.closed());
  }
}

TEST_CASE("bytes that mean nothing") {
  Besieged server;
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random{seed};
  for (int round = 0; round < 200; ++round) {
    std::string garbage(1 + random() % 3000, '\0');
    for (char& byte : garbage) byte = static_cast<char>(random());
    Peer peer = server.connect();
    peer.send(garbage + "\r\n\r\n");
    peer.send_no_more();
    const auto answer = peer.receive();
    CHECK((answer.status == 0 || answer.status >= 400));
  }
}

TEST_CASE("a thousand requests sent ahead are answered in order") {
  Besieged server;
  Peer peer = server.connect();
  std::string ahead;
  for (int request = 0; request < 1000; ++request) {
    ahead += "GET /api/v1/batches/1/missing?limit=3 HTTP/1.1\r\nHost: x\r\nX-Request-Id: " +
             std::to_string(request) + "\r\n\r\n";
  }
  std::thread sender{[&peer, &ahead] { peer.send(ahead); }};
  for (int request = 0; request < 1000; ++request) {
    const auto answer = peer.receive();
    REQUIRE(answer.status == 200);
    REQUIRE(answer.header("x-request-id") == std::to_string(request));
  }
  sender.join();
}

TEST_CASE("a thousand requests sent ahead by one that reads nothing") {
  Options options;
  options.write_stall = 500ms;
  Besieged server{options};
  Peer peer = server.connect(4096);
  std::string ahead;
  for (int request = 0; request < 1000; ++request)
    ahead += "GET /api/v1/batches/1/missing?limit=2000 HTTP/1.1\r\nHost: x\r\n\r\n";
  std::thread sender{[&peer, &ahead] { peer.send(ahead); }};
  while (server.connections() > 1) server.honest().wait_for(20);  // until it is cut
  CHECK(peer.closed());
  sender.join();
}

TEST_CASE("paths that look for something beside the API find nothing") {
  Besieged server;
  Peer peer = server.connect();
  for (const char* path : {"/../../etc/passwd",
                           "/%2e%2e%2f%2e%2e%2fetc/passwd",
                           "/%2e%2e/%2e%2e/etc/passwd",
                           "//",
                           "//etc/passwd",
                           "/livez/../metrics",
                           "/livez/..%2fmetrics",
                           "/./livez",
                           "/docs/assets/..%2f..%2fetc%2fpasswd",
                           "/docs/assets/../../etc/passwd",
                           "/livez%00",
                           "/api/v1/batches/%00",
                           "/api/v1/batches/..%2f..%2flivez",
                           "/api/v1/batches/1%00",
                           "/api/v1/batches/%2e%2e",
                           "/api/v1/batches/1/../2",
                           "/..;/livez",
                           "/\\..\\livez",
                           "/%c0%ae%c0%ae/livez",
                           "http://elsewhere.example/../livez"}) {
    const auto answer = peer.get(path);
    CHECK_MESSAGE(answer.status == 404, path);
    CHECK_MESSAGE(answer.body.find("root:") == std::string::npos, path);
  }
  // These lead back to a path of ours, whatever stands before the slash.
  for (const char* path : {"/livez/", "/livez//"}) {
    const auto answer = peer.get(path);
    CHECK_MESSAGE(answer.status == 308, std::string{path});
    CHECK(answer.header("location") == "/livez");
  }
  for (const std::string& line : {"GET /api/v1/batches/%zz"s, "GET livez"s, "GET ../livez"s}) {
    Peer other = server.connect();
    other.send(line + " HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK_MESSAGE(other.receive().status == 400, line);
  }
  Peer other = server.connect();
  other.send("GET /livez\0/../metrics HTTP/1.1\r\nHost: x\r\n\r\n"s);
  CHECK(other.receive().status == 400);
}

TEST_CASE("a body of another type is refused before it is read") {
  Besieged server;
  for (const char* path :
       {"/api/v1/events", "/api/v1/records", "/api/v1/records/bulk", "/api/v1/batches"}) {
    for (const char* type : {"text/html", "application/x-www-form-urlencoded",
                             "multipart/form-data", "application/jsonp", ""}) {
      Peer peer = server.connect();
      peer.send("POST "s + path + " HTTP/1.1\r\nHost: x\r\nContent-Type: " + type +
                "\r\nContent-Length: 1000000\r\n\r\n");
      CHECK_MESSAGE(peer.receive().status == 415, path, " ", type);
      CHECK(peer.closed());
    }
  }
}

TEST_CASE("TLS to a plain port, and plain HTTP to a TLS port") {
  Options options;
  options.request = 500ms;
  Besieged server{options};
  for (int round = 0; round < 50; ++round) {
    Peer plain{server.port()};
    Peer tls{server.port()};
    const bool spoken = server.speaks_tls();
    if (spoken) {
      CHECK(plain.get("/livez").status == 400);
      CHECK(plain.closed());
      tls.send("\x16\x03\x01\x02\x00"s + std::string(600, '\xff'));
      CHECK(tls.closed());
    } else {
      CHECK(plain.get("/livez").status == 200);
      CHECK_THROWS(tls.begin_tls());
    }
  }
  server.honest().wait_for(50);
}

}  // namespace
}  // namespace rollcall::http
