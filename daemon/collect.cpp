#include "daemon/collect.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <set>
#include <string>
#include <string_view>
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
    if (channel.retired) continue;
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
  const BatchTotals& totals = reconciler.slice().totals();
  metrics.set_batches("open", reconciler.batch_count());
  metrics.set_missing_records(totals.missing());
  metrics.set_unexpected_records(totals.unexpected());
  const std::vector<std::string>& sides = reconciler.slice().default_sides();
  for (std::size_t side = 0; side < sides.size(); ++side)
    metrics.set_duplicates(sides[side], totals.duplicates()[side]);
  metrics.set_duplicates(kOtherSides, totals.duplicates().back());
}

constexpr std::array<Confidence, 3> kLevels{Confidence::final, Confidence::provisional,
                                            Confidence::blind};

// As answers about a batch that the feed alone feeds say it; what comes over HTTP is a feed like the others.
void collect_confidence(const Reconciler& reconciler, Metrics& metrics) {
  std::set<std::string_view> feeds{kHttpFeed};
  for (const Channel& channel : reconciler.channels()) feeds.insert(channel.feed);
  std::array<std::string_view, kLevels.size()> levels;
  std::transform(kLevels.begin(), kLevels.end(), levels.begin(),
                 [](Confidence level) { return to_string(level); });
  for (const std::string_view feed : feeds) {
    const Verdict verdict = reconciler.verdict_of_feed(feed);
    metrics.set_confidence(feed, to_string(verdict.confidence), levels);
  }
}

// Every topic that is read shows, also with none: who waits for the last to be closed has to see 0.
void collect_dead_letters(const Reconciler& reconciler, Metrics& metrics) {
  LetterCounts counts = reconciler.slice().letters();
  counts.try_emplace(std::string{kHttpTopic});
  for (const Channel& channel : reconciler.channels()) counts.try_emplace(channel.topic);
  metrics.forget_dead_letters();
  for (const auto& [topic, letters] : counts) {
    for (std::size_t state = 0; state < letters.size(); ++state)
      metrics.set_dead_letters(topic, to_string(static_cast<DeadLetterState>(state)),
                               letters[state]);
  }
}

}  // namespace

void collect(const Reconciler& reconciler, Metrics& metrics) {
  collect_channels(reconciler, metrics);
  collect_writes(reconciler, metrics);
  collect_batches(reconciler, metrics);
  collect_confidence(reconciler, metrics);
  collect_dead_letters(reconciler, metrics);
  metrics.set_store_up(reconciler.readiness().store_answers);
  metrics.set_uncommitted_bytes(reconciler.uncommitted_bytes());
  metrics.set_state_bytes("ledgers", reconciler.slice().totals().memory_bytes());
  metrics.set_state_bytes("attributes", reconciler.slice().attributes().bytes());
  metrics.set_attributes_not_kept(reconciler.slice().attributes().not_kept());
}

}  // namespace rollcall
