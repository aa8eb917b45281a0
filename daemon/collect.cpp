#include "daemon/collect.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace rollcall {
namespace {

// Series are for topics; a topic's partitions add up.
struct TopicTotals {
  std::uint64_t applied = 0;
  std::uint64_t unknown_fields = 0;
  std::uint64_t unread_fields = 0;
  std::array<std::uint64_t, kBadRecordReasons> refused{};
};

void collect_channels(const Reconciler& reconciler, Metrics& metrics) {
  const std::vector<Channel>& channels = reconciler.channels();
  const std::vector<ChannelCounters>& counters = reconciler.pump().counters();
  std::map<std::pair<std::string, std::string>, TopicTotals> topics;
  std::int64_t oldest_unread_ms = 0;
  metrics.forget_lag_records();
  for (std::size_t i = 0; i < counters.size(); ++i) {
    const Channel& channel = channels[i];
    TopicTotals& totals = topics[{channel.topic, channel.side}];
    totals.applied += counters[i].applied;
    totals.unknown_fields += counters[i].unknown_fields;
    totals.unread_fields += counters[i].unread_fields;
    for (std::size_t r = 0; r < kBadRecordReasons; ++r) totals.refused[r] += counters[i].refused[r];
    const auto lag = lag_of(channel, reconciler.end_limit());
    // One that is not known has no series: 0 would look like being done.
    if (lag) metrics.set_lag_records(channel.topic, channel.partition, *lag);
    if (lag.value_or(1) > 0 && channel.last_timestamp_ms > 0) {
      oldest_unread_ms = oldest_unread_ms == 0
                             ? channel.last_timestamp_ms
                             : std::min(oldest_unread_ms, channel.last_timestamp_ms);
    }
  }
  if (const auto age = reconciler.source_evidence().oldest_end_age) {
    metrics.set_source_end_age(std::chrono::duration<double>(*age).count());
  } else {
    metrics.set_source_end_age(std::nullopt);
  }
  const double behind_ms =
      oldest_unread_ms == 0 ? 0.0 : static_cast<double>(reconciler.now_ms() - oldest_unread_ms);
  metrics.set_lag_seconds(std::max(0.0, behind_ms / 1'000.0));
  for (const auto& [topic, totals] : topics) {
    metrics.set_events(topic.first, topic.second, totals.applied);
    metrics.set_fields(topic.first, totals.unknown_fields, totals.unread_fields);
    for (std::size_t r = 0; r < kBadRecordReasons; ++r) {
      if (totals.refused[r] == 0) continue;
      metrics.set_bad_records(topic.first, to_string(static_cast<BadRecordReason>(r)),
                              totals.refused[r]);
    }
  }
}

// Clients name sides as they like; a series each would have no end.
constexpr std::string_view kOtherSides = "other";

void collect_writes(const Reconciler& reconciler, Metrics& metrics) {
  const WriteCounters& counters = reconciler.write_counters();
  const std::vector<std::string>& sides = reconciler.slice().default_sides();
  for (std::size_t side = 0; side < sides.size(); ++side)
    metrics.set_events("http", sides[side], counters.events.at(side));
  metrics.set_events("http", kOtherSides, counters.events_of_other_sides);
  metrics.set_bad_records("http", "rejected_line", counters.refused_lines);
  metrics.set_fields("http", counters.unknown_fields, counters.unread_fields);
}

void collect_batches(const Reconciler& reconciler, Metrics& metrics) {
  std::map<std::string_view, std::uint64_t> duplicates;
  std::uint64_t missing = 0;
  std::uint64_t unexpected = 0;
  std::vector<OpenBatch> open;
  for (const auto& batch : reconciler.slice().batches()) {
    const BatchSummary summary = summarize(*batch);
    if (batch->row.kind == BatchKind::reconciliation) {
      missing += summary.missing;
      unexpected += summary.unexpected;
    }
    for (std::size_t side = 0; side < summary.duplicates.size(); ++side) {
      const std::string& name = batch->row.sides[side];
      const bool is_default = reconciler.slice().default_side(name) < kSidesMax;
      duplicates[is_default ? std::string_view{name} : kOtherSides] += summary.duplicates[side];
    }
    if (batch->row.kind == BatchKind::reconciliation)
      open.push_back({batch->row.name, summary.missing, summary.unexpected});
  }
  metrics.set_batches("open", reconciler.slice().batches().size());
  metrics.set_missing_records(missing);
  metrics.set_unexpected_records(unexpected);
  for (const auto& [side, count] : duplicates) metrics.set_duplicates(side, count);
  metrics.set_open_batches(std::move(open));
}

}  // namespace

void collect(const Reconciler& reconciler, Metrics& metrics) {
  collect_channels(reconciler, metrics);
  collect_writes(reconciler, metrics);
  collect_batches(reconciler, metrics);
  metrics.set_uncommitted_bytes(reconciler.uncommitted_bytes());
  metrics.set_state_bytes("ledgers", reconciler.slice().memory_bytes());
  metrics.set_state_bytes("attributes", reconciler.slice().attributes().bytes());
  metrics.set_attributes_not_kept(reconciler.slice().attributes().not_kept());
}

}  // namespace rollcall
