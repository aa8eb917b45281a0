#include "daemon/metrics.hpp"

#include <algorithm>
#include <functional>
#include <prometheus/text_serializer.h>

#include "daemon/metric_family.hpp"
#include "daemon/process_stats.hpp"
#include "daemon/version.hpp"

namespace rollcall {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

NumberFamily counter(std::string name, std::string help, std::vector<std::string> labels = {}) {
  return {MetricType::Counter, {"rollcall_" + std::move(name), std::move(help), std::move(labels)}};
}

NumberFamily gauge(std::string name, std::string help, std::vector<std::string> labels = {}) {
  return {MetricType::Gauge, {"rollcall_" + std::move(name), std::move(help), std::move(labels)}};
}

double as_double(std::uint64_t number) { return static_cast<double>(number); }
std::string text_of(std::string_view view) { return std::string(view); }

// Most owed first; of equals the one whose name comes first, so that the choice does not flicker.
bool is_worse(const OpenBatch& a, const OpenBatch& b) {
  const auto owed_a = a.missing + a.unexpected;
  const auto owed_b = b.missing + b.unexpected;
  return owed_a != owed_b ? owed_a > owed_b : a.name < b.name;
}

// Under the names that every Prometheus client library gives them, so without our prefix.
void collect_process(std::vector<MetricFamily>& families) {
  const auto stats = read_process_stats();
  const auto add = [&](const char* name, const char* help, MetricType type, double value) {
    NumberFamily family(type, {name, help, {}});
    family.at({}) = value;
    families.push_back(family.collect());
  };
  add("process_resident_memory_bytes", "Resident memory.", MetricType::Gauge,
      as_double(stats.resident_bytes));
  add("process_virtual_memory_bytes", "Virtual memory.", MetricType::Gauge,
      as_double(stats.virtual_bytes));
  add("process_cpu_seconds_total", "User and system CPU time.", MetricType::Counter,
      stats.cpu_seconds);
  add("process_start_time_seconds", "Start of the process since 1970.", MetricType::Gauge,
      stats.start_time_seconds);
  add("process_open_fds", "Open file descriptors.", MetricType::Gauge, as_double(stats.open_fds));
  add("process_max_fds", "Most file descriptors that may be open.", MetricType::Gauge,
      as_double(stats.max_fds));
}

}  // namespace

struct Metrics::Families {
  NumberFamily build_info =
      gauge("build_info", "What runs here; always 1.", {"version", "build_type", "allocator"});
  NumberFamily events = counter("events_total", "Events applied.", {"source", "side"});
  NumberFamily bad_records =
      counter("bad_records_total", "Records that could not be read.", {"source", "reason"});
  NumberFamily unknown_fields =
      counter("unknown_fields_total", "Fields of records that no one reads.", {"source"});
  NumberFamily unread_fields = counter(
      "unread_fields_total",
      "Optional fields that could not be read and were left out of their record.", {"source"});
  NumberFamily duplicates =
      counter("duplicates_total", "Occurrences of an id on a side beyond its first.", {"side"});
  NumberFamily batches = gauge("batches", "Batches by state.", {"state"});
  NumberFamily missing_records =
      gauge("missing_records", "Expected and not processed, all batches.");
  NumberFamily unexpected_records =
      gauge("unexpected_records", "Processed and not expected, all batches.");
  NumberFamily batch_missing =
      gauge("batch_missing_records", "Missing records of the worst open batches.", {"batch"});
  NumberFamily batch_unexpected =
      gauge("batch_unexpected_records", "Unexpected records of the worst open batches.", {"batch"});
  NumberFamily batches_omitted =
      gauge("batches_omitted", "Open batches that are not among the worst shown.");
  NumberFamily lag_records = gauge(
      "lag_records", "Records that exist in a partition and are not read.", {"topic", "partition"});
  NumberFamily source_end_age =
      gauge("source_end_age_seconds",
            "Since the ends of the partitions were asked, of the one where that is longest ago.");
  NumberFamily lag_seconds = gauge(
      "lag_seconds",
      "Age of the last record read from the partition that is furthest behind; 0 without lag.");
  HistogramFamily checkpoint_duration{
      {"rollcall_checkpoint_duration_seconds", "From the cut of a checkpoint to its commit.", {}},
      {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60}};
  NumberFamily checkpoint_bytes =
      gauge("checkpoint_bytes", "Segment payload of the last checkpoint.");
  NumberFamily checkpoint_success = gauge("checkpoint_last_success_timestamp_seconds",
                                          "When the last checkpoint was committed, since 1970.");
  NumberFamily attributes_not_kept =
      counter("attributes_not_kept_total", "Records whose attributes found no room in memory.");
  NumberFamily uncommitted_bytes =
      gauge("uncommitted_bytes", "Changes that are not committed yet.");
  NumberFamily state_bytes = gauge("state_bytes", "Memory that the sets take.", {"kind"});
  HistogramFamily loop_delay{
      {"rollcall_loop_delay_seconds", "How long one turn held the loop.", {}},
      {0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1,
       1}};
  NumberFamily longest_turn = gauge("loop_longest_turn_cpu_seconds",
                                    "CPU time of the loop's longest turn since the start.");
  HistogramFamily http_requests{
      {"rollcall_http_request_duration_seconds",
       "From the request read to its answer sent.",
       {"route", "method", "code"}},
      {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10}};
  NumberFamily invariant_violations =
      counter("invariant_violations_total", "Must stay 0: a fault in rollcall itself.");
  Histogram& loop_delay_all = loop_delay.at({});  // found once: it is told about every turn
  Histogram& checkpoint_duration_all = checkpoint_duration.at({});

  Families() {
    build_info.at({text_of(version()), text_of(build_type()), text_of(allocator())}) = 1;
    for (auto* const family :
         {&missing_records, &unexpected_records, &batches_omitted, &lag_seconds, &checkpoint_bytes,
          &attributes_not_kept, &uncommitted_bytes, &invariant_violations}) {
      family->at({}) = 0;
    }
  }

  [[nodiscard]] std::vector<MetricFamily> collect() const {
    return {build_info.collect(),
            events.collect(),
            bad_records.collect(),
            unknown_fields.collect(),
            unread_fields.collect(),
            duplicates.collect(),
            batches.collect(),
            missing_records.collect(),
            unexpected_records.collect(),
            batch_missing.collect(),
            batch_unexpected.collect(),
            batches_omitted.collect(),
            lag_records.collect(),
            source_end_age.collect(),
            lag_seconds.collect(),
            checkpoint_duration.collect(),
            checkpoint_bytes.collect(),
            checkpoint_success.collect(),
            attributes_not_kept.collect(),
            uncommitted_bytes.collect(),
            state_bytes.collect(),
            loop_delay.collect(),
            longest_turn.collect(),
            http_requests.collect(),
            invariant_violations.collect()};
  }
};

Metrics::Metrics(std::size_t worst_batches)
    : worst_batches_(worst_batches), families_(std::make_unique<Families>()) {}
Metrics::~Metrics() = default;

void Metrics::set_events(std::string_view source, std::string_view side, std::uint64_t total) {
  families_->events.at({text_of(source), text_of(side)}) = as_double(total);
}

void Metrics::set_fields(std::string_view source, std::uint64_t unknown, std::uint64_t unread) {
  families_->unknown_fields.at({text_of(source)}) = as_double(unknown);
  families_->unread_fields.at({text_of(source)}) = as_double(unread);
}

void Metrics::set_bad_records(std::string_view source, std::string_view reason,
                              std::uint64_t total) {
  families_->bad_records.at({text_of(source), text_of(reason)}) = as_double(total);
}

void Metrics::set_duplicates(std::string_view side, std::uint64_t total) {
  families_->duplicates.at({text_of(side)}) = as_double(total);
}

void Metrics::set_lag_records(std::string_view topic, std::int32_t partition,
                              std::uint64_t records) {
  families_->lag_records.at({text_of(topic), std::to_string(partition)}) = as_double(records);
}

void Metrics::set_source_end_age(std::optional<double> seconds) {
  families_->source_end_age.clear();
  if (seconds) families_->source_end_age.at({}) = *seconds;
}

void Metrics::forget_lag_records() { families_->lag_records.clear(); }

void Metrics::set_lag_seconds(double seconds) { families_->lag_seconds.at({}) = seconds; }

void Metrics::set_batches(std::string_view state, std::uint64_t count) {
  families_->batches.at({text_of(state)}) = as_double(count);
}

void Metrics::set_missing_records(std::uint64_t count) {
  families_->missing_records.at({}) = as_double(count);
}

void Metrics::set_unexpected_records(std::uint64_t count) {
  families_->unexpected_records.at({}) = as_double(count);
}

void Metrics::set_open_batches(std::vector<OpenBatch> batches) {
  const auto shown = std::min(worst_batches_, batches.size());
  const auto middle = batches.begin() + static_cast<std::ptrdiff_t>(shown);
  std::partial_sort(batches.begin(), middle, batches.end(), is_worse);
  families_->batch_missing.clear();
  families_->batch_unexpected.clear();
  for (auto batch = batches.begin(); batch != middle; ++batch) {
    families_->batch_missing.at({batch->name}) = as_double(batch->missing);
    families_->batch_unexpected.at({batch->name}) = as_double(batch->unexpected);
  }
  families_->batches_omitted.at({}) = as_double(batches.size() - shown);
}

void Metrics::observe_checkpoint(double seconds, std::uint64_t bytes,
                                 std::int64_t committed_at_ms) {
  constexpr double kMillisecondsPerSecond = 1000;
  families_->checkpoint_duration_all.observe(seconds);
  families_->checkpoint_bytes.at({}) = as_double(bytes);
  families_->checkpoint_success.at({}) =
      static_cast<double>(committed_at_ms) / kMillisecondsPerSecond;
}

void Metrics::set_uncommitted_bytes(std::uint64_t bytes) {
  families_->uncommitted_bytes.at({}) = as_double(bytes);
}

void Metrics::set_attributes_not_kept(std::uint64_t total) {
  families_->attributes_not_kept.at({}) = as_double(total);
}

void Metrics::set_state_bytes(std::string_view kind, std::uint64_t bytes) {
  families_->state_bytes.at({text_of(kind)}) = as_double(bytes);
}

void Metrics::set_longest_turn(double cpu_seconds) { families_->longest_turn.at({}) = cpu_seconds; }

void Metrics::observe_loop_delay(double seconds) { families_->loop_delay_all.observe(seconds); }

void Metrics::observe_http_request(std::string_view route, std::string_view method, unsigned code,
                                   double seconds) {
  families_->http_requests.at({text_of(route), text_of(method), std::to_string(code)})
      .observe(seconds);
}

void Metrics::add_invariant_violation() { families_->invariant_violations.at({}) += 1; }

std::string Metrics::text() const {
  auto families = families_->collect();
  collect_process(families);
  // A family without series would be two comment lines about nothing.
  std::erase_if(families, [](const MetricFamily& family) { return family.metric.empty(); });
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace rollcall
