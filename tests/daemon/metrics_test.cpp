#include "daemon/metrics.hpp"

#include <doctest/doctest.h>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rollcall {
namespace {

bool has_line(const Metrics& metrics, const std::string& line) {
  return ("\n" + metrics.text()).find("\n" + line + "\n") != std::string::npos;
}

bool has(const Metrics& metrics, const std::string& part) {
  return metrics.text().find(part) != std::string::npos;
}

TEST_CASE("counters show the total that was handed over, under their labels") {
  Metrics metrics;
  metrics.set_events("orders", "expected", 1);
  metrics.set_events("orders", "expected", 9'007'199'254'740'991);
  metrics.set_bad_records("orders", "not_json", 2);
  metrics.set_fields("orders", 5, 4);
  metrics.set_duplicates("processed", 3);
  metrics.add_invariant_violation();
  CHECK(has_line(metrics, "# TYPE rollcall_events_total counter"));
  CHECK(has_line(metrics,
                 R"(rollcall_events_total{source="orders",side="expected"} 9007199254740991)"));
  CHECK(has_line(metrics, R"(rollcall_bad_records_total{source="orders",reason="not_json"} 2)"));
  CHECK(has_line(metrics, R"(rollcall_unknown_fields_total{source="orders"} 5)"));
  CHECK(has_line(metrics, R"(rollcall_unread_fields_total{source="orders"} 4)"));
  CHECK(has_line(metrics, R"(rollcall_duplicates_total{side="processed"} 3)"));
  CHECK(has_line(metrics, "rollcall_invariant_violations_total 1"));
}

TEST_CASE("gauges show the last value") {
  Metrics metrics;
  metrics.set_batches("open", 2);
  metrics.set_batches("open", 1);
  metrics.set_missing_records(5);
  metrics.set_unexpected_records(6);
  metrics.set_lag_records("orders", 3, 7);
  metrics.set_lag_seconds(0.25);
  metrics.set_uncommitted_bytes(8);
  metrics.set_longest_turn(0.5);
  metrics.set_state_bytes("integers", 9);
  CHECK(has_line(metrics, "# TYPE rollcall_batches gauge"));
  CHECK(has_line(metrics, R"(rollcall_batches{state="open"} 1)"));
  CHECK(has_line(metrics, "rollcall_missing_records 5"));
  CHECK(has_line(metrics, "rollcall_unexpected_records 6"));
  CHECK(has_line(metrics, R"(rollcall_lag_records{topic="orders",partition="3"} 7)"));
  CHECK(has_line(metrics, "rollcall_lag_seconds 0.25"));
  CHECK(has_line(metrics, "rollcall_uncommitted_bytes 8"));
  CHECK(has_line(metrics, "rollcall_loop_longest_turn_cpu_seconds 0.5"));
  CHECK(has_line(metrics, R"(rollcall_state_bytes{kind="integers"} 9)"));
  CHECK_FALSE(has(metrics, "rollcall_source_end_age_seconds "));
  metrics.set_source_end_age(1.5);
  CHECK(has_line(metrics, "rollcall_source_end_age_seconds 1.5"));
  metrics.set_source_end_age(std::nullopt);
  CHECK_FALSE(has(metrics, "rollcall_source_end_age_seconds "));
  metrics.forget_lag_records();
  CHECK_FALSE(has(metrics, "rollcall_lag_records{"));
}

TEST_CASE("a checkpoint shows its duration, its bytes and when it was") {
  Metrics metrics;
  CHECK_FALSE(has(metrics, "rollcall_checkpoint_last_success_timestamp_seconds"));
  metrics.observe_checkpoint(0.003, 1234, 1'795'255'200'500);
  metrics.observe_checkpoint(100, 5678, 1'795'255'201'500);
  CHECK(has_line(metrics, "# TYPE rollcall_checkpoint_duration_seconds histogram"));
  CHECK(has_line(metrics, R"(rollcall_checkpoint_duration_seconds_bucket{le="0.005"} 1)"));
  CHECK(has_line(metrics, R"(rollcall_checkpoint_duration_seconds_bucket{le="60"} 1)"));
  CHECK(has_line(metrics, R"(rollcall_checkpoint_duration_seconds_bucket{le="+Inf"} 2)"));
  CHECK(has_line(metrics, "rollcall_checkpoint_duration_seconds_sum 100.003"));
  CHECK(has_line(metrics, "rollcall_checkpoint_duration_seconds_count 2"));
  CHECK(has_line(metrics, "rollcall_checkpoint_bytes 5678"));
  CHECK(has_line(metrics, "rollcall_checkpoint_last_success_timestamp_seconds 1795255201.5"));
}

TEST_CASE("a bound of a histogram belongs to its bucket") {
  Metrics metrics;
  metrics.observe_loop_delay(0.001);
  CHECK(has_line(metrics, R"(rollcall_loop_delay_seconds_bucket{le="0.0005"} 0)"));
  CHECK(has_line(metrics, R"(rollcall_loop_delay_seconds_bucket{le="0.001"} 1)"));
}

TEST_CASE("requests are told apart by route, method and code") {
  Metrics metrics;
  metrics.observe_http_request("/api/v1/batches/{batch}", "GET", 200, 0.002);
  metrics.observe_http_request("/api/v1/batches/{batch}", "GET", 404, 0.002);
  metrics.observe_http_request("/api/v1/batches/{batch}", "GET", 200, 0.002);
  CHECK(has_line(metrics,
                 "rollcall_http_request_duration_seconds_count"
                 R"({route="/api/v1/batches/{batch}",method="GET",code="200"} 2)"));
}

BatchSeries batch_named(std::string name) {
  BatchSeries batch;
  batch.name = std::move(name);
  batch.verdict = "incomplete";
  batch.confidence = "final";
  return batch;
}

TEST_CASE("a batch that is shown has all its series, and none once it is not") {
  Metrics metrics;
  BatchSeries orders = batch_named("orders");
  orders.expected = 10;
  orders.processed = 9;
  orders.missing = 2;
  orders.unexpected = 1;
  orders.last_event_ms = 1'795'255'200'500;
  BatchSeries silent = batch_named("silent");
  silent.verdict = "empty";
  silent.confidence = "blind";
  metrics.set_batch_series({orders, silent}, 3, 4);
  CHECK(has_line(metrics, R"(rollcall_batch_expected_records{batch="orders"} 10)"));
  CHECK(has_line(metrics, R"(rollcall_batch_processed_records{batch="orders"} 9)"));
  CHECK(has_line(metrics, R"(rollcall_batch_missing_records{batch="orders"} 2)"));
  CHECK(has_line(metrics, R"(rollcall_batch_unexpected_records{batch="orders"} 1)"));
  CHECK(has_line(metrics,
                 R"(rollcall_batch_last_event_timestamp_seconds{batch="orders"} 1795255200.5)"));
  CHECK(has_line(
      metrics, R"(rollcall_batch_info{batch="orders",verdict="incomplete",confidence="final"} 1)"));
  CHECK(has_line(metrics,
                 R"(rollcall_batch_info{batch="silent",verdict="empty",confidence="blind"} 1)"));
  CHECK(has_line(metrics, R"(rollcall_batch_missing_records{batch="silent"} 0)"));
  CHECK_FALSE(has(metrics, R"(rollcall_batch_last_event_timestamp_seconds{batch="silent"})"));
  CHECK(has_line(metrics, "rollcall_batches_omitted 3"));
  CHECK(has_line(metrics, "rollcall_matching_batches_omitted 4"));
  metrics.set_batch_series({silent}, 0, 0);
  CHECK_FALSE(has(metrics, "orders"));
  CHECK(has_line(metrics, "rollcall_batches_omitted 0"));
}

TEST_CASE("a batch's name is escaped in its labels") {
  Metrics metrics;
  metrics.set_batch_series({batch_named("a\"b\\c\nd")}, 0, 0);
  CHECK(has_line(metrics, R"(rollcall_batch_missing_records{batch="a\"b\\c\nd"} 0)"));
  CHECK(has_line(
      metrics,
      R"(rollcall_batch_info{batch="a\"b\\c\nd",verdict="incomplete",confidence="final"} 1)"));
}

TEST_CASE("a feed is at one level, and dead letters are shown as they are now") {
  Metrics metrics;
  const std::vector<std::string_view> levels{"final", "provisional", "blind"};
  metrics.set_confidence("default", "final", levels);
  metrics.set_confidence("default", "blind", levels);
  CHECK(has_line(metrics, R"(rollcall_confidence{feed="default",level="final"} 0)"));
  CHECK(has_line(metrics, R"(rollcall_confidence{feed="default",level="provisional"} 0)"));
  CHECK(has_line(metrics, R"(rollcall_confidence{feed="default",level="blind"} 1)"));
  metrics.set_dead_letters("orders", "open", 2);
  CHECK(has_line(metrics, R"(rollcall_dead_letters{topic="orders",state="open"} 2)"));
  metrics.forget_dead_letters();
  CHECK_FALSE(has(metrics, "rollcall_dead_letters"));
}

TEST_CASE("the store shows whether it answers and whether it is compacted") {
  Metrics metrics;
  CHECK_FALSE(has(metrics, "rollcall_compaction"));  // there is none of a store in memory
  metrics.set_store_up(true);
  metrics.set_compaction({.running = true, .merges = 3, .failures = 1, .runs = 9});
  CHECK(has_line(metrics, "rollcall_store_up 1"));
  CHECK(has_line(metrics, "rollcall_compaction_running 1"));
  CHECK(has_line(metrics, "rollcall_compaction_merges_total 3"));
  CHECK(has_line(metrics, "rollcall_compaction_failures_total 1"));
  CHECK(has_line(metrics, "rollcall_compaction_runs 9"));
  CHECK_FALSE(has(metrics, "rollcall_compaction_last_success"));
  metrics.set_store_up(false);
  metrics.set_compaction({.running = false, .last_success_ms = 1'795'255'200'500});
  CHECK(has_line(metrics, "rollcall_store_up 0"));
  CHECK(has_line(metrics, "rollcall_compaction_running 0"));
  CHECK(has_line(metrics, "rollcall_compaction_last_success_timestamp_seconds 1795255200.5"));
}

TEST_CASE("a text that is made later shows the moment at which it was asked for") {
  Metrics metrics;
  metrics.set_missing_records(1);
  metrics.set_batch_series({batch_named("then")}, 0, 0);
  const auto later = metrics.text_later();
  metrics.set_missing_records(2);
  metrics.set_batch_series({batch_named("now")}, 0, 0);
  const std::string text = later();
  CHECK(text.find("\nrollcall_missing_records 1\n") != std::string::npos);
  CHECK(text.find("\"then\"") != std::string::npos);
  CHECK(text.find("\"now\"") == std::string::npos);
}

TEST_CASE("what runs here and how the process fares is there from the start") {
  const Metrics metrics;
  CHECK(has(metrics, "rollcall_build_info{version=\""));
  CHECK(has_line(metrics, "rollcall_invariant_violations_total 0"));
  for (const auto* const name :
       {"rollcall_memory_used_bytes", "rollcall_memory_limit_bytes",
        "process_resident_memory_bytes", "process_virtual_memory_bytes",
        "process_start_time_seconds", "process_open_fds", "process_max_fds"}) {
    CAPTURE(name);
    CHECK(has(metrics, std::string("\n") + name + " "));
    CHECK_FALSE(has_line(metrics, std::string(name) + " 0"));
  }
  CHECK(has(metrics, "\nprocess_cpu_seconds_total "));
}

TEST_CASE("every line is a comment or a number under a name with our prefix, each type said once") {
  Metrics metrics;
  metrics.observe_http_request("/", "GET", 200, 0.1);
  std::istringstream lines(metrics.text());
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    CAPTURE(line);
    const bool known = line.starts_with("# HELP ") || line.starts_with("# TYPE ") ||
                       line.starts_with("rollcall_") || line.starts_with("process_");
    CHECK(known);
  }
  CHECK(count > 50);
}

}  // namespace
}  // namespace rollcall
