#include <doctest/doctest.h>
#include <fstream>

#include "tests/http/running_server.hpp"

namespace rollcall::http {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kMillion = 1'000'000;
const std::string kStream =
    "GET /api/v1/batches/1/missing?format=ndjson HTTP/1.1\r\nHost: test\r\n\r\n";

struct ManyMissing {
  explicit ManyMissing(std::uint64_t ids = kMillion) {
    answers.add("many", {}, {}).view->missing_up_to = ids;
  }
  fakes::FakeAnswers answers;
};

std::size_t resident_bytes() {
  std::ifstream statm{"/proc/self/statm"};
  std::size_t total = 0;
  std::size_t resident = 0;
  statm >> total >> resident;
  return resident * 4096;
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;  // keeps freed memory, so growth says nothing
#else
constexpr bool kSanitized = false;
#endif

TEST_CASE("a million ids are sent in constant memory") {
  ManyMissing many;
  RunningServer server{many.answers};
  Peer peer = server.connect();
  CHECK(peer.get("/livez").status == 200);
  const std::size_t before = resident_bytes();
  std::size_t most = before;
  peer.send(kStream);
  // Read without keeping, so that only the server's memory can grow.
  std::size_t bytes = 0;
  constexpr std::size_t kLeast = 6'888'896;  // the digits and line feeds of 1 .. 10^6
  while (bytes < kLeast) {
    const std::size_t got = peer.receive_some(65536);
    REQUIRE(got > 0);
    bytes += got;
    most = std::max(most, resident_bytes());
  }
  MESSAGE("resident growth: " << (most - before) / 1024 << " KiB");
  if (!kSanitized) CHECK(most - before <= std::size_t{16} << 20U);
}

TEST_CASE("a stream is whole, in order, and its connection serves on") {
  ManyMissing many{100'000};
  RunningServer server{many.answers};
  Peer peer = server.connect();
  peer.send(kStream + kStream);
  for (int round = 0; round < 2; ++round) {
    const auto answer = peer.receive();
    CHECK(answer.complete);
    CHECK(answer.header("transfer-encoding") == "chunked");
    CHECK(answer.header("x-revision") == "1");
    std::string wanted;
    for (int id = 1; id <= 100'000; ++id) wanted += std::to_string(id) + "\n";
    CHECK(answer.body == wanted + "{\"_end\":true,\"count\":100000}\n");
  }
  CHECK(peer.get("/livez").status == 200);
}

TEST_CASE("a client that stops reading holds up nobody and is cut in the end") {
  ManyMissing many{10 * kMillion};  // more than the kernel takes from us
  many.answers.add("fewer", {}, {}).view->missing_up_to = 100'000;
  Options options;
  options.write_stall = 500ms;
  RunningServer server{many.answers, options};
  Peer stuck = server.connect(4096);
  stuck.send(kStream);
  CHECK(stuck.receive_some(1) == 1);
  for (int round = 0; round < 20; ++round) {
    Peer other = server.connect();
    CHECK(other.get("/api/v1/batches/1").status == 200);
  }
  Peer reader = server.connect();
  CHECK(reader.get("/api/v1/batches/2/missing?format=csv").complete);
  while (server.connections() > 1) std::this_thread::yield();  // until only the reader is left
  CHECK(stuck.closed());
}

TEST_CASE("streams have a limit of their own") {
  ManyMissing many{10 * kMillion};
  Options options;
  options.lists_max = 2;
  options.client_share = 100;
  RunningServer server{many.answers, options};
  Peer first = server.connect(4096);
  Peer second = server.connect(4096);
  for (Peer* peer : {&first, &second}) {
    peer->send(kStream);
    CHECK(peer->receive_some(1) == 1);
  }
  Peer third = server.connect();
  const auto refused = third.get("/api/v1/batches/1/missing?format=csv");
  CHECK(refused.status == 503);
  CHECK(refused.header("retry-after") == "1");
  CHECK(third.get("/api/v1/batches/1/missing?limit=2").status == 200);
  CHECK(third.get("/api/v1/analysis/missing/1").status == 503);
}

TEST_CASE("stopping finishes a stream that is under way") {
  ManyMissing many;
  RunningServer server{many.answers};
  Peer peer = server.connect();
  peer.send(kStream);
  CHECK(peer.receive_some(1) == 1);
  server.on_loop([&server] { server.begin_stop(); });
  std::size_t bytes = 1;
  for (std::size_t got = peer.receive_some(65536); got > 0; got = peer.receive_some(65536))
    bytes += got;
  CHECK(bytes > 6'888'896);
  server.wait_for_stop();
}

TEST_CASE("stopping does not wait for ever for a client that reads nothing") {
  ManyMissing many{10 * kMillion};
  Options options;
  options.drain = 200ms;
  RunningServer server{many.answers, options};
  Peer stuck = server.connect(4096);
  stuck.send(kStream);
  CHECK(stuck.receive_some(1) == 1);
  const auto began = std::chrono::steady_clock::now();
  server.stop();
  CHECK(std::chrono::steady_clock::now() - began < 10s);
}

TEST_CASE("a list that cannot be made is a 500 that tells nothing, and later a cut") {
  ManyMissing many;
  std::string logged;
  Options options;
  options.failed = [&logged](std::string_view message) { logged = message; };
  RunningServer server{many.answers, options};
  server.on_loop([&many] { many.answers.at(1).view->broken = true; });
  Peer peer = server.connect();
  const auto answer = peer.get("/api/v1/batches/1/missing?format=ndjson");
  CHECK(answer.status == 500);
  CHECK(answer.body.find("0xdeadbeef") == std::string::npos);
  CHECK(peer.get("/livez").status == 200);
  CHECK(server.on_loop([&logged] { return logged; }).find("0xdeadbeef") != std::string::npos);
}

TEST_CASE("a client that leaves in the middle leaves nothing behind") {
  ManyMissing many{10 * kMillion};
  RunningServer server{many.answers};
  for (int round = 0; round < 20; ++round) {
    Peer peer = server.connect(4096);
    peer.send(kStream);
    CHECK(peer.receive_some(1) == 1);
  }
  while (server.connections() > 0) std::this_thread::yield();
  Peer peer = server.connect();
  CHECK(peer.get("/api/v1/batches/1/missing?limit=1").status == 200);
}

}  // namespace
}  // namespace rollcall::http
