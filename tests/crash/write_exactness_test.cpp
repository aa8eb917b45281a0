// Clients that write over HTTP and repeat what was not answered, while the daemon dies again and
// again: everything counts exactly once.
#include <atomic>
#include <boost/json.hpp>
#include <csignal>
#include <cstdlib>
#include <doctest/doctest.h>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/daemon_process.hpp"
#include "tests/support/database.hpp"

using namespace rollcall::test;

namespace {

namespace json = boost::json;

constexpr int kWriters = 64;
constexpr int kBodiesOfWriter = 25;
constexpr int kRecordsOfBody = 200;
constexpr seconds kPatience{180};

int rounds() {
  const char* given = std::getenv("ROLLCALL_CRASH_ROUNDS");
  return given == nullptr ? 6 : std::max(1, std::atoi(given) / 3);
}

DaemonProcess::Options options(const TestDatabase& database) {
  DaemonProcess::Options options;
  options.configuration =
      "[database]\nurl = \"" + database.url() + "\"\n[checkpoint]\ninterval = \"20ms\"\n";
  return options;
}

HttpQuestion post(const std::string& target, const std::string& body, const std::string& key = {}) {
  HttpQuestion question{"POST", target, {{"Content-Type", "application/json"}}, body};
  if (!key.empty()) question.headers["Idempotency-Key"] = key;
  return question;
}

// Asks until there is an answer that is not "try again".
HttpAnswer insist(const DaemonProcess& daemon, const HttpQuestion& question) {
  std::optional<HttpAnswer> answer;
  const bool answered = wait_until(kPatience, [&] {
    answer = daemon.ask(question);
    return answer && answer->status != 503;
  });
  if (!answered)
    throw std::runtime_error("no answer to " + question.target + "\n" + daemon.log_tail());
  return *answer;
}

// Every writer has a range of ids of its own; it names the first half of each body's ids twice, so
// that duplicates must come out exactly, too.
std::string body_of(int writer, int number, int batch) {
  const int first = (writer * kBodiesOfWriter + number) * kRecordsOfBody;
  std::string body = R"({"batch_id":)" + std::to_string(batch) + R"(,"records":[)";
  for (int record = 0; record < kRecordsOfBody; ++record) {
    for (int time = 0; time < (record < kRecordsOfBody / 2 ? 2 : 1); ++time) {
      if (body.back() != '[') body += ',';
      body += R"({"record_id":)" + std::to_string(first + record) + R"(,"status":"expected"})";
    }
  }
  return body + "]}";
}

struct World {
  TestDatabase database;
  DaemonProcess daemon{options(database)};

  std::int64_t count(const std::string& name, const std::string& batch = "1") const {
    const auto status = daemon.get("/api/v1/batches/" + batch);
    REQUIRE(status);
    return json::parse(status->body).at("counts").at(name).to_number<std::int64_t>();
  }
};

TEST_CASE("64 writers with retries through crashes: totals are exact and answers are repeated") {
  World world;
  world.daemon.start();
  world.daemon.wait_until_ready();
  REQUIRE(insist(world.daemon, post("/api/v1/batches", R"({"batch_name":"orders"})")).status ==
          201);

  std::atomic<int> answered = 0;
  std::mutex mutex;
  std::set<std::string> wrong;
  const auto write = [&](int writer) {
    try {
      for (int number = 0; number < kBodiesOfWriter; ++number) {
        const std::string key = std::to_string(writer) + "-" + std::to_string(number);
        const auto question = post("/api/v1/records/bulk", body_of(writer, number, 1), key);
        const auto first = insist(world.daemon, question);
        ++answered;
        const auto again = insist(world.daemon, question);
        if (first.status != 201 ||
            first.body != R"({"batch_id":1,"accepted":200,"duplicates":100})" ||
            again.status != 201 || again.body != first.body) {
          const std::lock_guard lock(mutex);
          wrong.insert(first.body + " then " + again.body);
        }
      }
    } catch (const std::exception& error) {
      const std::lock_guard lock(mutex);
      wrong.insert(error.what());
    }
  };
  std::vector<std::jthread> writers;
  writers.reserve(kWriters);
  for (int writer = 0; writer < kWriters; ++writer) writers.emplace_back(write, writer);

  // Each time the same share of the bodies has been answered, so that every crash is in the middle.
  for (int kill = 1; kill <= rounds(); ++kill) {
    const int share = kWriters * kBodiesOfWriter * kill / (rounds() + 1);
    REQUIRE(wait_until(kPatience, [&] { return answered >= share; }));
    world.daemon.kill();
    world.daemon.start();
    world.daemon.wait_until_ready();
  }
  writers.clear();
  for (const std::string& what : wrong) FAIL_CHECK(what);
  world.daemon.kill();
  world.daemon.start();
  world.daemon.wait_until_ready();
  constexpr std::int64_t kIds = std::int64_t{kWriters} * kBodiesOfWriter * kRecordsOfBody;
  CHECK(world.count("expected") == kIds);
  CHECK(world.count("missing") == kIds);
  CHECK(world.count("duplicate_expected") == kIds / 2);
}

TEST_CASE(
    "a number that 64 clients want is extracted by exactly one, and stays so through crashes") {
  World world;
  world.daemon.start();
  world.daemon.wait_until_ready();
  for (int number = 1; number <= 5; ++number) {
    std::atomic<int> successes = 0;
    std::atomic<int> conflicts = 0;
    {
      std::vector<std::jthread> clients;
      clients.reserve(kWriters);
      for (int client = 0; client < kWriters; ++client) {
        clients.emplace_back([&] {
          const auto answer = insist(world.daemon, post("/extract/" + std::to_string(number), ""));
          if (answer.status == 200) ++successes;
          if (answer.status == 409) ++conflicts;
        });
      }
    }
    CHECK(successes == 1);
    CHECK(conflicts == kWriters - 1);
    world.daemon.kill();
    world.daemon.start();
    world.daemon.wait_until_ready();
    CHECK(insist(world.daemon, post("/extract/" + std::to_string(number), "")).status == 409);
  }
  const auto missing = world.daemon.get("/missing");
  REQUIRE(missing);
  CHECK(missing->status == 409);
  CHECK(json::parse(missing->body).at("missing_numbers") == json::parse("[1,2,3,4,5]"));
}

// One request after the other, each answer followed by SIGKILL and a new start.
struct Restarting : World {
  Restarting() {
    daemon.start();
    daemon.wait_until_ready();
  }
  std::string ask(const HttpQuestion& question, int status) {
    const auto answer = insist(daemon, question);
    INFO(question.method, " ", question.target, ": ", answer.body);
    CHECK(answer.status == status);
    daemon.kill();
    daemon.start();
    daemon.wait_until_ready();
    return answer.body;
  }
  [[nodiscard]] json::value get(const std::string& target) const {
    const auto answer = daemon.get(target);
    REQUIRE(answer);
    REQUIRE(answer->status == 200);
    return json::parse(answer->body);
  }
};

TEST_CASE_FIXTURE(Restarting, "batches and records that were answered are there after SIGKILL") {
  ask(post("/api/v1/batches", R"({"batch_name":"orders","record_type":"order","description":"d"})"),
      201);
  ask(post("/api/v1/batches", R"({"batch_name":"orders"})"), 409);
  const std::string record =
      R"({"batch_id":1,"record_id":10001,"status":"expected","record_metadata":"Order 10001"})";
  CHECK(json::parse(ask(post("/api/v1/records", record), 201)) == json::parse(record));
  ask(post("/api/v1/records/bulk",
           R"({"batch_id":1,"records":[{"record_id":10002,"status":"expected"},
      {"record_id":"a","status":"expected"},{"record_id":"a","status":"processed"},
      {"record_id":10001,"status":"processed"},{"record_id":"x","status":"processed"}]})"),
      201);
  CHECK(get("/api/v1/analysis/missing/1") == json::parse(R"({"batch_id":1,"batch_name":"orders",
      "total_expected":3,"total_processed":3,"missing_count":1,"missing_records":[10002],
      "processing_rate":66.666666,"unexpected_count":1,"unexpected_records":["x"]})"));
  CHECK(get("/api/v1/analysis/status/1") == json::parse(R"({"batch_id":1,"batch_name":"orders",
      "total_expected":3,"total_processed":3,"expected_records":[10001,10002,"a"],
      "processed_records":[10001,"a","x"]})"));
  CHECK(get("/api/v1/analysis/statistics/1").at("successful_count") == 2);
  HttpQuestion events{"POST",
                      "/api/v1/events",
                      {{"Content-Type", "application/x-ndjson"}},
                      "{\"batch\":\"new\",\"range\":[1,1000000],\"side\":\"expected\"}\n"};
  ask(events, 201);
  CHECK(count("missing", "new") == 1'000'000);
  ask(post("/api/v1/batches", R"({"batch_name":"three","sides":["a","b","c"]})"), 201);
  events.body =
      "{\"batch\":\"three\",\"ids\":[1,2,3],\"side\":\"a\"}\n{\"batch\":\"three\",\"ids\":[2,3],"
      "\"side\":\"b\"}";
  ask(events, 201);
  CHECK(get("/api/v1/batches/three/members?in=a&not_in=b").at("items") == json::parse("[1]"));
  ask({"DELETE", "/api/v1/batches/new", {}, {}}, 204);
  CHECK(daemon.get("/api/v1/batches/new")->status == 404);
}

TEST_CASE_FIXTURE(Restarting,
                  "customers that were answered are there after SIGKILL, and gone when deleted") {
  ask(post("/api/v1/customers/bulk", R"({"customers":[
      {"customer_id":101,"name":"A","email":"a@x.example","source":"salesforce"},
      {"customer_id":101,"name":"B","email":"b@x.example","source":"hubspot"}]})"),
      201);
  ask(post("/api/v1/customers",
           R"({"customer_id":101,"name":"A2","email":"a2@x.example","source":"salesforce"})"),
      201);
  CHECK(get("/api/v1/deduplication/analyze") ==
        json::parse(R"({"total_records":2,"unique_customers":1,
      "duplicates_found":1,"unique_customer_ids":[101]})"));
  CHECK(get("/api/v1/customers").at("items").at(0).at("name") == "A2");
  ask({"DELETE", "/api/v1/customers", {}, {}}, 204);
  CHECK(get("/api/v1/customers").at("total") == 0);
}

TEST_CASE_FIXTURE(Restarting, "all batches go together, and no number is given twice") {
  ask(post("/api/v1/batches", R"({"batch_name":"orders"})"), 201);
  ask(post("/extract/7", ""), 200);
  ask({"DELETE", "/api/v1/batches", {}, {}}, 204);
  CHECK(get("/api/v1/batches").at("total") == 0);
  const std::string next = ask(post("/api/v1/batches", R"({"batch_name":"orders"})"), 201);
  CHECK(json::parse(next).at("id").to_number<int>() == 3);  // numbers are never given twice
}

}  // namespace
