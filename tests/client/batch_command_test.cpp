// `rollcall batch` as its users run it, against a daemon that a test speaks for.
#include <doctest/doctest.h>
#include <string>

#include "tests/client/fake_daemon.hpp"
#include "tests/client/program_run.hpp"
#include "tests/client/statuses.hpp"
#include "tests/support/servers.hpp"

using namespace rollcall::test;

namespace {

constexpr const char* kHeader =
    "id,batch_name,state,expected,processed,matched,missing,unexpected,duplicate_expected,"
    "duplicate_processed,processing_rate,verdict,confidence,revision,as_of\r\n";
constexpr const char* kOrdersRow =
    "1,orders,open,10,7,7,3,0,0,2,70.0,incomplete,final,17,2026-11-21T12:00:01.000Z\r\n";

FakeAnswer answer(const FakeRequest& request) {
  const std::string orders = batch_status("orders", 3, 0);
  if (request.target == "/api/v1/batches?limit=1000")
    return {200, R"({"items":[)" + orders + R"(],"next_cursor":"a+b","total":2})", {}};
  if (request.target == "/api/v1/batches?limit=1000&cursor=a%2Bb")
    return {200,
            R"({"items":[)" + batch_status("a \\u001b[31m,\\\"b", 0, 0, "provisional") +
                R"(],"next_cursor":null})",
            {}};
  if (request.target == "/api/v1/batches?limit=1000&q=x%26y")
    return {200, R"({"items":[],"next_cursor":null})", {}};
  if (request.target == "/api/v1/batches/orders") return {200, orders, {}};
  if (request.target == "/api/v1/batches/by-name/17") return {200, orders, {}};
  if (request.target == "/api/v1/batches/orders/missing?format=ndjson")
    return {200, "10003\n\"a\\nb\\\"\"\n{\"_end\":true,\"count\":2}\n", {}};
  if (request.target == "/api/v1/batches/cut/missing?format=ndjson")
    return {200, "10003\n10006\n", {}, true};
  if (request.target == "/api/v1/batches/short/missing?format=ndjson")
    return {200, "10003\n10006\n", {}};
  if (request.target == "/api/v1/batches/html") return {200, "<html>", {}};
  if (request.target == "/api/v1/batches/other") return {200, "{}", {}};
  return {404, R"({"detail":"There is no such batch."})", {}};
}

struct Fixture {
  FakeDaemon daemon{answer};

  ProgramOutcome run(std::vector<std::string> arguments,
                     const std::vector<std::string>& environment = {}) const {
    arguments.insert(arguments.end(), {"--url", daemon.url()});
    return run_program(arguments, environment);
  }
};

TEST_CASE_FIXTURE(Fixture, "batch list shows every page as a table") {
  const auto outcome = run({"batch", "list"});
  CHECK(outcome.code == 0);
  CHECK(outcome.err.empty());
  CHECK(outcome.out ==
        "ID  BATCH          EXPECTED  PROCESSED  MATCHED  MISSING  UNEXPECTED  RATE  VERDICT     "
        "CONFIDENCE\n"
        " 1  orders               10          7        7        3           0  70.0  incomplete  "
        "final\n"
        " 1  a \\x1b[31m,\"b        10         10       10        0           0  70.0  complete    "
        "provisional\n");
}

TEST_CASE_FIXTURE(Fixture, "batch list writes CSV and JSON for programs") {
  const auto csv = run({"batch", "list", "-o", "csv"});
  CHECK(csv.code == 0);
  CHECK(csv.out == std::string{kHeader} + kOrdersRow +
                       "1,\"a \x1b[31m,\"\"b\",open,10,10,10,0,0,0,2,70.0,complete,provisional,17,"
                       "2026-11-21T12:00:01.000Z\r\n");
  const auto json = run({"batch", "list", "--output", "json"});
  CHECK(json.out == "[\n" + batch_status("orders", 3, 0) + ",\n" +
                        batch_status("a \\u001b[31m,\\\"b", 0, 0, "provisional") + "\n]\n");
  const auto none = run({"batch", "list", "--match", "x&y", "--output", "json"});
  CHECK(none.out == "[\n]\n");
  CHECK(run({"batch", "list", "--match", "x&y", "--output", "csv"}).out == kHeader);
}

TEST_CASE_FIXTURE(Fixture, "batch show tells about one batch") {
  const auto table = run({"batch", "show", "orders"});
  CHECK(table.code == 0);
  CHECK(table.out ==
        "batch       orders (number 1)\n"
        "expected    10\n"
        "processed   7\n"
        "matched     7 (70.0 %)\n"
        "missing     3\n"
        "unexpected  0\n"
        "duplicates  0 expected, 2 processed\n"
        "state       open\n"
        "verdict     incomplete (final)\n"
        "as of       2026-11-21T12:00:01.000Z, revision 17\n");
  CHECK(run({"batch", "show", "orders", "-o", "csv"}).out == std::string{kHeader} + kOrdersRow);
  CHECK(run({"batch", "show", "orders", "-o", "json"}).out == batch_status("orders", 3, 0) + "\n");
  CHECK(run({"batch", "show", "17", "--by-name"}).code == 0);
  CHECK(run({"batch", "show", "17"}).code == 0);
  const auto meant_a_number = run({"batch", "show", "18"});
  CHECK(meant_a_number.code == 1);
  CHECK(meant_a_number.err.find("'#18'") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "batch missing writes every id") {
  CHECK(run({"batch", "missing", "orders"}).out == "10003\na\\nb\"\n");
  CHECK(run({"batch", "missing", "orders", "-o", "csv"}).out ==
        "record_id\r\n10003\r\n\"a\nb\"\"\"\r\n");
  CHECK(run({"batch", "missing", "orders", "-o", "json"}).out == "[\n10003,\n\"a\\nb\\\"\"\n]\n");
}

TEST_CASE_FIXTURE(Fixture, "a list of missing ids that was cut is an error") {
  for (const auto* const batch : {"cut", "short"}) {
    CAPTURE(batch);
    const auto outcome = run({"batch", "missing", batch});
    CHECK(outcome.code == 1);
    CHECK(outcome.err.find("the list was cut after 2 ids") != std::string::npos);
  }
}

TEST_CASE_FIXTURE(Fixture, "errors end with their code and go to stderr") {
  const auto absent = run({"batch", "show", "nothing"});
  CHECK(absent.code == 1);
  CHECK(absent.out.empty());
  CHECK(absent.err.find("There is no such batch.") != std::string::npos);
  CHECK(run({"batch", "missing", "nothing"}).code == 1);
  CHECK(run({"batch", "show", "html"}).code == 1);
  CHECK(run({"batch", "show", "other"}).code == 1);
  const std::string nobody = "http://127.0.0.1:" + std::to_string(free_port());
  CHECK(run_program({"batch", "list", "--url", nobody}).code == 69);
  CHECK(run_program({"batch", "missing", "x", "--url", nobody}).code == 69);
  CHECK(run_program({"batch", "list"}, {"ROLLCALL_URL=" + nobody}).code == 69);
  CHECK(run({"batch", "show", "orders"}, {"ROLLCALL_URL=" + nobody}).code == 0);  // the flag wins
  CHECK(run_program({"batch", "list", "--url", "nonsense://x"}).code == 2);
  CHECK(run_program({"batch", "list", "--url", ""}).code == 2);
  CHECK(run_program({"batch"}).code == 2);
  CHECK(run_program({"batch", "show"}).code == 2);
  CHECK(run_program({"batch", "list", "-o", "xml"}).code == 2);
}

TEST_CASE_FIXTURE(Fixture, "a token comes by flag, file or variable, the nearest first") {
  const TestFile file("token", " from-file \n");
  const auto sent = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"batch", "show", "orders"});
    const auto outcome = run(arguments, {"ROLLCALL_TOKEN=from-variable"});
    CHECK(outcome.code == 0);
    CHECK((outcome.out + outcome.err).find("from-") == std::string::npos);
    return daemon.requests().back().headers.at("authorization");
  };
  CHECK(sent({}) == "Bearer from-variable");
  CHECK(sent({"--token-file", file.path()}) == "Bearer from-file");
  CHECK(sent({"--token", "from-flag"}) == "Bearer from-flag");
  CHECK(run({"batch", "list", "--token", "a", "--token-file", file.path()}).code == 2);
  CHECK(run({"batch", "list", "--token-file", "/nowhere"}).code == 2);
  const auto odd = run({"batch", "list", "--token", "hunter2\r\nX: y"});
  CHECK(odd.code == 2);
  CHECK(odd.err.find("hunter2") == std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "colours are for terminals, and not for those who want none") {
  const std::vector<std::string> arguments{"batch", "show", "orders", "--url", daemon.url()};
  CHECK(run_on_terminal(arguments).out.find("\x1b[31mincomplete\x1b[0m") != std::string::npos);
  CHECK(run_on_terminal(arguments, {"NO_COLOR=1"}).out.find('\x1b') == std::string::npos);
  CHECK(run_on_terminal(arguments, {"NO_COLOR="}).out.find('\x1b') != std::string::npos);
  CHECK(run_on_terminal(arguments, {"TERM=dumb"}).out.find('\x1b') == std::string::npos);
  CHECK(run_program(arguments).out.find('\x1b') == std::string::npos);
}

}  // namespace
