// `rollcall check` as a pipeline runs it: every exit code, and why.
#include <atomic>
#include <csignal>
#include <doctest/doctest.h>
#include <string>

#include "tests/client/fake_daemon.hpp"
#include "tests/client/program_run.hpp"
#include "tests/client/statuses.hpp"
#include "tests/support/servers.hpp"

using namespace rollcall::test;

namespace {

// A batch whose state a test sets.
struct Fixture {
  std::atomic<int> missing = 3;
  std::atomic<int> unexpected = 0;
  std::atomic<bool> is_final = true;
  std::atomic<int> status = 200;
  std::atomic<int> unchanged = 0;
  std::atomic<int> better_after = 1'000'000;  // questions
  std::atomic<int> asked = 0;
  FakeDaemon daemon{[this](const FakeRequest& request) { return answer(request); }};

  FakeAnswer answer(const FakeRequest& request) {
    if (request.target == "/api/v1/batches/orders/missing?format=json&limit=5")
      return {200, R"({"items":[10003,"x\ny",10009],"next_cursor":null})", {}};
    if (request.target == "/api/v1/batches/orders/unexpected?format=json&limit=5")
      return {200, R"({"items":[7],"next_cursor":null})", {}};
    if (request.target != "/api/v1/batches/orders?fresh=true" || status != 200)
      return {status == 200 ? 404 : status.load(), R"({"detail":"Not now."})", {}};
    if (++asked > better_after) missing = 0;
    const std::string etag = "\"" + std::to_string(missing) + "\"";
    const auto known = request.headers.find("if-none-match");
    if (known != request.headers.end() && known->second == etag) {
      ++unchanged;
      return {304, "", {{"ETag", etag}}};
    }
    return {200,
            is_final ? batch_status("orders", missing, unexpected)
                     : batch_status("orders", missing, unexpected, "provisional", R"(["lag"])"),
            {{"ETag", etag}}};
  }

  ProgramOutcome run(std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments{"check", "orders", "--url", daemon.url()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_program(arguments);
  }
};

TEST_CASE_FIXTURE(Fixture, "check ends with 0 where a batch is complete") {
  missing = 0;
  const auto outcome = run();
  CHECK(outcome.code == 0);
  CHECK(outcome.out.empty());
  CHECK(
      outcome.err ==
      "rollcall: orders: complete: 10 expected, 10 processed; 0 missing (0 allowed); 0 unexpected "
      "(0 allowed)\n");
}

TEST_CASE_FIXTURE(Fixture, "check ends with 5 where more is missing or unexpected than allowed") {
  const auto outcome = run();
  CHECK(outcome.code == 5);
  CHECK(outcome.err ==
        "rollcall: orders: incomplete: 10 expected, 7 processed; 3 missing (0 allowed): 10003 "
        "x\\ny 10009; 0 unexpected (0 allowed)\n");
  CHECK(run({"--max-missing", "2"}).code == 5);
  const auto within = run({"--max-missing", "3"});
  CHECK(within.code == 0);
  CHECK(within.err.starts_with("rollcall: orders: within limits: 10 expected, 7 processed; "));
  unexpected = 2;
  const auto both = run({"--max-missing", "3", "--max-unexpected", "1"});
  CHECK(both.code == 5);
  CHECK(both.err.find("3 missing (3 allowed); 2 unexpected (1 allowed): 7 ...\n") !=
        std::string::npos);
  CHECK(run({"--max-missing", "3", "--max-unexpected", "2"}).code == 0);
}

TEST_CASE_FIXTURE(Fixture, "check ends with 8 where a batch is not final, or not there yet") {
  is_final = false;
  missing = 0;
  const auto outcome = run();
  CHECK(outcome.code == 8);
  CHECK(outcome.err.find("; provisional, lag\n") != std::string::npos);
  status = 404;
  CHECK(run().code == 8);
  CHECK(run().err == "rollcall: orders: pending: there is no such batch yet\n");
  status = 503;
  CHECK(run().code == 8);
}

TEST_CASE_FIXTURE(Fixture, "check waits for a batch that is on its way") {
  better_after = 4;
  const auto outcome = run({"--wait", "60s", "--interval", "50ms"});
  CHECK(outcome.code == 0);
  CHECK(asked == 5);
  CHECK(unchanged == 3);
}

TEST_CASE_FIXTURE(Fixture, "check gives up when its time is over") {
  CHECK(run({"--wait", "150ms", "--interval", "50ms"}).code == 5);
  CHECK(asked >= 2);
}

TEST_CASE("check ends with 69 where nobody ever answered, with 8 where somebody did once") {
  const int port = free_port();
  const std::vector<std::string> arguments{
      "check",  "orders", "--url",      "http://127.0.0.1:" + std::to_string(port),
      "--wait", "100ms",  "--interval", "50ms"};
  const auto outcome = run_program(arguments);
  CHECK(outcome.code == 69);
  CHECK(outcome.err.find("orders: unreachable: http://127.0.0.1") != std::string::npos);
  FakeDaemon daemon(
      [answered = std::make_shared<std::atomic<int>>(0)](const FakeRequest&) -> FakeAnswer {
        if ((*answered)++ > 0) return {200, "", {}, true};
        return {200, batch_status("orders", 3, 0), {}};
      },
      port);
  CHECK(run_program(arguments).code == 8);
}

TEST_CASE_FIXTURE(Fixture, "check says it to programs as one JSON object") {
  const auto outcome = run({"--output", "json", "--max-missing", "1"});
  CHECK(outcome.code == 5);
  CHECK(outcome.out ==
        R"({"batch":"orders","result":"incomplete","exit_code":5,"limits":{"missing":1,)"
        R"("unexpected":0},"counts":{"expected":10,"processed":7,"matched":7,"missing":3,)"
        R"("unexpected":0,"duplicate_expected":0,"duplicate_processed":2},"confidence":"final",)"
        R"("reasons":[],"first_missing":[10003,"x\ny",10009],"first_unexpected":[]})"
        "\n");
  status = 503;
  CHECK(run({"--output", "json"}).out.find(R"("result":"pending","exit_code":8)") !=
        std::string::npos);
  CHECK(run({"--output", "csv"}).code == 2);
}

TEST_CASE_FIXTURE(Fixture, "check that is interrupted ends with 130") {
  ProgramRun run({"check", "orders", "--url", daemon.url(), "--wait", "1h", "--interval", "1h"});
  REQUIRE(wait_until(seconds{30}, [&] { return asked > 0; }));
  run.signal(SIGINT);
  const auto outcome = run.wait(seconds{10});
  CHECK(outcome.code == 130);
  CHECK(outcome.err.find("interrupted") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "check tells apart what waiting cannot change") {
  status = 401;
  const auto outcome = run({"--wait", "1h"});
  CHECK(outcome.code == 1);
  CHECK(outcome.err.find("token") != std::string::npos);
  CHECK(run_program({"check"}).code == 2);
  CHECK(run_program({"check", "x", "--wait", "soon"}).code == 2);
  CHECK(run_program({"check", "x", "--max-missing", "-1"}).code == 2);
}

}  // namespace
