// A day in the life of a daemon on a real Kafka and PostgreSQL: everything that goes wrong with inputs goes wrong once,
// in a row. After each, what people see: the API, `rollcall check`, the metrics, the log; and the way back to final.
#include <algorithm>
#include <boost/json.hpp>
#include <doctest/doctest.h>
#include <string>
#include <vector>

#include "tests/client/program_run.hpp"
#include "tests/crash/topic_set.hpp"
#include "tests/support/daemon_process.hpp"
#include "tests/support/database.hpp"
#include "tests/support/producer.hpp"
#include "tests/support/servers.hpp"

using namespace rollcall::test;

namespace json = boost::json;

namespace {

constexpr seconds kSoon{60};
constexpr int kPending = 8;  // exit codes of `rollcall check`
constexpr int kIncomplete = 5;

std::string event(int id) { return R"({"batch":"numbers","id":)" + std::to_string(id) + "}"; }

class Day {
 public:
  Day() : daemon_({ROLLCALL_PROGRAM, configuration(), 0, {}}) {
    daemon_.start();
    daemon_.wait_until_ready();
  }

  // Ids [begin, end), expected and processed, with producers that know the topics of now.
  void write(const TestTopic& topic, int begin, int end, int partition = 0) const {
    TestProducer producer;
    for (int id = begin; id < end; ++id) producer.send(topic.name(), partition, event(id));
    producer.flush();
  }
  void write_both(int begin, int end) const {
    write(topics.expected, begin, end);
    write(topics.processed, begin, end);
  }

  [[nodiscard]] json::value status() const {
    const auto answer = daemon_.get("/api/v1/batches/numbers");
    return answer && answer->status == 200 ? json::parse(answer->body) : json::value{};
  }
  [[nodiscard]] bool is(std::string_view confidence, const std::string& reasons) const {
    const auto status = this->status();
    if (status.is_null()) return false;
    const auto& verdict = status.at("verdict");
    return verdict.at("confidence") == json::value(confidence) &&
           json::serialize(verdict.at("reasons")) == reasons;
  }
  ProgramOutcome run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--url", daemon_.url()});
    return run_program(arguments);
  }

  // Doubt for this reason: the batch says so, and so does `check` by its exit code.
  void expect_doubt(std::string_view confidence, const std::string& reason, int code) const {
    CAPTURE(reason);
    REQUIRE_MESSAGE(wait_until(kSoon, [&] { return is(confidence, "[\"" + reason + "\"]"); }),
                    json::serialize(status()), daemon_.log_tail());
    const auto check = run({"check", "numbers"});
    CHECK_MESSAGE(check.code == code, check.err);
    CHECK_MESSAGE(check.err.find(reason) != std::string::npos, check.err);
  }
  // All is read, nothing is in doubt, and nothing missing: ids [0, count) on both sides.
  void expect_final(int count) const {
    const auto done = [&] {
      const auto status = this->status();
      return !status.is_null() && is("final", "[]") && status.at("counts").at("matched") == count &&
             status.at("counts").at("missing") == 0;
    };
    REQUIRE_MESSAGE(wait_until(kSoon, done), json::serialize(status()), daemon_.log_tail());
    const auto check = run({"check", "numbers"});
    CHECK_MESSAGE(check.code == 0, check.err);
    CHECK(json::serialize(status().at("verdict").at("in_doubt")).find("0") != std::string::npos);
    CHECK(daemon_.get("/readyz")->status == 200);
  }
  void expect_log(const std::string& words) const {
    CHECK_MESSAGE(wait_until(kSoon, [&] { return daemon_.log_has(words); }), daemon_.log());
  }
  void expect_metric(const std::string& line) const {
    const auto there = [&] { return metrics().find(line) != std::string::npos; };
    CHECK_MESSAGE(wait_until(kSoon, there), line, "\n", metrics());
  }
  [[nodiscard]] std::string metrics() const {
    const auto answer = daemon_.get("/metrics");
    return answer ? answer->body : "";
  }
  void acknowledge(const std::string& reason, const std::string& note) const {
    const auto closed = run({"dead-letters", "acknowledge", "--reason", reason, "--note", note});
    CHECK_MESSAGE(closed.code == 0, closed.err);
  }
  DaemonProcess& daemon() { return daemon_; }

  TopicSet topics{"day"};

 private:
  [[nodiscard]] std::string configuration() const {
    const auto entry = [](const TestTopic& topic, const std::string& side) {
      return "{name = \"" + topic.name() + "\", side = \"" + side + "\"}";
    };
    return "[database]\nurl = \"" + database_.url() + "\"\n[kafka]\nbrokers = \"" +
           servers().kafka + "\"\ntopics = [" + entry(topics.expected, "expected") + ", " +
           entry(topics.processed, "processed") +
           "]\nmetadata_interval = \"1s\"\nend_offset_interval = \"200ms\"\n\n[checkpoint]\n"
           "interval = \"50ms\"\n";
  }

  TestDatabase database_;
  DaemonProcess daemon_;
};

// A tombstone is how producers take something back: no fault, no doubt.
void take_something_back(Day& day) {
  {
    TestProducer producer;
    producer.send_null(day.topics.processed.name(), 0);
    producer.flush();
  }
  day.write_both(100, 110);
  day.expect_final(110);
  CHECK(json::parse(day.daemon().get("/api/v1/dead-letters")->body).at("total") == 0);
}

// A poison record may be the one that is missing, but not two of them.
void send_poison(Day& day) {
  day.write(day.topics.expected, 110, 111);
  {
    TestProducer producer;
    producer.send(day.topics.processed.name(), 0, R"({"batch":"numbers","id":)");
    producer.flush();
  }
  day.expect_doubt("provisional", "quarantine", kPending);
  CHECK(day.status().at("verdict").at("in_doubt").at("processed") == 1);
  day.expect_log("could not be read");
  day.expect_metric("rollcall_bad_records_total{source=\"" + day.topics.processed.name() +
                    "\",reason=\"not_json\"} 1");
  day.write(day.topics.expected, 111, 112);
  CHECK(wait_until(kSoon, [&] { return day.status().at("counts").at("missing") == 2; }));
  day.expect_doubt("provisional", "quarantine", kIncomplete);
  day.write(day.topics.processed, 110, 112);
  day.expect_doubt("provisional", "quarantine", kPending);
  day.acknowledge("not_json", "sent again by hand");
  day.expect_final(112);
}

// Retention was faster than a daemon that was down over the weekend.
void lose_records_to_retention(Day& day) {
  REQUIRE(day.daemon().stop().code == 0);
  day.write(day.topics.expected, 112, 122);
  day.topics.expected.delete_records_before(0, 117);
  day.write(day.topics.processed, 112, 122);
  day.daemon().start();
  day.daemon().wait_until_ready();
  day.expect_doubt("provisional", "input_gap", kPending);
  CHECK(day.status().at("verdict").at("in_doubt").at("expected") == 5);
  day.expect_log("records are lost");
  day.write(day.topics.expected, 112, 117);
  day.acknowledge("input_gap", "announced again");
  day.expect_final(122);
}

// A broker dies. Nothing is known of the ends, and nothing is claimed.
void kill_the_broker(Day& day) {
  kafka_server("kill");
  day.expect_doubt("blind", "source_away", kPending);
  CHECK(day.status().at("as_of").at("lag_records").is_null());
  CHECK(day.status().at("counts").at("matched") == 122);
  CHECK(day.metrics().find("rollcall_lag_records{") == std::string::npos);
  CHECK(day.daemon().get("/readyz")->body.find("degraded") != std::string::npos);
  kafka_server("start");
  day.expect_final(122);
  day.expect_metric("rollcall_lag_records{");
}

// The topic grows; what is in the new partition counts.
void grow_the_topic(Day& day) {
  day.topics.expected.add_partitions(4);
  day.write(day.topics.expected, 122, 125, 3);
  day.write(day.topics.processed, 122, 125);
  day.expect_final(125);
}

// A producer that does not end its transaction holds back nobody's lag, but the verdict.
void leave_a_transaction_open(Day& day) {
  {
    TestProducer producer("day-" + day.topics.processed.name());
    producer.begin();
    producer.send(day.topics.processed.name(), 0, event(125));
    producer.flush();
    day.expect_doubt("provisional", "open_transaction", kPending);
    producer.commit();
  }
  day.write(day.topics.expected, 125, 126);
  day.expect_final(126);
}

// Somebody deletes a topic and makes it anew, smaller.
void make_a_topic_anew(Day& day) {
  day.topics.processed.remove();
  day.expect_doubt("blind", "source_away", kPending);
  day.expect_log("was deleted while it was being read");
  day.topics.processed.create_again(1);
  day.expect_log("stands still");
  day.write_both(126, 130);
  const auto list = day.run({"source", "list"});
  CHECK_MESSAGE(list.out.find("rollcall source reset") != std::string::npos, list.out);
  const auto reset = day.run({"source", "reset", "kafka:" + day.topics.processed.name()});
  CHECK_MESSAGE(reset.code == 0, reset.err);
  day.expect_final(130);
}

// A file with an odd row: the import says so, and the batch is in doubt until the corrected one is in.
void import_an_odd_file(Day& day) {
  const std::string good = "id\n130\n131\n";
  const TestFile odd("late.csv", "id\n130\n\"131,\n");
  const std::vector<std::string> import{"import", "--batch", "numbers", "--side"};
  const auto import_file = [&](const std::string& path, const std::string& side) {
    auto arguments = import;
    arguments.insert(arguments.end(), {side, path});
    return day.run(arguments);
  };
  const TestFile both("both.csv", good);
  CHECK(import_file(both.path(), "expected").code == 0);
  const auto refused = import_file(odd.path(), "processed");
  CHECK_MESSAGE(refused.code == 1, refused.err);
  day.expect_doubt("provisional", "quarantine", kPending);
  {
    TestFile corrected("late.csv", good);
    // Only the same file can end what it began: its path is its name.
    const auto taken = run_program({"import", "--batch", "numbers", "--side", "processed",
                                    corrected.path(), "--url", day.daemon().url()});
    CHECK(taken.code == 0);
  }
  day.acknowledge("refused_row", "imported from a corrected copy");
  day.expect_final(132);
}

// Nothing of it is lost or comes back over a crash.
void crash(Day& day) {
  day.daemon().kill();
  day.daemon().start();
  day.daemon().wait_until_ready();
  day.expect_final(132);
  const auto open = day.run({"dead-letters", "list", "--state", "open"});
  CHECK(open.err.find("no dead letter matches") != std::string::npos);
  CHECK(day.daemon().stop().code == 0);
}

TEST_CASE("a day in the life: each fault is told where people look, and has a way back to final") {
  Day day;
  day.write_both(0, 100);
  day.expect_final(100);

  take_something_back(day);
  send_poison(day);
  lose_records_to_retention(day);
  kill_the_broker(day);
  grow_the_topic(day);
  leave_a_transaction_open(day);
  make_a_topic_anew(day);
  import_an_odd_file(day);
  crash(day);
}

}  // namespace
