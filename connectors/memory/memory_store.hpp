#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <memory>

#include "pipeline/ports/store.hpp"

namespace rollcall::memory {

// What would be the database: stores that share it compete for its slices, and it outlives each of
// them. Thread-safe.
struct SharedState;
[[nodiscard]] std::shared_ptr<SharedState> make_shared_state();

// How a commit is made to fail.
enum class Fault {
  transient,     // nothing is written
  unknown_fate,  // it is written and the answer lost: transient, too; the same again succeeds
  fatal,         // nothing is written
};

// Checkpoints in memory, lost with the process: for the demo, for `--database memory`, and as the
// store of tests, held to the contract test of the real one. Keeps encoded segments, as that one
// does, and merges them when they are many.
// Owner:   the daemon or a test. `state` is shared with other stores of the same database.
// Runs on: the loop; encodes and restores on a thread of its own, so that sorting never holds the
//          loop.
// Limits:  none but memory. Fails: fenced, fatal for damage, and as fail_commits() says.
class MemoryStore final : public Store {
 public:
  MemoryStore(const boost::asio::any_io_executor& loop, std::shared_ptr<SharedState> state);
  ~MemoryStore() override;

  boost::asio::awaitable<Result<SliceState>> acquire(SliceId slice, std::string owner) override;
  boost::asio::awaitable<Result<CommitStats>> commit(Checkpoint& checkpoint) override;
  boost::asio::awaitable<Result<void>> confirm(SliceId slice, Epoch epoch) override;
  boost::asio::awaitable<Result<DeadLetterPage>> dead_letters(DeadLetterQuery query) override;
  boost::asio::awaitable<Result<std::vector<RecordDetail>>> details(DetailQuery query) override;
  boost::asio::awaitable<void> close() override;

  // The next `count` commits of any store of this database fail; 0 ends it.
  void fail_commits(std::size_t count, Fault fault);
  // Stored runs of all ledgers of a slice.
  [[nodiscard]] std::size_t run_count(SliceId slice) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rollcall::memory
