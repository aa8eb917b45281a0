#include "daemon/metrics.hpp"

#include <algorithm>
#include <functional>
#include <prometheus/text_serializer.h>

#include "daemon/memory_limit.hpp"
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

constexpr double kMillisecondsPerSecond = 1000;
double seconds_of(std::int64_t ms) { return static_cast<double>(ms) / kMillisecondsPerSecond; }

// The series of single batches. They are many and told anew with each scrape, so they are made where the text is.
void collect_batches(const std::vector<BatchSeries>& batches, std::vector<MetricFamily>& families) {
  const auto add = [&](const char* name, const char* help, const auto& value) {
    NumberFamily family = gauge(name, help, {"batch"});
    for (const BatchSeries& batch : batches) family.at({batch.name}) = value(batch);
    families.push_back(family.collect());
  };
  add("batch_expected_records", "Distinct records expected, of the batches that are shown.",
      [](const BatchSeries& batch) { return as_double(batch.expected); });
  add("batch_processed_records", "Distinct records processed, of the batches that are shown.",
      [](const BatchSeries& batch) { return as_double(batch.processed); });
  add("batch_missing_records", "Expected and not processed, of the batches that are shown.",
      [](const BatchSeries& batch) { return as_double(batch.missing); });
  add("batch_unexpected_records", "Processed and not expected, of the batches that are shown.",
      [](const BatchSeries& batch) { return as_double(batch.unexpected); });
  NumberFamily last =
      gauge("batch_last_event_timestamp_seconds",
            "When the newest event of the batch was written, since 1970.", {"batch"});
  NumberFamily info = gauge("batch_info", "What a batch's status says; always 1.",
                            {"batch", "verdict", "confidence"});
  for (const BatchSeries& batch : batches) {
    if (batch.last_event_ms > 0) last.at({batch.name}) = seconds_of(batch.last_event_ms);
    info.at({batch.name, text_of(batch.verdict), text_of(batch.confidence)}) = 1;
  }
  families.push_back(last.collect());
  families.push_back(info.collect());
}

// Under the names that every Prometheus client library gives them, so without our prefix.
void collect_process(std::vector<MetricFamily>& families) {
  const auto stats = read_process_stats();
  NumberFamily used = gauge("memory_used_bytes", "Memory of this process, as its limit counts it.");
  used.at({}) = as_double(stats.resident_bytes);
  families.push_back(used.collect());
  if (const auto limit = read_memory_limit()) {
    NumberFamily most =
        gauge("memory_limit_bytes",
              "Memory that this process may use: its control group's or the machine's.");
    most.at({}) = as_double(*limit);
    families.push_back(most.collect());
  }
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
  NumberFamily batches_omitted =
      gauge("batches_omitted", "Open batches that are not among the worst shown.");
  NumberFamily matching_batches_omitted =
      gauge("matching_batches_omitted",
            "Batches that match metrics.batches and are beyond metrics.batches_max.");
  NumberFamily confidence =
      gauge("confidence", "1 for the level up to which answers about a feed can be trusted.",
            {"feed", "level"});
  NumberFamily dead_letters =
      gauge("dead_letters", "Records that could not be read, by what became of them.",
            {"topic", "state"});
  NumberFamily store_up = gauge("store_up", "1 while the store answers.");
  NumberFamily compaction_running =
      gauge("compaction_running", "1 while stored segments are merged; 0 once that was given up.");
  NumberFamily compaction_merges = counter("compaction_merges_total", "Merges that were stored.");
  NumberFamily compaction_failures = counter("compaction_failures_total", "Merges that failed.");
  NumberFamily compaction_runs = gauge("compaction_runs", "Stored runs of segments.");
  NumberFamily compaction_success =
      gauge("compaction_last_success_timestamp_seconds", "When a merge was stored, since 1970.");
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
    for (auto* const family : {&missing_records, &unexpected_records, &batches_omitted,
                               &matching_batches_omitted, &lag_seconds, &checkpoint_bytes,
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
            batches_omitted.collect(),
            matching_batches_omitted.collect(),
            confidence.collect(),
            dead_letters.collect(),
            store_up.collect(),
            compaction_running.collect(),
            compaction_merges.collect(),
            compaction_failures.collect(),
            compaction_runs.collect(),
            compaction_success.collect(),
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

Metrics::Metrics()
    : families_(std::make_unique<Families>()),
      batches_(std::make_shared<const std::vector<BatchSeries>>()) {}
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

void Metrics::set_batch_series(std::vector<BatchSeries> batches, std::uint64_t worst_omitted,
                               std::uint64_t matching_omitted) {
  batches_ = std::make_shared<const std::vector<BatchSeries>>(std::move(batches));
  families_->batches_omitted.at({}) = as_double(worst_omitted);
  families_->matching_batches_omitted.at({}) = as_double(matching_omitted);
}

void Metrics::set_confidence(std::string_view feed, std::string_view level,
                             std::span<const std::string_view> levels) {
  for (const std::string_view one : levels)
    families_->confidence.at({text_of(feed), text_of(one)}) = one == level ? 1 : 0;
}

void Metrics::set_dead_letters(std::string_view topic, std::string_view state,
                               std::uint64_t count) {
  families_->dead_letters.at({text_of(topic), text_of(state)}) = as_double(count);
}

void Metrics::forget_dead_letters() { families_->dead_letters.clear(); }

void Metrics::set_store_up(bool up) { families_->store_up.at({}) = up ? 1 : 0; }

void Metrics::set_compaction(const CompactionState& state) {
  families_->compaction_running.at({}) = state.running ? 1 : 0;
  families_->compaction_merges.at({}) = as_double(state.merges);
  families_->compaction_failures.at({}) = as_double(state.failures);
  families_->compaction_runs.at({}) = as_double(state.runs);
  if (state.last_success_ms > 0)
    families_->compaction_success.at({}) = seconds_of(state.last_success_ms);
}

void Metrics::observe_checkpoint(double seconds, std::uint64_t bytes,
                                 std::int64_t committed_at_ms) {
  families_->checkpoint_duration_all.observe(seconds);
  families_->checkpoint_bytes.at({}) = as_double(bytes);
  families_->checkpoint_success.at({}) = seconds_of(committed_at_ms);
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

std::function<std::string()> Metrics::text_later() const {
  // Owner: the function, whose copies share it.
  const auto counted = std::make_shared<const std::vector<MetricFamily>>(families_->collect());
  return [counted, batches = batches_] {
    std::vector<MetricFamily> families = *counted;
    collect_batches(*batches, families);
    collect_process(families);
    // A family without series would be two comment lines about nothing.
    std::erase_if(families, [](const MetricFamily& family) { return family.metric.empty(); });
    return prometheus::TextSerializer().Serialize(families);
  };
}

}  // namespace rollcall
