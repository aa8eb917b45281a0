#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "connectors/postgres/compaction_stats.hpp"
#include "connectors/postgres/options.hpp"
#include "pipeline/ports/store.hpp"

namespace rollcall::postgres {

// Checkpoints in PostgreSQL: one transaction each, fenced by the slice's epoch, and runs merged in
// the background.
// Owner:   the daemon; outlives every call made on it. close() before the loop ends.
// Runs on: calls are made on the loop and resume there, one commit at a time. The work is done on
//          three threads of its own, each with its connections: `rollcall-db` (commits), `rollcall-read` (what people
//          ask for) and `rollcall-merge` (compaction); restoring adds options.restore_threads - 1.
// Limits:  PostgresOptions. No call outlasts its statements' timeouts; nothing is retried in here
//          but what is in doubt.
// Fails:   transient (unreachable, busy, shut down, disk full), fenced, fatal (damage, wrong
//          credentials, newer schema).
class PostgresStore final : public Store {
 public:
  PostgresStore(boost::asio::any_io_executor loop, PostgresOptions options);
  ~PostgresStore() override;

  // Brings the schema up to date first.
  boost::asio::awaitable<Result<SliceState>> acquire(SliceId slice, std::string owner) override;
  boost::asio::awaitable<Result<CommitStats>> commit(Checkpoint& checkpoint) override;
  boost::asio::awaitable<Result<void>> confirm(SliceId slice, Epoch epoch) override;
  boost::asio::awaitable<Result<DeadLetterPage>> dead_letters(DeadLetterQuery query) override;
  boost::asio::awaitable<Result<std::vector<RecordDetail>>> details(DetailQuery query) override;
  boost::asio::awaitable<void> close() override;

  [[nodiscard]] CompactionStats compaction_stats() const;  // any thread

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rollcall::postgres
