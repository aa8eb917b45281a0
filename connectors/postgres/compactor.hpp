#pragma once

#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

#include "connectors/postgres/compaction_stats.hpp"
#include "connectors/postgres/connection.hpp"
#include "connectors/postgres/cutter.hpp"
#include "connectors/postgres/libpq.hpp"
#include "connectors/postgres/options.hpp"
#include "connectors/postgres/run_merge.hpp"
#include "connectors/postgres/slice_reader.hpp"

namespace rollcall::postgres {

// A run that a commit has just written.
struct NewRun {
  BatchNumber batch = 0;
  std::size_t sides = 0;
  RunInfo run;
};

// Merges the stored runs of one slice in the background: one merge at a time, on a thread of its
// own at low priority with two connections of its own, pausing between chunks. Never touches the
// loop's sets and never holds up a commit.
// Owner:   PostgresStore. Runs on: start(), added(), stop(), join() and stats() on any other
//          thread; all else on its own.
// Fails:   transient failures are retried with growing pauses after a fresh look at what is stored;
//          being fenced and damage end it for this slice, which stats() says.
class Compactor {
 public:
  explicit Compactor(const PostgresOptions& options);
  ~Compactor();

  // Takes over a slice as acquire_slice() found it; forgets an earlier one.
  void start(SliceId slice, Epoch epoch, RunDirectory runs,
             std::map<BatchNumber, std::size_t> sides);
  void added(Epoch epoch, std::vector<NewRun> runs);
  // These batches are about to be deleted: none of their runs is merged from now on, and a merge of them that is under
  // way gives up soon.
  void forget(const std::vector<BatchNumber>& batches);
  // Cuts what is under way; join() then returns soon. Neither can be undone.
  void stop();
  void join();
  [[nodiscard]] CompactionStats stats() const;

 private:
  void schedule();
  void work();
  Result<bool> merge_once();
  Result<void> connect();
  Result<void> pause();
  [[nodiscard]] bool is_forgotten(BatchNumber batch) const;
  void failed(const Failure& failure);
  void remember(const std::vector<NewRun>& added);
  void replace(std::vector<RunInfo>& runs, const CompactionPlan& plan, const RunInfo& output);

  const PostgresOptions& options_;
  Cutter cutter_;
  std::atomic<bool> stopping_ = false;

  mutable std::mutex mutex_;  // guards stats_, forgotten_ and, with wake_, the pauses
  std::condition_variable wake_;
  CompactionStats stats_;
  std::set<BatchNumber> forgotten_;

  // The compactor's thread only.
  SliceId slice_ = 0;
  Epoch epoch_ = 0;
  bool active_ = false;
  bool scheduled_ = false;
  bool stale_ = false;           // what is stored must be looked up before the next merge
  std::uint64_t looked_up_ = 0;  // sequence of that look-up; commits up to it are in runs_
  RunDirectory runs_;
  BatchNumber merging_ = 0;
  std::map<BatchNumber, std::size_t> sides_;
  std::chrono::milliseconds retry_in_;
  std::chrono::steady_clock::time_point worked_since_;
  std::unique_ptr<Connection> connection_;
  std::unique_ptr<SegmentReader> reader_;

  boost::asio::thread_pool thread_{1};  // last: ends before what it works on
  boost::asio::steady_timer retry_{thread_};
};

}  // namespace rollcall::postgres
