// An import into the real daemon, its store in memory.
#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <csignal>
#include <doctest/doctest.h>
#include <string>

#include "connectors/client/http_client.hpp"
#include "tests/client/import_world.hpp"

using namespace rollcall;
using namespace rollcall::test;

namespace {

namespace asio = boost::asio;

constexpr std::uint64_t kRecords = 125'000;

DaemonProcess::Options in_memory() {
  DaemonProcess::Options options;
  options.configuration = "[database]\nurl = \"memory\"\n";
  return options;
}

std::string url_of(const DaemonProcess& daemon) {
  return "http://127.0.0.1:" + std::to_string(daemon.port());
}

TEST_CASE("the sample orders are seventy percent processed, however often they are loaded") {
  DaemonProcess daemon(in_memory());
  daemon.start();
  daemon.wait_until_ready();
  for (const auto* const file : {"orders.csv", "orders.json", "orders.csv"}) {
    const std::string path = std::string{ROLLCALL_SOURCE_DIR} + "/data/" + file;
    CHECK(run_program({"import", path, "--batch", file, "--url", url_of(daemon)}).code == 0);
    const auto check = run_program({"check", file, "--url", url_of(daemon), "--wait", "10s",
                                    "--max-missing", "3", "--interval", "50ms"});
    CHECK_MESSAGE(check.code == 0, check.err);
    const auto missing = run_program({"batch", "missing", file, "--url", url_of(daemon)});
    CHECK(missing.out == "10003\n10006\n10009\n");
    const auto strict = run_program({"check", file, "--url", url_of(daemon)});
    CHECK(strict.code == 5);
    CHECK(strict.err.find("10 expected, 7 processed; 3 missing (0 allowed): 10003 10006 10009;") !=
          std::string::npos);
  }
  const auto list = run_program({"batch", "list", "--url", url_of(daemon), "-o", "csv"});
  CHECK(list.out.find(",orders.csv,open,10,7,7,3,0,0,0,70.0,incomplete,") != std::string::npos);
}

TEST_CASE("the sample customers are eight people in three systems, however often they are loaded") {
  DaemonProcess daemon(in_memory());
  daemon.start();
  daemon.wait_until_ready();
  const auto get = [&](const std::string& target) {
    const auto answer = daemon.get(target);
    REQUIRE(answer);
    REQUIRE(answer->status == 200);
    return boost::json::parse(answer->body);
  };
  for (const auto* const file : {"customers.csv", "customers.json", "customers.csv"}) {
    const std::string path = std::string{ROLLCALL_SOURCE_DIR} + "/data/" + file;
    const auto import = run_program({"import", "--customers", path, "--url", url_of(daemon)});
    CHECK_MESSAGE(import.code == 0, import.err);
    CHECK(get("/api/v1/deduplication/analyze") ==
          boost::json::parse(R"({"total_records":12,"unique_customers":8,"duplicates_found":4,
              "unique_customer_ids":[101,102,103,104,105,106,107,108]})"));
    CHECK(get("/api/v1/deduplication/compare-sources") ==
          boost::json::parse(R"({"in_all_sources":[],"only_in_salesforce":[101],
              "only_in_hubspot":[106],"only_in_internal":[107,108],
              "salesforce_count":4,"hubspot_count":4,"internal_count":4})"));
  }
  CHECK(get("/api/v1/customers/source/internal").at("total") == 4);
}

TEST_CASE("one odd customer costs nobody else, and is told with line, column, value and reason") {
  DaemonProcess daemon(in_memory());
  daemon.start();
  daemon.wait_until_ready();
  const auto has = [](const std::string& text, const std::string& part) {
    return text.find(part) != text.npos;
  };
  std::string csv = "customer_id,name,email,source\n";
  std::string json = "{\"customers\":[";
  for (int id = 1; id <= 100; ++id) {
    const std::string email = id == 40 ? "nobody" : "c" + std::to_string(id) + "@example.org";
    csv += std::to_string(id) + ",Name," + email + ",crm\n";
    json += (id == 1 ? "\n" : ",\n") + std::string{R"({"customer_id":)"} + std::to_string(id) +
            R"(,"name":"Name","email":")" + email + R"(","source":"erp"})";
  }
  const TestFile csv_file("c.csv", csv);
  const TestFile json_file("c.json", json + "]}");
  for (const TestFile* file : {&csv_file, &json_file}) {
    const auto import =
        run_program({"import", "--customers", file->path(), "--url", url_of(daemon)});
    CHECK(import.code == 1);
    CHECK_MESSAGE(has(import.err, ":41: email: \"nobody\" must be an e-mail address"), import.err);
    CHECK_MESSAGE(has(import.err, "100 records: 99 accepted, 0 duplicates, 1 refused"), import.err);
  }
  const TestFile others("o.csv",
                        "customer_id,name,email,source\n1,Dörte,Dörte@Sörensen.example,web\n"
                        "2,,two@example.org,web\n3,Three,,web\n-4,Four,four@例子.广告,web\n"
                        "5,Five,five@example.org,w b\n\xff,Six,six@example.org,web\n");
  const auto import =
      run_program({"import", "--customers", others.path(), "--url", url_of(daemon)});
  CHECK(has(import.err, ":3: name: \"\" must not be empty"));
  CHECK(has(import.err, ":4: email: \"\" must not be empty"));
  CHECK(has(import.err, ":6: source: \"w b\" must have letters"));
  CHECK(has(import.err, ":7: customer_id: not UTF-8"));
  CHECK_MESSAGE(has(import.err, "6 records: 2 accepted, 0 duplicates, 4 refused"), import.err);
  const auto compared = daemon.get("/api/v1/deduplication/compare-sources");
  REQUIRE(compared);
  const auto counts = boost::json::parse(compared->body);
  CHECK(counts.at("crm_count") == 99);
  CHECK(counts.at("erp_count") == 99);
  CHECK(counts.at("only_in_web") == boost::json::parse(R"(["-4"])"));
  // These three are there, also where nobody named them.
  for (const char* const source : {"salesforce", "hubspot", "internal"}) {
    CHECK(counts.at(std::string{source} + "_count") == 0);
    CHECK(counts.at(std::string{"only_in_"} + source).as_array().empty());
  }
}

TEST_CASE("what was deleted may be imported again") {
  DaemonProcess daemon(in_memory());
  daemon.start();
  daemon.wait_until_ready();
  client::ClientOptions options;
  options.url = url_of(daemon);
  client::HttpClient client(options);
  client::HttpRequest remove;
  remove.method = "DELETE";
  remove.target = "/api/v1/batches";
  const std::string path = std::string{ROLLCALL_SOURCE_DIR} + "/data/orders.csv";
  for (int i = 0; i < 2; ++i) {
    CHECK(run_program({"import", path, "--batch", "orders", "--url", url_of(daemon)}).code == 0);
    CHECK(count_in(daemon, "expected") == 10);
    CHECK(count_in(daemon, "matched") == 7);
    const auto removed = client.send(remove);
    REQUIRE(removed.has_value());
    CHECK(removed->status == 204);
    CHECK(count_in(daemon, "expected") == 0);
  }
}

TEST_CASE("what the daemon refuses is told with line and field, and all others are taken") {
  DaemonProcess daemon(in_memory());
  daemon.start();
  daemon.wait_until_ready();
  const TestFile file("f.ndjson", "{\"id\":1,\"side\":\"expected\"}\n\n{\"id\":\"" +
                                      std::string(513, 'x') +
                                      "\",\"side\":\"expected\"}\n"
                                      "{\"id\":2,\"side\":\"nonsense\"}\n{\"id\":3,\"side\":7}\n"
                                      "{\"id\":4,\"side\":\"expected\"}\n");
  const auto outcome =
      run_program({"import", file.path(), "--batch", "orders", "--url", url_of(daemon)});
  CHECK(outcome.code == 1);
  CHECK_MESSAGE(outcome.err.find("f.ndjson:3: id: ") != std::string::npos, outcome.err);
  CHECK_MESSAGE(
      outcome.err.find("f.ndjson:4: side: \"nonsense\" is not a side of this batch, which has "
                       "expected, processed") != std::string::npos,
      outcome.err);
  CHECK(outcome.err.find("f.ndjson:5: side: ") != std::string::npos);
  CHECK(outcome.err.find("5 records: 2 accepted, 0 duplicates, 3 refused") != std::string::npos);
  CHECK(count_in(daemon, "expected") == 2);
}

TEST_CASE("an import that was killed in its middle and is run again is exact") {
  DaemonProcess daemon(in_memory());
  daemon.start();
  daemon.wait_until_ready();
  const std::string text = expected_records(kRecords);
  {
    NamedPipe pipe;
    ProgramRun first(import_into(daemon, pipe.path()));
    pipe.pour(text.substr(0, text.size() / 2), false);
    REQUIRE(wait_until(seconds{60}, [&] { return count_in(daemon, "expected") >= 50'000; }));
    first.signal(SIGKILL);
    CHECK(first.wait().code == -1);
  }
  CHECK(count_in(daemon, "expected") < kRecords);
  const TestFile file("orders.csv", text);
  for (int i = 0; i < 2; ++i) {
    const auto again = run_program(import_into(daemon, file.path()));
    CHECK_MESSAGE(again.code == 0, again.err);
    CHECK(count_in(daemon, "expected") == kRecords);
    CHECK(count_in(daemon, "missing") == kRecords);
    CHECK(count_in(daemon, "duplicate_expected") == 0);
  }
  const auto missing = run_program({"batch", "missing", "orders", "--url", url_of(daemon)});
  CHECK(missing.code == 0);
  CHECK(std::count(missing.out.begin(), missing.out.end(), '\n') == kRecords);
}

// A body of which only the first part arrives, and then nobody is there any more.
class CutPost {
 public:
  CutPost(int port, const std::string& key, const std::string& body, std::size_t sent) {
    socket_.connect({asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(port)});
    const std::string head =
        "POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\n"
        "Idempotency-Key: " +
        key + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    asio::write(socket_, asio::buffer(head + body.substr(0, sent)));
  }
  void hang_up() { socket_.close(); }

 private:
  asio::io_context loop_;
  asio::ip::tcp::socket socket_{loop_};
};

TEST_CASE("a body that was cut in the middle of a unit may be sent again under its key") {
  DaemonProcess daemon(in_memory());
  daemon.start();
  daemon.wait_until_ready();
  client::HttpRequest post;
  post.method = "POST";
  post.target = "/api/v1/events";
  post.headers = {{"Content-Type", "application/x-ndjson"}, {"Idempotency-Key", "the-key"}};
  constexpr int kLines = 15'000;
  for (int id = 1; id <= kLines; ++id) {
    post.body += R"({"batch":"orders","side":"expected","id":)" + std::to_string(id) + "}\n";
  }
  CutPost cut(daemon.port(), "the-key", post.body, post.body.size() * 9 / 10);
  REQUIRE(wait_until(seconds{30}, [&] { return count_in(daemon, "expected") >= 10'000; }));
  cut.hang_up();
  client::ClientOptions options;
  options.url = url_of(daemon);
  client::HttpClient client(options);
  // The daemon may still be busy with the first one's end.
  for (int i = 0; i < 3; ++i) {
    const auto answer = client.send(post);
    REQUIRE(answer.has_value());
    CHECK_MESSAGE(answer->status == 201, answer->body);
    CHECK(count_in(daemon, "expected") == kLines);
    CHECK(count_in(daemon, "duplicate_expected") == 0);
  }
}

}  // namespace
