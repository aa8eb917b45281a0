#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

#include "pipeline/failure.hpp"
#include "pipeline/flow/retry_policy.hpp"
#include "pipeline/flow/signal.hpp"
#include "pipeline/ports/clock.hpp"
#include "pipeline/ports/store.hpp"
#include "pipeline/ports/telemetry.hpp"

namespace rollcall {

// Commits cuts one at a time and in order, each until it is durable, while the loop goes on reading.
//
//   submit() ──► in flight ──► committed            transient: the same cut again, after a pause that grows
//                   └────────► failed: fenced or fatal; nothing is written any more
//
// Owner: Reconciler. Runs on: the loop; the store works on threads of its own.
class Checkpointer {
 public:
  struct Options {
    // Between two cuts, at least, unless a size is reached.
    std::chrono::milliseconds interval{200};
    std::size_t bytes{std::size_t{8} << 20U};  // of uncut changes: cut before the interval is over
    std::size_t uncommitted_bytes_max{std::size_t{256}
                                      << 20U};  // in flight and uncut: reading pauses above
    // Heartbeat: so long after the store's last answer we look whether we are fenced.
    std::chrono::milliseconds confirm_interval{1'000};
    RetryPolicy::Options retry{};
  };

  Checkpointer(const boost::asio::any_io_executor& executor, Store& store, const Clock& clock,
               Telemetry& telemetry, Options options, std::uint64_t jitter_seed);

  // Commits what is submitted until stop() or a failure that no retry mends.
  boost::asio::awaitable<void> run(SliceId slice, Epoch epoch);
  // Lets run() end once nothing is in flight; a commit that waits for its next try is given up.
  void stop();

  // Whether a cut of so many uncut bytes should be made now.
  [[nodiscard]] bool due(std::size_t uncut_bytes) const;
  // How long until due() may turn true by time alone.
  [[nodiscard]] std::chrono::milliseconds until_due() const;
  // Takes over a cut that holds about so many bytes. Nothing may be in flight.
  void submit(Checkpoint checkpoint, std::size_t bytes);

  [[nodiscard]] bool in_flight() const { return pending_.has_value(); }
  [[nodiscard]] std::size_t bytes_in_flight() const { return pending_bytes_; }
  [[nodiscard]] bool over_limit(std::size_t uncut_bytes) const {
    return pending_bytes_ + uncut_bytes >= options_.uncommitted_bytes_max;
  }
  // The store did not answer when we last tried, or is silent for three heartbeats: until it answers, another process
  // may have the slice. By the steady clock, so also after this process was stopped for a while.
  [[nodiscard]] bool store_away() const;
  [[nodiscard]] const std::optional<Failure>& failure() const { return failure_; }
  // Resumes when a commit ended, in either way, or on stop().
  boost::asio::awaitable<void> progress() { return changed_.wait(); }
  // Called at once when nothing will be written any more: failure() says why.
  void set_on_failed(std::function<void()> callback) { on_failed_ = std::move(callback); }
  void set_on_committed(std::function<void(const Checkpoint&, const CommitStats&)> callback) {
    on_committed_ = std::move(callback);
  }

 private:
  boost::asio::awaitable<Result<void>> commit_until_durable();
  boost::asio::awaitable<Result<void>> confirm(SliceId slice, Epoch epoch);
  boost::asio::awaitable<void> pause_after(const Failure& failure);
  void store_answered();

  Store& store_;
  const Clock& clock_;
  Telemetry& telemetry_;
  Options options_;
  RetryPolicy retry_;
  Signal changed_;
  boost::asio::steady_timer timer_;
  std::optional<Checkpoint> pending_;
  std::size_t pending_bytes_ = 0;
  std::int64_t last_cut_us_ = 0;
  std::optional<std::int64_t> last_answer_us_;  // of the store, to run(); none before
  bool store_away_ = false;
  bool stopping_ = false;
  std::optional<Failure> failure_;
  std::function<void(const Checkpoint&, const CommitStats&)> on_committed_;
  std::function<void()> on_failed_;
};

}  // namespace rollcall
