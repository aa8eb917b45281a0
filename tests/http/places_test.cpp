// Clients that hold as many places as they can get: reading, writing, or simply by being there. Others go on.
#include <algorithm>
#include <array>
#include <cstdio>
#include <doctest/doctest.h>

#include "tests/http/besieged.hpp"

namespace rollcall::http {
namespace {

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

std::string event_of(const std::string& batch, int id) {
  return "{\"batch\":\"" + batch + "\",\"side\":\"expected\",\"id\":" + std::to_string(id) + "}\n";
}

WireAnswer post(Peer& peer, const std::string& head, const std::string& body) {
  peer.send(head + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  return peer.receive();
}

const std::string kWholeEvents =
    "POST /api/v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n";

// JSON may have as much space as it likes.
std::string bulk_of(int id, std::size_t bytes) {
  std::string body = "{\"batch_id\":1,\"records\":[{\"record_id\":" + std::to_string(id) +
                     ",\"status\":\"processed\"}";
  body.resize(std::max(bytes, body.size() + 2) - 2, ' ');
  return body + "]}";
}

TEST_CASE("readers that take nothing of their lists take no place of those who write") {
  Besieged server;
  std::vector<Peer> readers;
  for (int reader = 0; reader < 40; ++reader) {  // more than there are places for
    readers.push_back(server.connect(4096, reader % 2 == 0 ? "127.0.0.2" : "127.0.0.3"));
    readers.back().send("GET /api/v1/batches/1/missing?format=ndjson HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(readers.back().receive_some(1) == 1);
  }
  Peer reader = server.connect();
  CHECK(reader.get("/api/v1/batches/1/missing?format=ndjson").status == 503);
  Peer writer = server.connect();
  for (int round = 0; round < 5; ++round) {
    const auto answer = post(writer, kWholeEvents, event_of("written", round));
    CHECK_MESSAGE(answer.status == 201, answer.body);
  }
}

TEST_CASE("bodies that were announced and do not come hold no memory that others want") {
  Options options;
  options.bodies_bytes_max = std::uint64_t{32} << 20U;
  Besieged server{options};
  std::vector<Peer> drips;
  for (int drip = 0; drip < 40; ++drip) {
    drips.push_back(server.connect());
    drips.back().send(kBulk + "Content-Length: 15000000\r\n\r\n{");
  }
  server.honest().wait_for(100);  // all of them have been looked at
  Peer writer = server.connect();
  const auto answer = post(writer, kBulk, bulk_of(1, 12'000'000));
  CHECK_MESSAGE(answer.status == 201, answer.body);
  for (Peer& drip : drips) drip.send(" ");
  CHECK(post(writer, kBulk, bulk_of(2, 12'000'000)).status == 201);
}

TEST_CASE("bodies that fill all the room there is come to their ends one after the other") {
  Options options;
  options.bodies_bytes_max = std::uint64_t{1} << 20U;
  Besieged server{options};
  std::vector<std::thread> writers;
  for (int writer = 0; writer < 12; ++writer) {
    writers.emplace_back([&server, writer] {
      Peer peer = server.connect(0, writer % 2 == 0 ? "127.0.0.2" : "127.0.0.3");
      for (int round = 0; round < 4; ++round) {
        const auto answer = post(peer, kBulk, bulk_of(100 * writer + round + 1, 700'000));
        CHECK_MESSAGE(answer.status == 201, answer.body);
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
}

TEST_CASE("one address that drips events has its part of the places and no more") {
  Options options;
  options.streams_max = 4;
  options.client_share = 50;
  Besieged server{options};
  std::vector<Peer> drips;
  for (int drip = 0; drip < 4; ++drip) {
    drips.push_back(server.connect(0, "127.0.0.2"));
    drips.back().send(kEvents + chunk("{"));
    if (drip < 2) continue;
    const auto refused = drips.back().receive();
    CHECK(refused.status == 429);
    CHECK(refused.header("retry-after") == "1");
    CHECK_MESSAGE(refused.body.find("too_many_at_once") != std::string::npos, refused.body);
  }
  server.honest().wait_for(50);
  Peer writer = server.connect();
  const auto answer = post(writer, kWholeEvents, event_of("written", 1));
  CHECK_MESSAGE(answer.status == 201, answer.body);
}

TEST_CASE("one address that connects and connects has its part of the connections") {
  Options options;
  options.connections_max = 12;
  options.client_share = 50;
  Besieged server{options};
  std::vector<Peer> idle;
  for (int peer = 0; peer < 6; ++peer) {
    idle.push_back(server.connect(0, "127.0.0.2"));
    CHECK(idle.back().get("/livez").status == 200);
  }
  Peer seventh = server.connect(0, "127.0.0.2");
  const auto refused = seventh.receive();
  CHECK(refused.status == 429);
  CHECK(refused.header("x-request-id") != "");
  CHECK(seventh.closed());
  Peer other = server.connect();
  CHECK(other.get("/livez").status == 200);
  idle.pop_back();
  // Its place is free as soon as the server has noticed.
  unsigned again = 0;
  while (again != 200) {
    Peer next = server.connect(0, "127.0.0.2");
    again = next.get("/livez").status;
    REQUIRE((again == 200 || again == 429));
  }
}

}  // namespace
}  // namespace rollcall::http
