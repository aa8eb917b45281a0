#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall {

// A batch that has series of its own, as of one moment.
struct BatchSeries {
  std::string name;
  std::uint64_t expected = 0;
  std::uint64_t processed = 0;
  std::uint64_t missing = 0;
  std::uint64_t unexpected = 0;
  std::int64_t last_event_ms = 0;  // wall time; 0: none is known
  std::string_view verdict;  // this and the next are words of closed sets, which live for ever
  std::string_view confidence;
};

// What became of merging stored segments in the background.
struct CompactionState {
  bool running = true;
  std::uint64_t merges = 0;
  std::uint64_t failures = 0;
  std::uint64_t runs = 0;            // stored now
  std::int64_t last_success_ms = 0;  // wall time; 0: nothing was merged yet
};

// What /metrics shows, by the names that dashboards rely on. The parts of the daemon count in plain
// integers of their own and hand over totals, usually just before text(): so nothing is paid for a
// record. `set_` replaces a gauge's value or a counter's total, `observe_` adds to a histogram.
// Owner: the daemon. Runs on: the loop; no locks, no atomics. Limits: labels come from closed sets
// (topics, sides, feeds, reasons, route templates), never ids; batches only as the few that were chosen.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // Reading. `source` is a topic, or "http".
  void set_events(std::string_view source, std::string_view side, std::uint64_t total);
  void set_fields(std::string_view source, std::uint64_t unknown, std::uint64_t unread);
  void set_bad_records(std::string_view source, std::string_view reason, std::uint64_t total);
  void set_duplicates(std::string_view side, std::uint64_t total);
  void set_lag_records(std::string_view topic, std::int32_t partition, std::uint64_t records);
  // Of the source that was asked longest ago; nothing where there is none to ask.
  void set_source_end_age(std::optional<double> seconds);
  void
  forget_lag_records();  // of every partition, before the ones that are still read are set again
  void set_lag_seconds(double seconds);
  // How far answers about what a feed brings can be trusted: one of `levels`.
  void set_confidence(std::string_view feed, std::string_view level,
                      std::span<const std::string_view> levels);
  void set_dead_letters(std::string_view topic, std::string_view state, std::uint64_t count);
  void forget_dead_letters();  // of every topic, before those that there are now are set again

  // Batches.
  void set_batches(std::string_view state, std::uint64_t count);
  void set_missing_records(std::uint64_t count);
  void set_unexpected_records(std::uint64_t count);
  // Those that have series of their own. How many have none: of the worst ones, and of those that somebody named.
  void set_batch_series(std::vector<BatchSeries> batches, std::uint64_t worst_omitted,
                        std::uint64_t matching_omitted);

  // Durability and memory.
  void observe_checkpoint(double seconds, std::uint64_t bytes, std::int64_t committed_at_ms);
  void set_store_up(bool up);
  void set_compaction(const CompactionState& state);
  void set_uncommitted_bytes(std::uint64_t bytes);
  // Records whose attributes found no room in memory.
  void set_attributes_not_kept(std::uint64_t total);
  void set_state_bytes(std::string_view kind, std::uint64_t bytes);

  // The process itself.
  void observe_loop_delay(double seconds);
  void set_longest_turn(double cpu_seconds);
  void observe_http_request(std::string_view route, std::string_view method, unsigned code,
                            double seconds);
  void add_invariant_violation();

  // Prometheus text format 0.0.4. Reads this process's /proc.
  [[nodiscard]] std::string text() const { return text_later()(); }
  // The same in two halves: what is shown is that of this moment; the call, which is the longer part, may be made on any
  // thread and touches nothing of ours.
  [[nodiscard]] std::function<std::string()> text_later() const;
  static constexpr std::string_view kContentType = "text/plain; version=0.0.4; charset=utf-8";

 private:
  struct Families;
  std::unique_ptr<Families> families_;
  // Owners: we, and what text_later() has returned.
  std::shared_ptr<const std::vector<BatchSeries>> batches_;
};

}  // namespace rollcall
