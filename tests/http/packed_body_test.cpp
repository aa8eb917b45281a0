// Bodies with a Content-Encoding, sent to a server that takes writes.
#include <doctest/doctest.h>

#include "tests/http/besieged.hpp"
#include "tests/http/packed.hpp"

namespace rollcall::http {
namespace {

constexpr std::uint64_t kMebibyte = std::uint64_t{1} << 20U;

std::string head(const std::string& path, const std::string& type, const std::string& coding) {
  return "POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Type: " + type +
         "\r\nContent-Encoding: " + coding + "\r\n";
}
std::string bulk(const std::string& coding) {
  return head("/api/v1/records/bulk", "application/json", coding);
}
std::string events(const std::string& coding) {
  return head("/api/v1/events", "application/x-ndjson", coding);
}

WireAnswer post(Peer& peer, const std::string& lines, const std::string& body) {
  peer.send(lines + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  return peer.receive();
}

std::string lines_of(const std::string& batch, int first, int count) {
  std::string lines;
  for (int id = first; id < first + count; ++id) {
    lines += R"({"batch":")" + batch + R"(","side":"expected","id":)" + std::to_string(id) + "}\n";
  }
  return lines;
}

bool has(const WireAnswer& answer, const std::string& text) {
  return answer.body.find(text) != std::string::npos;
}

TEST_CASE("a packed body is what it holds") {
  Besieged server;
  Peer peer = server.connect();
  int id = 0;
  for (const char* coding : {"gzip", "deflate"}) {
    const std::string records = R"({"batch_id":1,"records":[{"record_id":)" + std::to_string(++id) +
                                R"(,"status":"processed"}]})";
    const auto answer = post(peer, bulk(coding), packed(records, coding));
    CHECK_MESSAGE(answer.status == 201, answer.body);
    CHECK(has(answer, "\"accepted\":1"));
    const auto taken = post(peer, events(coding), packed(lines_of(coding, 1, 50'000), coding));
    CHECK_MESSAGE(taken.status == 201, taken.body);
    CHECK(has(taken, "\"accepted\":50000"));
  }
}

TEST_CASE("packed events may come in any pieces, and again with their key, packed or not") {
  Besieged server;
  const std::string plain = lines_of("pieces", 1, 30'000);
  const std::string sent = packed(plain);
  Peer peer = server.connect();
  const std::string key = "Idempotency-Key: pieces\r\n";
  peer.send(events("gzip") + key + "Transfer-Encoding: chunked\r\n\r\n");
  for (std::size_t at = 0; at < sent.size(); at += 1000) {
    const std::string piece = sent.substr(at, 1000);
    char size[20];
    std::snprintf(static_cast<char*>(size), sizeof size, "%zx\r\n", piece.size());
    peer.send(static_cast<char*>(size) + piece + "\r\n");
  }
  peer.send("0\r\n\r\n");
  const auto first = peer.receive();
  CHECK_MESSAGE(first.status == 201, first.body);
  CHECK(has(first, "\"accepted\":30000"));
  const auto again = post(peer, events("identity") + key, plain);
  CHECK_MESSAGE(again.status == 201, again.body);
  CHECK(again.body == first.body);
}

TEST_CASE("what a body holds counts against its limit, not how it was sent") {
  Options options;
  options.body_bytes_max = 4 * kMebibyte;
  Besieged server{options};
  const std::string bomb = packed(std::string(64 * kMebibyte, ' '));
  CHECK(bomb.size() < options.body_bytes_max / 16);
  Peer peer = server.connect();
  for (int round = 0; round < 3; ++round) {
    const auto answer = post(peer, bulk("gzip"), bomb);
    CHECK(answer.status == 413);
    CHECK_MESSAGE(has(answer, "body_too_large"), answer.body);
  }
  std::string fits = R"({"batch_id":1,"records":[{"record_id":7,"status":"processed"}]})";
  fits.resize(4 * kMebibyte, ' ');
  CHECK(post(peer, bulk("gzip"), packed(fits)).status == 201);
  CHECK(post(peer, bulk("gzip"), packed(fits + " ")).status == 413);
  // A stream has no length, but each of its lines does.
  Peer other = server.connect();
  CHECK(post(other, events("gzip"), bomb).status == 413);
}

TEST_CASE("a body that is not what its coding says is refused, and says where") {
  Besieged server;
  const std::string plain = lines_of("broken", 1, 30'000);
  const std::string sent = packed(plain);
  const auto refused = [&server](const std::string& lines, const std::string& body) {
    Peer peer = server.connect();
    const auto answer = post(peer, lines, body);
    CHECK_MESSAGE(answer.status == 400, answer.body);
    CHECK_MESSAGE(has(answer, "bad_content_encoding"), answer.body);
    CHECK_MESSAGE(has(answer, ", at byte "), answer.body);
    return answer;
  };
  CHECK(has(refused(bulk("gzip"), "{\"batch_id\":1}"), "incorrect header check"));
  CHECK(has(refused(bulk("gzip"), sent.substr(0, sent.size() / 2)), "it ends too early"));
  CHECK(has(refused(bulk("deflate"), sent), "incorrect header check"));
  std::string wrong_sum = sent;
  wrong_sum[wrong_sum.size() - 5] ^= 1;
  CHECK(has(refused(bulk("gzip"), wrong_sum), "incorrect data check"));
  // Of events, what came before the break is stored and counted.
  const auto half = refused(events("gzip"), sent.substr(0, sent.size() / 2));
  CHECK(has(half, "it ends too early"));
  CHECK_FALSE(has(half, "\"accepted\":0,"));
  const auto rest = refused(events("gzip"), wrong_sum);
  CHECK(has(rest, "incorrect data check"));
}

TEST_CASE("bodies that become large by being unpacked share the room with all others") {
  Options options;
  options.bodies_bytes_max = 8 * kMebibyte;
  Besieged server{options};
  std::string large = R"({"batch_id":1,"records":[{"record_id":9,"status":"processed"}]})";
  large.resize(6 * kMebibyte, ' ');
  const std::string sent = packed(large);
  std::vector<std::thread> clients;
  for (int client = 0; client < 6; ++client) {
    clients.emplace_back([&server, &sent] {
      Peer peer = server.connect();
      for (int round = 0; round < 3; ++round) {
        const auto answer = post(peer, bulk("gzip"), sent);
        CHECK_MESSAGE(answer.status == 201, answer.body);
      }
    });
  }
  for (std::thread& client : clients) client.join();
}

}  // namespace
}  // namespace rollcall::http
