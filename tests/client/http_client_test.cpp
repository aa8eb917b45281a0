#include "connectors/client/http_client.hpp"

#include <doctest/doctest.h>
#include <string>
#include <unistd.h>

#include "connectors/client/api_answer.hpp"
#include "tests/client/fake_daemon.hpp"
#include "tests/support/servers.hpp"

namespace rollcall::client {
namespace {

using test::FakeAnswer;
using test::FakeDaemon;
using test::FakeRequest;

FakeAnswer hello(const FakeRequest& /*request*/) { return {200, "hello", {{"X-Case", "Kept"}}}; }

ClientOptions options_for(const std::string& url) {
  ClientOptions options;
  options.url = url;
  return options;
}

HttpRequest get(const std::string& target) {
  HttpRequest request;
  request.target = target;
  return request;
}

TEST_CASE("an answer has status, headers and body, and one connection serves many requests") {
  FakeDaemon daemon(hello);
  auto options = options_for(daemon.url() + "/prefix/");
  options.token = "secret";
  HttpClient client(options);
  for (int i = 0; i < 3; ++i) {
    const auto answer = client.send(get("/path"));
    REQUIRE(answer.has_value());
    CHECK(answer->status == 200);
    CHECK(answer->body == "hello");
    CHECK(answer->headers.at("x-case") == "Kept");
  }
  const auto requests = daemon.requests();
  REQUIRE(requests.size() == 3);
  CHECK(requests[0].method == "GET");
  CHECK(requests[0].target == "/prefix/path");
  CHECK(requests[0].headers.at("authorization") == "Bearer secret");
}

TEST_CASE("a body is sent as it is, at once however large") {
  FakeDaemon daemon(hello);
  HttpClient client(options_for(daemon.url()));
  HttpRequest request = get("/path");
  request.method = "POST";
  request.headers = {{"Content-Type", "application/x-ndjson"}};
  request.body = std::string(3'000'000, 'x') + std::string(1, '\0') + "\n";
  REQUIRE(client.send(request).has_value());
  const auto sent = daemon.requests().at(0);
  CHECK(sent.body == request.body);
  CHECK(sent.headers.at("content-type") == "application/x-ndjson");
  CHECK(sent.headers.count("expect") == 0);
  // The next request is none of the first one's.
  REQUIRE(client.send(get("/path")).has_value());
  CHECK(daemon.requests().at(1).method == "GET");
  CHECK(daemon.requests().at(1).body.empty());
}

TEST_CASE("nobody there is transient, and says where nobody was") {
  const std::string url = "http://127.0.0.1:" + std::to_string(test::free_port());
  HttpClient client(options_for(url));
  const auto answer = client.send(get("/"));
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.error().kind == FailureKind::transient);
  CHECK(answer.error().message.find(url) != std::string::npos);
}

TEST_CASE("an answer that ends in its middle is transient") {
  FakeDaemon daemon([](const FakeRequest&) { return FakeAnswer{200, "hel", {}, true}; });
  HttpClient client(options_for(daemon.url()));
  const auto answer = client.send(get("/"));
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.error().kind == FailureKind::transient);
}

TEST_CASE("a sink takes the body of a 200 and of nothing else") {
  int status = 200;
  FakeDaemon daemon([&](const FakeRequest&) { return FakeAnswer{status, "body", {}}; });
  HttpClient client(options_for(daemon.url()));
  std::string taken;
  HttpRequest request = get("/");
  request.sink = [&](std::string_view bytes) {
    taken += bytes;
    return true;
  };
  CHECK(client.send(request)->body.empty());
  CHECK(taken == "body");
  status = 404;
  CHECK(client.send(request)->body == "body");
  CHECK(taken == "body");
  status = 200;
  request.sink = [](std::string_view) { return false; };
  const auto given_up = client.send(request);
  REQUIRE_FALSE(given_up.has_value());
  CHECK(given_up.error().kind == FailureKind::fatal);
}

TEST_CASE("a stop ends a request and a wait that are under way") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  FakeDaemon daemon([&](const FakeRequest& request) {
    const auto written = request.target == "/stop" ? ::write(ends[1], "x", 1) : 0;
    static_cast<void>(written);
    return request.target == "/stop" ? FakeAnswer{200, "hel", {{"Slow", "yes"}}} : FakeAnswer{};
  });
  auto options = options_for(daemon.url());
  options.stop_descriptor = ends[0];
  HttpClient client(options);
  CHECK(client.send(get("/go")).has_value());
  CHECK(client.wait(std::chrono::milliseconds{1}));
  CHECK_FALSE(client.stopped());
  static_cast<void>(client.send(get("/stop")));
  CHECK_FALSE(client.wait(std::chrono::hours{1}));
  CHECK(client.stopped());
  CHECK_FALSE(client.send(get("/go")).has_value());
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_CASE("a URL that cannot be a daemon's is refused") {
  CHECK(url_problem("http://127.0.0.1:8000").empty());
  CHECK(url_problem("https://rollcall.example.com/prefix/").empty());
  CHECK(url_problem("http://[::1]:8000").empty());
  for (const auto* const url : {"", "ftp://host", "http://", "http://user:hunter2@host",
                                "http://host?x=1", "http://host#x", "http://host:99999999"}) {
    CAPTURE(url);
    const auto problem = url_problem(url);
    CHECK_FALSE(problem.empty());
    CHECK(problem.find("hunter2") == std::string::npos);
  }
}

TEST_CASE("a problem is told in the words of the daemon") {
  const HttpAnswer answer{
      422, {}, R"({"code":"invalid","detail":"No.","errors":[{"pointer":"/a","message":"m"},5]})"};
  const auto failure = failure_of(answer, "http://h");
  CHECK(failure.kind == FailureKind::fatal);
  CHECK(failure.message == "http://h answers 422: No. /a: m");
  CHECK(failure_of({503, {}, "<html>"}, "http://h").kind == FailureKind::transient);
  CHECK(failure_of({429, {}, ""}, "http://h").kind == FailureKind::transient);
  CHECK_FALSE(failure_of({401, {}, ""}, "http://h").advice.empty());
}

TEST_CASE("a daemon may say when to come back") {
  const auto told = [](const std::string& text) {
    return retry_after({503, {{"retry-after", text}}, ""});
  };
  CHECK(told("7") == std::chrono::seconds{7});
  CHECK(told("9999999") == std::chrono::hours{1});
  CHECK_FALSE(told("soon"));
  CHECK_FALSE(told("-1"));
  CHECK_FALSE(retry_after({503, {}, ""}));
}

TEST_CASE("a batch is asked for by number or name") {
  CHECK(batch_path("17", false) == "/api/v1/batches/by-name/17");
  CHECK(batch_path("#17", false) == "/api/v1/batches/17");
  CHECK(batch_path("#17", true) == "/api/v1/batches/by-name/%2317");
  CHECK(batch_path("#x", false) == "/api/v1/batches/%23x");
  CHECK(number_advice("17").find("'#17'") != std::string::npos);
  CHECK(number_advice("orders").empty());
  CHECK(batch_path("17", true) == "/api/v1/batches/by-name/17");
  CHECK(batch_path("a/b c", false) == "/api/v1/batches/a%2Fb%20c");
}

}  // namespace
}  // namespace rollcall::client
