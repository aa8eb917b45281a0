#include "daemon/metrics.hpp"

#include <doctest/doctest.h>
#include <sstream>
#include <string>

namespace rollcall {
namespace {

bool has_line(const Metrics& metrics, const std::string& line) {
  return ("\n" + metrics.text()).find("\n" + line + "\n") != std::string::npos;
}

bool has(const Metrics& metrics, const std::string& part) {
  return metrics.text().find(part) != std::string::npos;
}

TEST_CASE("counters show the total that was handed over, under their labels") {
  Metrics metrics(10);
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
  Metrics metrics(10);
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
  Metrics metrics(10);
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
  Metrics metrics(10);
  metrics.observe_loop_delay(0.001);
  CHECK(has_line(metrics, R"(rollcall_loop_delay_seconds_bucket{le="0.0005"} 0)"));
  CHECK(has_line(metrics, R"(rollcall_loop_delay_seconds_bucket{le="0.001"} 1)"));
}

TEST_CASE("requests are told apart by route, method and code") {
  Metrics metrics(10);
  metrics.observe_http_request("/api/v1/batches/{batch}", "GET", 200, 0.002);
  metrics.observe_http_request("/api/v1/batches/{batch}", "GET", 404, 0.002);
  metrics.observe_http_request("/api/v1/batches/{batch}", "GET", 200, 0.002);
  CHECK(has_line(metrics,
                 "rollcall_http_request_duration_seconds_count"
                 R"({route="/api/v1/batches/{batch}",method="GET",code="200"} 2)"));
}

TEST_CASE("only the worst open batches get series, and how many were left out is said") {
  Metrics metrics(2);
  metrics.set_open_batches(
      {{"small", 1, 0}, {"c", 0, 5}, {"worst", 90, 1}, {"b", 5, 0}, {"done", 0, 0}});
  CHECK(has_line(metrics, R"(rollcall_batch_missing_records{batch="worst"} 90)"));
  CHECK(has_line(metrics, R"(rollcall_batch_unexpected_records{batch="worst"} 1)"));
  CHECK(has_line(metrics, R"(rollcall_batch_missing_records{batch="b"} 5)"));
  CHECK_FALSE(has(metrics, R"(batch="c")"));
  CHECK(has_line(metrics, "rollcall_batches_omitted 3"));
  metrics.set_open_batches({{"b", 5, 0}});
  CHECK_FALSE(has(metrics, "worst\""));
  CHECK(has_line(metrics, "rollcall_batches_omitted 0"));
}

TEST_CASE("a batch's name is escaped in its label") {
  Metrics metrics(1);
  metrics.set_open_batches({{"a\"b\\c\nd", 1, 0}});
  CHECK(has_line(metrics, R"(rollcall_batch_missing_records{batch="a\"b\\c\nd"} 1)"));
}

TEST_CASE("what runs here and how the process fares is there from the start") {
  const Metrics metrics(1);
  CHECK(has(metrics, "rollcall_build_info{version=\""));
  CHECK(has_line(metrics, "rollcall_invariant_violations_total 0"));
  for (const auto* const name :
       {"process_resident_memory_bytes", "process_virtual_memory_bytes",
        "process_start_time_seconds", "process_open_fds", "process_max_fds"}) {
    CAPTURE(name);
    CHECK(has(metrics, std::string("\n") + name + " "));
    CHECK_FALSE(has_line(metrics, std::string(name) + " 0"));
  }
  CHECK(has(metrics, "\nprocess_cpu_seconds_total "));
}

TEST_CASE("every line is a comment or a number under a name with our prefix, each type said once") {
  Metrics metrics(1);
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
