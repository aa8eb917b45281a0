// `rollcall import` as its users run it, against a daemon that a test speaks for.
#include <condition_variable>
#include <csignal>
#include <doctest/doctest.h>
#include <mutex>
#include <set>
#include <string>

#include "tests/client/fake_daemon.hpp"
#include "tests/client/program_run.hpp"
#include "tests/support/servers.hpp"

using namespace rollcall::test;

namespace {

constexpr int kRecords = 45'000;  // four chunks and a half

std::string many_ids() {
  std::string text = "record_id\n";
  for (int i = 1; i <= kRecords; ++i) text += std::to_string(i) + "\n";
  return text;
}

std::vector<std::string> import_of(const std::string& file, const std::string& url,
                                   const std::vector<std::string>& more = {}) {
  std::vector<std::string> arguments{"import", file, "--url", url};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

// Lets a test hold a request until it has done something else.
class Gate {
 public:
  void open() {
    const std::scoped_lock lock(mutex_);
    open_ = true;
    opened_.notify_all();
  }
  void pass() {
    std::unique_lock lock(mutex_);
    opened_.wait_for(lock, seconds{60}, [this] { return open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable opened_;
  bool open_ = false;
};

TEST_CASE("each format is read, by the file's name or as told") {
  FakeEvents events;
  FakeDaemon daemon([&](const FakeRequest& request) { return events.take(request); });
  const TestFile csv("a.csv", "record_id,status\n1,expected\n1,processed\n");
  const TestFile json("a.json", R"({"records":[{"record_id":2,"status":"expected"}]})");
  const TestFile ndjson("a.ndjson", "{\"batch\":\"b\",\"id\":3,\"side\":\"expected\"}\n");
  const TestFile other("a.dat", "4\n");
  const auto outcome = run_program(import_of(csv.path(), daemon.url(), {"--batch", "b"}));
  CHECK(outcome.code == 0);
  CHECK(outcome.out.empty());
  CHECK(outcome.err.find("a.csv: 2 records: 2 accepted, 0 duplicates, 0 refused") !=
        std::string::npos);
  CHECK(run_program(import_of(json.path(), daemon.url(), {"--batch", "b"})).code == 0);
  CHECK(run_program(import_of(ndjson.path(), daemon.url())).code == 0);
  CHECK(run_program(import_of(other.path(), daemon.url(), {"--batch", "b"})).code == 2);
  CHECK(run_program(import_of(other.path(), daemon.url(),
                              {"--batch", "b", "--side", "processed", "--format", "ndjson"}))
            .code == 0);
  CHECK(events.all() ==
        "{\"batch\":\"b\",\"id\":\"1\",\"side\":\"expected\"}\n"
        "{\"batch\":\"b\",\"id\":\"1\",\"side\":\"processed\"}\n"
        "{\"batch\":\"b\",\"side\":\"expected\",\"id\":2}\n"
        "{\"batch\":\"b\",\"side\":\"expected\",\"id\":3}\n"
        "{\"batch\":\"b\",\"side\":\"processed\",\"id\":4}\n");
}

TEST_CASE("customers are sent alike from CSV and JSON") {
  FakeDaemon daemon([](const FakeRequest&) { return FakeAnswer{201, "{}", {}}; });
  const std::string data = std::string{ROLLCALL_SOURCE_DIR} + "/data/customers";
  const auto outcome = run_program(import_of(data + ".csv", daemon.url(), {"--customers"}));
  CHECK(outcome.code == 0);
  CHECK(outcome.err.find("12 records: 12 accepted, 0 duplicates, 0 refused") != std::string::npos);
  CHECK(run_program(import_of(data + ".json", daemon.url(), {"--customers"})).code == 0);
  const auto requests = daemon.requests();
  REQUIRE(requests.size() == 2);
  CHECK(requests[0].body.starts_with(
      R"({"customers":[{"customer_id":101,"name":"Ada Winter","email":"ada.winter@example.com",)"
      R"("source":"salesforce"},{)"));
  std::string spaced = requests[1].body;
  for (const std::string space : {": ", ", "}) {
    for (auto at = spaced.find(space); at != spaced.npos; at = spaced.find(space))
      spaced.erase(at + 1, 1);
  }
  CHECK(spaced == requests[0].body);
  const TestFile bad("c.csv", "customer_id,name,email,source\n1,a,b\n");
  CHECK(run_program(import_of(bad.path(), daemon.url(), {"--customers"})).code == 1);
  CHECK(daemon.requests().size() == 2);  // nothing is left to be sent
  const TestFile less("c.csv", "customer_id,name,email\n1,a,b\n");
  CHECK(run_program(import_of(less.path(), daemon.url(), {"--customers"}))
            .err.find("there is no column \"source\"") != std::string::npos);
  CHECK(run_program(import_of(bad.path(), daemon.url(), {"--customers", "--batch", "b"})).code ==
        2);
}

TEST_CASE("stdin is a file, too") {
  FakeEvents events;
  FakeDaemon daemon([&](const FakeRequest& request) { return events.take(request); });
  const TestFile file("ids", "17\n18\n");
  const std::string command = std::string{ROLLCALL_PROGRAM} + " import - --format ndjson --url " +
                              daemon.url() + " --batch b --side expected";
  CHECK(run_command({"sh", "-c", "cat " + file.path() + " | " + command + " 2>/dev/null"},
                    seconds{60}) == 0);
  CHECK(events.records() == 2);
}

TEST_CASE("an import that is repeated changes nothing") {
  FakeEvents events;
  FakeDaemon daemon([&](const FakeRequest& request) { return events.take(request); });
  const TestFile file("ids.csv", many_ids());
  const auto arguments =
      import_of(file.path(), daemon.url(), {"--batch", "b", "--side", "expected"});
  CHECK(run_program(arguments).code == 0);
  CHECK(events.records() == kRecords);
  CHECK(events.bodies() == 5);
  CHECK(run_program(arguments).code == 0);
  CHECK(events.records() == kRecords);
  // So does a new batch, even under the old one's name.
  events.delete_batches();
  CHECK(run_program(arguments).code == 0);
  CHECK(events.records() == kRecords);
  // Another side is another import.
  CHECK(run_program(import_of(file.path(), daemon.url(), {"--batch", "b", "--side", "processed"}))
            .code == 0);
  CHECK(events.records() == 2 * kRecords);
}

TEST_CASE("an import that is killed goes on where it was when it is run again") {
  FakeEvents events;
  Gate gate;
  FakeDaemon daemon([&](const FakeRequest& request) {
    auto answer = events.take(request);
    // The third chunk is taken, but nobody is there any more to hear it.
    if (events.bodies() == 3) gate.pass();
    return answer;
  });
  const TestFile file("ids.csv", many_ids());
  const auto arguments =
      import_of(file.path(), daemon.url(), {"--batch", "b", "--side", "expected"});
  ProgramRun first(arguments);
  REQUIRE(wait_until(seconds{30}, [&] { return events.bodies() == 3; }));
  first.signal(SIGKILL);
  CHECK(first.wait().code == -1);
  gate.open();
  CHECK(run_program(arguments).code == 0);
  CHECK(events.records() == kRecords);
  CHECK(events.bodies() == 5);
}

TEST_CASE("an interrupted import says how to go on and ends with 130") {
  FakeEvents events;
  Gate gate;
  FakeDaemon daemon([&](const FakeRequest& request) {
    auto answer = events.take(request);
    if (events.bodies() == 2) gate.pass();
    return answer;
  });
  const TestFile file("ids.csv", many_ids());
  const auto arguments =
      import_of(file.path(), daemon.url(), {"--batch", "b", "--side", "expected"});
  ProgramRun first(arguments);
  REQUIRE(wait_until(seconds{30}, [&] { return events.bodies() == 2; }));
  first.signal(SIGINT);
  const auto outcome = first.wait(seconds{20});
  CHECK(outcome.code == 130);
  CHECK(outcome.err.find("interrupted; run it again as it was to go on") != std::string::npos);
  gate.open();
  CHECK(run_program(arguments).code == 0);
  CHECK(events.records() == kRecords);
}

TEST_CASE("a daemon that is away for a while is waited for") {
  FakeEvents events;
  const int port = free_port();
  const TestFile file("ids.csv", many_ids());
  ProgramRun run(import_of(file.path(), "http://127.0.0.1:" + std::to_string(port),
                           {"--batch", "b", "--side", "expected", "--retry", "60s"}));
  REQUIRE(
      wait_until(seconds{30}, [&] { return run.err().find("trying again") != std::string::npos; }));
  FakeDaemon daemon([&](const FakeRequest& request) { return events.take(request); }, port);
  CHECK(run.wait().code == 0);
  CHECK(events.records() == kRecords);
}

TEST_CASE("a daemon that stays away ends the import with 69") {
  const TestFile file("ids.csv", "id\n1\n");
  const std::string nobody = "http://127.0.0.1:" + std::to_string(free_port());
  const auto outcome = run_program(
      import_of(file.path(), nobody, {"--batch", "b", "--side", "expected", "--retry", "100ms"}));
  CHECK(outcome.code == 69);
  CHECK(outcome.err.find("0 accepted") != std::string::npos);
}

TEST_CASE("refused records are named with line and field, the first twenty of them") {
  FakeEvents events;
  FakeDaemon daemon([&](const FakeRequest& request) { return events.take(request); });
  std::string text = "record_id\n1\n\"\"\nbad\n2\n";
  for (int i = 0; i < 30; ++i) text += "bad" + std::to_string(i) + "\n";
  const TestFile file("ids.csv", text);
  const auto outcome = run_program(import_of(
      file.path(), daemon.url(), {"--batch", "b", "--side", "expected", "--output", "json"}));
  CHECK(outcome.code == 1);
  CHECK(outcome.err.find("ids.csv:3: record_id: empty\n") != std::string::npos);
  CHECK(outcome.err.find("ids.csv:4: record_id: \"bad\" a bad one\n") != std::string::npos);
  CHECK(outcome.err.find("and 12 more refused\n") != std::string::npos);
  CHECK(outcome.err.find("34 records: 2 accepted, 0 duplicates, 32 refused") != std::string::npos);
  CHECK(
      outcome.out.find(R"("exit_code":1,"records":34,"accepted":2,"duplicates":0,"refused":32,)") !=
      std::string::npos);
  CHECK(outcome.out.find(R"("first_refused":[{"line":3,"field":"record_id","message":"empty"},)") !=
        std::string::npos);
  CHECK(events.records() == 2);
}

TEST_CASE("a file that cannot be read to its end has sent what stands before the damage") {
  FakeEvents events;
  FakeDaemon daemon([&](const FakeRequest& request) { return events.take(request); });
  const TestFile file("ids.json", "[1,\n2,\n,4]\n");
  const auto outcome =
      run_program(import_of(file.path(), daemon.url(), {"--batch", "b", "--side", "expected"}));
  CHECK(outcome.code == 1);
  CHECK(outcome.err.find("ids.json: line 3: a value is missing") != std::string::npos);
  CHECK(events.records() == 2);
  CHECK(run_program(import_of("/nowhere.csv", daemon.url())).code == 1);
  CHECK(run_program(import_of("/", daemon.url(), {"--format", "csv"})).code == 1);
}

TEST_CASE(
    "a file's name says what it is, whatever its case, and its header what parts its fields") {
  FakeEvents events;
  FakeDaemon daemon([&](const FakeRequest& request) { return events.take(request); });
  for (const auto& [name, text] : std::vector<std::pair<std::string, std::string>>{
           {"EXPORT.CSV", "ID ; Status\n1;Expected\n"},
           {"x.tsv", "id\tstatus\n2\tEXPECTED\n"},
           {"x.txt", "id|status\n3|expected\n"},
           {"X.JSON", R"([{"id":"4","status":"expected"}])"},
           {"x.JsonL", R"({"id":"5","status":"expected"})"}}) {
    CAPTURE(name);
    const TestFile file(name, text);
    const auto outcome = run_program(import_of(file.path(), daemon.url(), {"--batch", "b"}));
    CHECK_MESSAGE(outcome.code == 0, outcome.err);
  }
  CHECK(events.records() == 5);
}

TEST_CASE("what makes no sense is a usage error") {
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"import"},
           {"import", "a.csv", "--format", "xml"},
           {"import", "a.csv", "--side", "expected", "--side-column", "status"},
           {"import", "a.csv", "--delimiter", "::"},
           {"import", "-"},
           {"import", "a.csv", "--retry", "5"}}) {
    CAPTURE(arguments.size());
    CHECK(run_program(arguments).code == 2);
  }
}

TEST_CASE("progress is shown on a terminal only") {
  FakeEvents events;
  FakeDaemon daemon([&](const FakeRequest& request) { return events.take(request); });
  const TestFile file("ids.csv", many_ids());
  const auto arguments =
      import_of(file.path(), daemon.url(), {"--batch", "b", "--side", "expected"});
  const auto seen = run_on_terminal(arguments);
  CHECK(seen.code == 0);
  CHECK(seen.out.find(" records  ") != std::string::npos);
  CHECK(seen.out.find("\r\x1b[K") != std::string::npos);
  CHECK(run_program(arguments).err.find('\x1b') == std::string::npos);
}

}  // namespace
