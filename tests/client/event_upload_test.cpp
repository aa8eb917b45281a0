#include "connectors/client/event_upload.hpp"

#include <atomic>
#include <doctest/doctest.h>
#include <string>
#include <vector>

#include "tests/client/fake_daemon.hpp"
#include "tests/support/servers.hpp"

namespace rollcall::client {
namespace {

using test::FakeAnswer;
using test::FakeDaemon;
using test::FakeEvents;
using test::FakeRequest;

EventUpload::Options quick() {
  EventUpload::Options options;
  options.backoff = {std::chrono::milliseconds{1}, std::chrono::milliseconds{5}};
  options.retry = std::chrono::seconds{20};
  return options;
}

ClientOptions at(const std::string& url) {
  ClientOptions options;
  options.url = url;
  return options;
}

EventChunk chunk_of(const std::vector<std::string>& lines, std::uint64_t index = 0) {
  EventChunk chunk;
  chunk.index = index;
  for (const auto& line : lines) {
    chunk.body += line + "\n";
    chunk.lines.push_back(chunk.lines.size() + 10);
  }
  return chunk;
}

TEST_CASE("a key stands for what is sent, where it stood and where it goes") {
  const auto key = idempotency_key(chunk_of({"1", "2"}), "7");
  CHECK(key.size() == 39);
  CHECK(key == idempotency_key(chunk_of({"1", "2"}), "7"));
  CHECK(key != idempotency_key(chunk_of({"1", "3"}), "7"));
  CHECK(key != idempotency_key(chunk_of({"1", "2"}, 1), "7"));
  CHECK(key != idempotency_key(chunk_of({"1", "2"}), "8"));
}

TEST_CASE("the batch is asked for once, and made where it is not there") {
  FakeEvents events;
  std::atomic<int> looked = 0;
  std::atomic<int> made = 0;
  FakeDaemon daemon([&](const FakeRequest& request) -> FakeAnswer {
    if (request.target == "/api/v1/batches/by-name/a%2Fb")
      return ++looked < 3 ? FakeAnswer{404, "{}", {}} : FakeAnswer{200, R"({"id":9})", {}};
    if (request.target != "/api/v1/batches") return events.take(request);
    CHECK(request.body == R"({"batch_name":"a/b"})");
    // Away, then made by somebody else in between.
    return FakeAnswer{++made == 1 ? 503 : 409, "{}", {}};
  });
  HttpClient client(at(daemon.url()));
  auto options = quick();
  options.batch = "a/b";
  EventUpload upload(client, options);
  CHECK(upload.send(chunk_of({"1"})).has_value());
  CHECK(upload.send(chunk_of({"2"}, 1)).has_value());
  CHECK(looked == 3);
  CHECK(daemon.requests().back().headers.at("idempotency-key") ==
        idempotency_key(chunk_of({"2"}, 1), "9"));
}

TEST_CASE("a chunk is posted as NDJSON under its key, and the receipt counts") {
  FakeEvents events;
  FakeDaemon daemon([&](const FakeRequest& request) { return events.take(request); });
  HttpClient client(at(daemon.url()));
  EventUpload upload(client, quick());
  const auto chunk = chunk_of({"{\"id\":1}", "{\"id\":2}"});
  const auto receipt = upload.send(chunk);
  REQUIRE(receipt.has_value());
  CHECK(receipt->accepted == 2);
  CHECK(receipt->duplicates == 0);
  const auto request = daemon.requests().at(0);
  CHECK(request.method == "POST");
  CHECK(request.target == "/api/v1/events");
  CHECK(request.headers.at("content-type") == "application/x-ndjson");
  CHECK(request.headers.at("idempotency-key") == idempotency_key(chunk, ""));
  CHECK(request.body == chunk.body);
}

TEST_CASE("what passes is tried again under the same key") {
  FakeEvents events;
  std::atomic<int> calls = 0;
  FakeDaemon daemon([&](const FakeRequest& request) -> FakeAnswer {
    switch (++calls) {
      case 1:
        return {503, "{}", {{"Retry-After", "0"}}};
      case 2:
        return {429, "{}", {}};
      case 3:
        return {200, "cut", {}, true};
      case 4:
        // Taken, and the answer is lost on its way.
        static_cast<void>(events.take(request));
        return {201, "cut", {}, true};
      default:
        return events.take(request);
    }
  });
  HttpClient client(at(daemon.url()));
  EventUpload upload(client, quick());
  const auto receipt = upload.send(chunk_of({"1", "2", "3"}));
  REQUIRE(receipt.has_value());
  CHECK(receipt->accepted == 3);
  CHECK(events.records() == 3);
  const auto requests = daemon.requests();
  REQUIRE(requests.size() == 5);
  for (const auto& request : requests)
    CHECK(request.headers.at("idempotency-key") == requests[0].headers.at("idempotency-key"));
}

TEST_CASE("what does not pass is given up at once") {
  for (const int status : {400, 401, 403, 404, 413, 415, 422}) {
    CAPTURE(status);
    FakeDaemon daemon([status](const FakeRequest&) { return FakeAnswer{status, "{}", {}}; });
    HttpClient client(at(daemon.url()));
    EventUpload upload(client, quick());
    const auto receipt = upload.send(chunk_of({"1"}));
    REQUIRE_FALSE(receipt.has_value());
    CHECK(receipt.error().kind == FailureKind::fatal);
    CHECK(daemon.requests().size() == 1);
  }
}

TEST_CASE("when the time for retries is over, the last failure is the answer") {
  HttpClient client(at("http://127.0.0.1:" + std::to_string(test::free_port())));
  auto options = quick();
  options.retry = std::chrono::milliseconds{50};
  int said = 0;
  options.say = [&said](const std::string&) { ++said; };
  EventUpload upload(client, options);
  const auto receipt = upload.send(chunk_of({"1"}));
  REQUIRE_FALSE(receipt.has_value());
  CHECK(receipt.error().kind == FailureKind::transient);
  CHECK(said > 0);
}

TEST_CASE("refused events are told with their lines, and all others are taken") {
  FakeEvents events;
  FakeDaemon daemon([&](const FakeRequest& request) { return events.take(request); });
  HttpClient client(at(daemon.url()));
  EventUpload upload(client, quick());
  const auto receipt = upload.send(chunk_of({"1", "bad", "2", "bad", "3"}));
  REQUIRE(receipt.has_value());
  CHECK(receipt->accepted == 3);
  CHECK(receipt->refused == 2);
  CHECK(events.all() == "1\n2\n3\n");
  REQUIRE(receipt->first_refused.size() == 2);
  CHECK(receipt->first_refused[0].line == 11);
  CHECK(receipt->first_refused[1].line == 13);
  CHECK(receipt->first_refused[1].field == "id");
  CHECK(receipt->first_refused[1].message == "a bad one");
  CHECK(daemon.requests().size() == 1);
}

TEST_CASE("beside why a field was refused stands what it holds") {
  const auto chunk = chunk_of({R"({"id":1,"side":"expected"})", R"({"id":2,"side":"Shipped"})"});
  const auto told = [&](const std::string& pointer) {
    return receipt_of(chunk,
                      {422,
                       {},
                       R"({"accepted":1,"duplicates":0,"rejected":1,"errors":[{"pointer":")" +
                           pointer + R"(","message":"is none"}]})"},
                      files::Content::events)
        .value()
        .first_refused.at(0)
        .message;
  };
  CHECK(told("/2/side") == "\"Shipped\" is none");
  CHECK(told("/1/id") == "1 is none");
  CHECK(told("/2/batch") == "is none");
  CHECK(told("/2") == "is none");
}

TEST_CASE("pointers that lead nowhere are not followed") {
  const auto chunk = chunk_of({"1"});
  const auto told = [&](const std::string& pointer) {
    return receipt_of(chunk,
                      {422,
                       {},
                       R"({"accepted":0,"duplicates":0,"rejected":1,"errors":[{"pointer":")" +
                           pointer + R"(","message":"m"}]})"},
                      files::Content::events)
        .value()
        .first_refused.size();
  };
  CHECK(told("/1/id") == 1);
  CHECK(told("/1") == 1);
  for (const auto* const pointer :
       {"", "1", "/0/id", "/2/id", "/x/id", "/-1", "/99999999999999999999"})
    CHECK(told(pointer) == 0);
}

TEST_CASE("customers go to their own path") {
  std::string answer = R"({"accepted":2})";
  int status = 201;
  FakeDaemon daemon([&](const FakeRequest&) { return FakeAnswer{status, answer, {}}; });
  HttpClient client(at(daemon.url()));
  auto options = quick();
  options.content = files::Content::customers;
  EventUpload upload(client, options);
  const auto chunk = chunk_of({"{\"customer_id\":1}", "{\"customer_id\":2}"});
  const auto receipt = upload.send(chunk);
  REQUIRE(receipt.has_value());
  CHECK(receipt->accepted == 2);
  CHECK(daemon.requests().at(0).target == "/api/v1/customers/bulk");
  CHECK(daemon.requests().at(0).headers.at("content-type") == "application/json");
  CHECK(daemon.requests().at(0).headers.count("idempotency-key") == 0);
  CHECK(daemon.requests().at(0).body == R"({"customers":[{"customer_id":1},{"customer_id":2}]})");
  answer = "[]";
  CHECK(upload.send(chunk)->accepted == 2);
  answer = "welcome";
  CHECK_FALSE(upload.send(chunk).has_value());
  status = 422;
  answer = "{}";
  CHECK_FALSE(upload.send(chunk).has_value());
}

TEST_CASE("a customer that the daemon refuses costs none of those that were sent with it") {
  // Names two at a time, and has two things to say about each.
  FakeDaemon daemon([](const FakeRequest& request) -> FakeAnswer {
    std::string errors;
    std::size_t index = 0;
    for (const char letter : request.body) {
      if (letter == 'X' && errors.size() < 200) {
        for (const char* field : {"email", "name"})
          errors += std::string{errors.empty() ? "" : ","} + R"({"pointer":"/customers/)" +
                    std::to_string(index) + '/' + field + R"(","message":"odd"})";
      }
      if (letter == 'X' || letter == 'O') ++index;
    }
    if (!errors.empty()) return {422, "{\"errors\":[" + errors + "]}", {}};
    return {201, "{\"accepted\":" + std::to_string(index) + ",\"duplicates\":0}", {}};
  });
  HttpClient client(at(daemon.url()));
  auto options = quick();
  options.content = files::Content::customers;
  EventUpload upload(client, options);
  const auto receipt =
      upload.send(chunk_of({"\"X\"", "\"O\"", "\"X\"", "\"O\"", "\"X\"", "\"X\"", "\"O\""}));
  REQUIRE(receipt.has_value());
  CHECK(receipt->accepted == 3);
  CHECK(receipt->refused == 4);
  REQUIRE(receipt->first_refused.size() == 8);
  CHECK(receipt->first_refused[2].line == 12);
  CHECK(receipt->first_refused[6].line == 15);
  CHECK(receipt->first_refused[6].field == "email");
  CHECK(daemon.requests().back().body == R"({"customers":["O","O","O"]})");
  // None of them is left.
  CHECK(upload.send(chunk_of({"\"X\"", "\"X\""}))->refused == 2);
}

TEST_CASE("an answer that is no receipt is an error") {
  FakeDaemon daemon([](const FakeRequest&) { return FakeAnswer{201, "welcome", {}}; });
  HttpClient client(at(daemon.url()));
  EventUpload upload(client, quick());
  CHECK_FALSE(upload.send(chunk_of({"1"})).has_value());
}

}  // namespace
}  // namespace rollcall::client
