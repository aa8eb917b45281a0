#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall {

// What one open batch owes, for the choice of the worst.
struct OpenBatch {
  std::string name;
  std::uint64_t missing = 0;
  std::uint64_t unexpected = 0;
};

// What /metrics shows, by the names that dashboards rely on. The parts of the daemon count in plain
// integers of their own and hand over totals, usually just before text(): so nothing is paid for a
// record. `set_` replaces a gauge's value or a counter's total, `observe_` adds to a histogram.
// Owner: the daemon. Runs on: the loop; no locks, no atomics. Limits: labels come from closed sets
// (topics, sides, reasons, route templates), never ids; batches only as the worst.
class Metrics {
 public:
  // `worst_batches`: how many open batches get a series of their own.
  explicit Metrics(std::size_t worst_batches);
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

  // Batches.
  void set_batches(std::string_view state, std::uint64_t count);
  void set_missing_records(std::uint64_t count);
  void set_unexpected_records(std::uint64_t count);
  // All open batches; keeps the worst, most missing and unexpected together first, and says how
  // many it left out.
  void set_open_batches(std::vector<OpenBatch> batches);

  // Durability and memory.
  void observe_checkpoint(double seconds, std::uint64_t bytes, std::int64_t committed_at_ms);
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
  [[nodiscard]] std::string text() const;
  static constexpr std::string_view kContentType = "text/plain; version=0.0.4; charset=utf-8";

 private:
  struct Families;
  std::size_t worst_batches_;
  std::unique_ptr<Families> families_;
};

}  // namespace rollcall
