// Topics that grow, lose their oldest records, go away or are somebody else's all of a sudden.
#include <boost/json.hpp>
#include <doctest/doctest.h>
#include <string>

#include "tests/client/program_run.hpp"
#include "tests/crash/stage.hpp"

using namespace rollcall::test;

namespace {

constexpr seconds kSoon{60};

void write_ids(const TestTopic& topic, int partition, int begin, int end) {
  TestProducer producer;
  for (int id = begin; id < end; ++id) {
    producer.send(topic.name(), partition,
                  R"({"batch":"numbers","id":)" + std::to_string(id) + "}");
  }
  producer.flush();
}

boost::json::value status_of(const DaemonProcess& daemon) {
  const auto answer = daemon.get("/api/v1/batches/numbers");
  return answer && answer->status == 200 ? boost::json::parse(answer->body) : boost::json::value{};
}

std::uint64_t expected_count(const DaemonProcess& daemon) {
  const auto status = status_of(daemon);
  return status.is_null() ? 0 : status.at("counts").at("expected").to_number<std::uint64_t>();
}

void expect_count(const DaemonProcess& daemon, std::uint64_t count) {
  CHECK(wait_until(kSoon, [&] { return expected_count(daemon) == count; }));
  CHECK(expected_count(daemon) == count);
}

// The daemon stays up, answers are blind, and the topic's source, the log and /readyz say why.
void check_stands_still(const DaemonProcess& daemon, const std::string& words) {
  REQUIRE_MESSAGE(wait_until(kSoon,
                             [&] {
                               const auto sources = daemon.get("/api/v1/sources");
                               return sources && sources->body.find(words) != std::string::npos;
                             }),
                  daemon.log());
  const auto as_of = status_of(daemon).at("as_of");
  CHECK(as_of.at("confidence") == "blind");
  CHECK(as_of.at("lag_records").is_null());
  CHECK(boost::json::serialize(as_of.at("reasons")) == R"(["source_away"])");
  CHECK(daemon.get("/readyz")->body.find(words) != std::string::npos);
  CHECK_MESSAGE(daemon.log_has(words), daemon.log());
  CHECK(daemon.running());
}

Stage::Options quick_to_notice() {
  Stage::Options options;
  options.label = "topics";
  options.kafka = "metadata_interval = \"1s\"\n";
  return options;
}

TEST_CASE("a partition that is added is read from its beginning") {
  Stage stage(quick_to_notice());
  stage.daemon.start();
  stage.daemon.wait_until_ready();
  write_ids(stage.topics.expected, 0, 0, 100);
  expect_count(stage.daemon, 100);
  stage.topics.expected.add_partitions(5);
  write_ids(stage.topics.expected, 4, 100, 200);
  expect_count(stage.daemon, 200);
  stage.check_exact_after_restarts();
}

TEST_CASE("what was flushed before a fresh answer was asked for is in it, or is told as lag") {
  Stage stage(quick_to_notice());
  stage.daemon.start();
  write_ids(stage.topics.expected, 0, 0, 1);
  expect_count(stage.daemon, 1);
  TestProducer producer;
  for (std::uint64_t id = 1; id <= 100; ++id) {
    producer.send(stage.topics.expected.name(), 1,
                  R"({"batch":"numbers","id":)" + std::to_string(id) + "}");
    producer.flush();
    const auto status =
        boost::json::parse(stage.daemon.get("/api/v1/batches/numbers?fresh=true")->body);
    const bool counted = status.at("counts").at("expected") == id + 1;
    CHECK((counted || status.at("verdict").at("final") == false));
  }
}

TEST_CASE("records that retention took before they were read are a gap that answers speak of") {
  Stage stage(quick_to_notice());
  stage.daemon.start();
  write_ids(stage.topics.expected, 0, 0, 100);
  stage.check_exact();
  REQUIRE(stage.daemon.stop().code == 0);
  write_ids(stage.topics.expected, 0, 100, 200);
  stage.topics.expected.delete_records_before(0, 150);
  for (int start = 0; start < 2; ++start) {
    stage.daemon.start();
    stage.daemon.wait_until_ready();
    expect_count(stage.daemon, 150);
    // Until Kafka has answered what was stored is told, blind.
    CHECK(wait_until(kSoon, [&] {
      return status_of(stage.daemon).at("verdict").at("confidence") == "provisional";
    }));
    const auto verdict = status_of(stage.daemon).at("verdict");
    CHECK(boost::json::serialize(verdict.at("reasons")).find("input_gap") != std::string::npos);
    CHECK(verdict.at("confidence") == "provisional");
    CHECK(wait_until(kSoon, [&] {
      return !query(stage.database.url(), "select 1 from rollcall.dead_letter").empty();
    }));
    const auto letters = boost::json::parse(stage.daemon.get("/api/v1/dead-letters")->body);
    REQUIRE(letters.at("items").as_array().size() == 1);
    const auto& letter = letters.at("items").at(0);
    CHECK(letter.at("reason") == "input_gap");
    CHECK(letter.at("source").as_string().c_str() == stage.topics.expected.name() + "/0");
    CHECK(letter.at("position") == 100);
    REQUIRE(stage.daemon.stop().code == 0);
  }
}

TEST_CASE("a topic that is deleted while it is read: says so; what was read of it is kept") {
  Stage stage(quick_to_notice());
  stage.daemon.start();
  write_ids(stage.topics.expected, 0, 0, 100);
  write_ids(stage.topics.processed, 0, 50, 60);
  stage.check_exact();
  stage.topics.processed.remove();
  check_stands_still(stage.daemon, "topic '" + stage.topics.processed.name() + "' was deleted");
  write_ids(stage.topics.expected, 0, 100, 150);
  expect_count(stage.daemon, 150);
  stage.topics.processed.create_again();
  check_stands_still(stage.daemon, "created anew");
  REQUIRE(stage.daemon.stop().code == 0);
  stage.daemon.start();
  stage.daemon.wait_until_ready();
  check_stands_still(stage.daemon, "created anew");
  REQUIRE(stage.daemon.stop().code == 0);

  std::string configuration = stage.configuration();
  const std::string entry = ", " + TopicSet::entry(stage.topics.processed, "processed");
  configuration.erase(configuration.find(entry), entry.size());
  DaemonProcess without({ROLLCALL_PROGRAM, configuration, 0, {}});
  without.start();
  without.wait_until_ready();
  const auto counts = status_of(without).at("counts");
  CHECK(counts.at("expected") == 150);
  CHECK(counts.at("matched") == 10);
}

TEST_CASE("a topic that was created anew is read from its beginning once `source reset` says so") {
  Stage stage(quick_to_notice());
  stage.daemon.start();
  write_ids(stage.topics.expected, 0, 0, 100);
  write_ids(stage.topics.processed, 0, 0, 100);
  stage.check_exact();
  const std::string url = stage.daemon.url();
  const std::string source = "kafka:" + stage.topics.processed.name();
  const auto refused = run_program({"source", "reset", source, "--url", url});
  CHECK(refused.code == 1);
  CHECK(refused.err.find("nothing to reset") != std::string::npos);
  // Its end was asked after the last record was read, so it is known how much of it was.
  CHECK(
      wait_until(kSoon, [&] { return status_of(stage.daemon).at("verdict").at("final") == true; }));

  stage.topics.processed.remove();
  check_stands_still(stage.daemon, "topic '" + stage.topics.processed.name() + "' was deleted");
  stage.topics.processed.create_again(1);
  check_stands_still(stage.daemon, "rollcall source reset " + source);
  write_ids(stage.topics.expected, 0, 100, 105);
  write_ids(stage.topics.processed, 0, 100, 105);
  const auto reset = run_program({"source", "reset", source, "--url", url});
  CHECK_MESSAGE(reset.code == 0, reset.err);
  CHECK_MESSAGE(reset.err.find("which was all of it") != std::string::npos, reset.err);
  const auto is_final = [&] {
    const auto status = status_of(stage.daemon);
    return !status.is_null() && status.at("counts").at("matched") == 105 &&
           status.at("verdict").at("final") == true;
  };
  CHECK(wait_until(kSoon, is_final));
  const auto list = run_program({"source", "list", "--url", url, "-o", "csv"});
  CHECK(list.out.find(stage.topics.processed.name() + "/0,processed,5,5,0,") != std::string::npos);
  CHECK(list.out.find(stage.topics.processed.name() + "/1") == std::string::npos);

  REQUIRE(stage.daemon.stop().code == 0);
  stage.daemon.start();
  CHECK(wait_until(kSoon, is_final));
  REQUIRE(stage.daemon.stop().code == 0);
}

TEST_CASE(
    "a topic that was created anew and is longer than before is recognised by its last record") {
  Stage stage(quick_to_notice());
  stage.daemon.start();
  write_ids(stage.topics.expected, 0, 0, 100);
  stage.check_exact();
  REQUIRE(stage.daemon.stop().code == 0);
  stage.topics.expected.remove();
  stage.topics.expected.create_again();
  write_ids(stage.topics.expected, 0, 1'000, 1'500);
  stage.daemon.start();
  stage.daemon.wait_until_ready();
  check_stands_still(stage.daemon, "created anew");
  CHECK(expected_count(stage.daemon) == 100);
  write_ids(stage.topics.processed, 0, 90, 100);
  CHECK(
      wait_until(kSoon, [&] { return status_of(stage.daemon).at("counts").at("matched") == 10; }));

  // What of the old one came after we had stopped nobody knows: a person has to say that it is well.
  const auto reset = run_program(
      {"source", "reset", "kafka:" + stage.topics.expected.name(), "--url", stage.daemon.url()});
  CHECK_MESSAGE(reset.code == 0, reset.err);
  CHECK(reset.err.find("is not known") != std::string::npos);
  expect_count(stage.daemon, 600);
  CHECK(boost::json::serialize(status_of(stage.daemon).at("verdict").at("reasons"))
            .find("input_gap") != std::string::npos);
  const auto closed = run_program({"dead-letters", "acknowledge", "--reason", "input_gap", "--note",
                                   "the old topic was empty", "--url", stage.daemon.url()});
  CHECK_MESSAGE(closed.code == 0, closed.err);
  CHECK(
      wait_until(kSoon, [&] { return status_of(stage.daemon).at("verdict").at("final") == true; }));
}

}  // namespace
