// What a Prometheus finds at a daemon between a real Kafka and a real PostgreSQL: text that its own tool accepts, and
// everything that the rules, their tests and the README name.
#include <algorithm>
#include <doctest/doctest.h>
#include <fstream>
#include <string>

#include "tests/crash/stage.hpp"
#include "tests/prometheus/exported_metrics.hpp"
#include "tests/prometheus/metric_mentions.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/producer.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace rollcall::test;

namespace {

constexpr seconds kSoon{60};
const char* const kRules = "compose/prometheus/rollcall.rules.yml";
const char* const kRulesTest = "compose/prometheus/rollcall.rules_test.yml";

// A daemon that has read a batch that lacks one record, and a record of another batch that nobody can read.
struct Scraped : Stage {
  Scraped() : Stage(options()) {
    daemon.start();
    daemon.wait_until_ready();
    const auto made = daemon.ask({"POST",
                                  "/api/v1/batches",
                                  {{"Content-Type", "application/json"}},
                                  R"({"batch_name":"odd \"name\" \\ \n of two lines"})"});
    REQUIRE(made);
    REQUIRE(made->status == 201);
    TestProducer producer;
    producer.send(topics.expected.name(), 0, R"({"batch":"orders-1","ids":[1,2,3]})");
    producer.send(topics.processed.name(), 1, R"({"batch":"orders-1","ids":[1,2]})");
    producer.flush();
    REQUIRE(wait_for_line(R"(rollcall_batch_missing_records{batch="orders-1"} 1)"));
    REQUIRE(wait_for_line(
        R"(rollcall_batch_info{batch="orders-1",verdict="incomplete",confidence="final"} 1)"));
    producer.send(topics.expected.name(), 0, R"({"batch":"orders-2","id":1.5})");
    producer.flush();
    REQUIRE(wait_for_line("rollcall_dead_letters{topic=\"" + topics.expected.name() +
                          "\",state=\"open\"} 1"));
  }

  static Options options() {
    Options options;
    options.label = "scrape";
    options.checkpoint = "interval = \"50ms\"\n\n[metrics]\nbatches = [\"orders-*\", \"odd*\"]\n";
    return options;
  }

  [[nodiscard]] std::string scrape() const {
    const auto answer = daemon.get("/metrics");
    return answer && answer->status == 200 ? answer->body : std::string{};
  }
  [[nodiscard]] bool wait_for_line(const std::string& line) const {
    return wait_until(kSoon,
                      [&] { return scrape().find("\n" + line + "\n") != std::string::npos; });
  }
  // The whole line of a series, with its value.
  [[nodiscard]] std::string line_of(const std::string& series) const {
    const std::string text = scrape();
    const std::size_t begin = text.find("\n" + series + " ");
    if (begin == std::string::npos) return {};
    return text.substr(begin + 1, text.find('\n', begin + 1) - begin - 1);
  }
};

// Prometheus adds these to whatever it scrapes.
bool is_of_the_scrape(const std::string& label) { return label == "job" || label == "instance"; }

const LabelsShown* find_metric(const MetricsShown& shown, const std::string& name) {
  const auto found = shown.find(name);
  if (found != shown.end()) return &found->second;
  const auto histogram = shown.find(name + "_bucket");
  return histogram == shown.end() ? nullptr : &histogram->second;
}

void check_mentions(const MetricsShown& shown, const std::string& text, bool with_values) {
  const std::vector<MetricMention> mentions = mentions_in(text);
  REQUIRE(mentions.size() > 1);
  for (const MetricMention& mention : mentions) {
    const LabelsShown* labels = find_metric(shown, mention.name);
    REQUIRE_MESSAGE(labels != nullptr, mention.name, " is not exported");
    for (const auto& [label, value] : mention.labels) {
      if (is_of_the_scrape(label)) continue;
      const auto found = labels->find(label);
      REQUIRE_MESSAGE(found != labels->end(), mention.name, " has no label ", label);
      if (with_values)
        CHECK_MESSAGE(found->second.contains(value), mention.name, " has no ", label, "=", value);
    }
  }
}

TEST_CASE("promtool finds no fault in what is scraped, odd names of batches included") {
  const Scraped scraped;
  const std::string text = scraped.scrape();
  CHECK(text.find(R"({batch="odd \"name\" \\ \n of two lines"} 0)") != std::string::npos);
  const TemporaryDirectory directory;
  const std::string path = (directory.path() / "metrics").string();
  std::ofstream(path) << text;
  const std::string check = std::string{PROMTOOL} + " check metrics < '" + path + "'";
  CHECK(run_command({"sh", "-c", check}, kSoon) == 0);
  // And it would have found one.
  std::ofstream(path) << text << "rollcall_build_info{";
  CHECK(run_command({"sh", "-c", check + " 2> /dev/null"}, kSoon) != 0);
}

TEST_CASE("the rules, their tests and the README name only metrics and labels that are exported") {
  const Scraped scraped;
  const MetricsShown shown = parse_exposition(scraped.scrape());
  check_mentions(shown, read_source_file(kRules), true);
  check_mentions(shown, read_source_file(kRulesTest), false);
  check_mentions(shown, read_source_file("README.md"), false);
  const std::vector<AlertRule> alerts = alerts_in(read_source_file(kRules));
  CHECK(alerts.size() == found_in(read_source_file(kRules), R"re((- alert:))re").size());
  for (const AlertRule& alert : alerts) {
    INFO(alert.name);
    for (const MetricMention& mention : mentions_in(alert.expression)) {
      const LabelsShown* labels = find_metric(shown, mention.name);
      REQUIRE(labels != nullptr);
      for (const std::string& label : alert.labels_used()) {
        const bool known = is_of_the_scrape(label) || labels->contains(label);
        CHECK_MESSAGE(known, mention.name, " has no label ", label);
      }
    }
  }
}

TEST_CASE("every alert is tested to fire and not to, and says what to do in words that exist") {
  const Scraped scraped;
  const std::string readme = read_source_file("README.md");
  const std::string tests = read_source_file(kRulesTest);
  for (const AlertRule& alert : alerts_in(read_source_file(kRules))) {
    INFO(alert.name);
    const std::string name = "alertname: " + alert.name;
    CHECK_FALSE(found_in(tests, ("(" + name + "\n +exp_alerts:\n)").c_str()).empty());
    CHECK_FALSE(found_in(tests, ("(" + name + R"re(\n +exp_alerts: \[\]))re").c_str()).empty());
    const auto commands =
        found_in(alert.annotations, R"re(`rollcall ([a-z-]+(?: [a-z][a-z-]*)?)[^`]*`)re");
    const auto sections = found_in(alert.annotations, R"re(README\.md, "([^"]+)")re");
    const auto questions = found_in(alert.annotations, R"re(GET (/[a-z0-9/-]+))re");
    CHECK(commands.size() + sections.size() > 0);
    for (const std::string& command : commands) {
      const std::string help =
          std::string{ROLLCALL_PROGRAM} + " " + command + " --help > /dev/null";
      CHECK_MESSAGE(run_command({"sh", "-c", help}, kSoon) == 0, command);
    }
    for (const std::string& section : sections)
      CHECK_MESSAGE(readme.find("\n## " + section + "\n") != std::string::npos, section);
    for (const std::string& question : questions) {
      const auto answer = scraped.daemon.get(question);
      REQUIRE(answer);
      CHECK_MESSAGE(answer->status == 200, question);
    }
  }
}

TEST_CASE(
    "when a batch had its last event, and how many dead letters there are, outlives a crash") {
  Scraped scraped;
  const std::string last = R"(rollcall_batch_last_event_timestamp_seconds{batch="orders-1"})";
  const std::string letters =
      "rollcall_dead_letters{topic=\"" + scraped.topics.expected.name() + "\",state=\"open\"}";
  const std::string last_before = scraped.line_of(last);
  const std::string letters_before = scraped.line_of(letters);
  REQUIRE_FALSE(last_before.empty());
  REQUIRE(letters_before == letters + " 1");
  REQUIRE(wait_until(kSoon, [&] {
    const auto positions = scraped.stored_positions();
    const auto at = positions.find({scraped.topics.expected.name(), 0});
    return at != positions.end() && at->second == 2;
  }));
  scraped.daemon.kill();
  scraped.daemon.start();
  scraped.daemon.wait_until_ready();
  CHECK(scraped.line_of(last) == last_before);
  CHECK(scraped.line_of(letters) == letters_before);
}

}  // namespace
