#include "connectors/postgres/postgres_store.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <utility>

#include "connectors/blocking_thread.hpp"
#include "connectors/postgres/compactor.hpp"
#include "connectors/postgres/connection.hpp"
#include "connectors/postgres/dead_letter_table.hpp"
#include "connectors/postgres/detail_table.hpp"
#include "connectors/postgres/migrations.hpp"
#include "connectors/postgres/postgres_failure.hpp"
#include "connectors/postgres/slice_reader.hpp"
#include "connectors/postgres/slice_writer.hpp"

namespace asio = boost::asio;

namespace rollcall::postgres {

namespace {

// Does something on the loop every now and then, until it is destroyed; a last turn that is queued
// by then does nothing.
class Ticker {
 public:
  Ticker(const asio::any_io_executor& loop, std::chrono::milliseconds interval,
         std::function<void()> tick)
      : state_(std::make_shared<State>(loop, interval, std::move(tick))) {
    wait(state_);
  }
  ~Ticker() {
    state_->over = true;
    state_->timer.cancel();
  }
  Ticker(const Ticker&) = delete;
  Ticker& operator=(const Ticker&) = delete;

 private:
  struct State {
    State(const asio::any_io_executor& loop, std::chrono::milliseconds every,
          std::function<void()> what)
        : timer(loop), interval(every), tick(std::move(what)) {}
    asio::steady_timer timer;
    std::chrono::milliseconds interval;
    std::function<void()> tick;
    bool over = false;
  };
  static void wait(const std::shared_ptr<State>& state) {
    state->timer.expires_after(state->interval);
    state->timer.async_wait([state](const boost::system::error_code&) {
      if (state->over) return;
      state->tick();
      wait(state);
    });
  }
  std::shared_ptr<State> state_;  // owners: this object and the wait under way
};

constexpr std::chrono::seconds kLookInterval{1};

}  // namespace

struct PostgresStore::Impl {
  Impl(asio::any_io_executor executor, PostgresOptions given)
      : loop(std::move(executor)),
        options(std::move(given)),
        reads{nullptr, {loop, "rollcall-read"}},
        commits{nullptr, {loop, "rollcall-db"}} {}

  // A connection and the only thread that uses it.
  struct Session {
    std::unique_ptr<Connection> connection;
    BlockingThread thread;
  };

  const asio::any_io_executor loop;
  const PostgresOptions options;
  Cutter cutter;
  Compactor compactor{options};
  Session reads;  // what people ask for: a lock that it waits for holds up no commit
  Session commits;

  // Runs work on a session's thread and meanwhile looks from the loop whether a statement has outlasted `stall`.
  template <class Work>
  auto run(Session& on, Work work, std::chrono::milliseconds stall)
      -> asio::awaitable<decltype(work())> {
    const std::chrono::milliseconds limit = stall + options.stall_margin;
    const Ticker look(loop, kLookInterval, [this, limit] { cutter.cut_if_busy_for(limit); });
    co_return co_await on.thread.run(work);
  }

  // All below runs on the session's thread, and where none is named on that of commits.
  Connection& connected(Session& session) {
    if (!session.connection) session.connection = std::make_unique<Connection>(options, cutter);
    return *session.connection;
  }
  // Runs work on the connection, made now where there is none. After a failure of the connection or
  // a statement the next attempt begins with a new one: nothing of a session in an unknown state is
  // kept.
  template <class Work>
  auto on_connection(Session& session, const Work& work)
      -> decltype(work(std::declval<Connection&>())) {
    auto result = attempt(options, [&] { return work(connected(session)); });
    if (!result) session.connection.reset();
    return result;
  }
  Result<SliceState> acquire(SliceId slice, const std::string& owner);
  Result<CommitStats> commit(Checkpoint& checkpoint);
  void tell_compactor(const Checkpoint& checkpoint);
};

PostgresStore::PostgresStore(asio::any_io_executor loop, PostgresOptions options)
    : impl_(std::make_unique<Impl>(std::move(loop), std::move(options))) {}
PostgresStore::~PostgresStore() { impl_->cutter.cut_for_good(); }

Result<SliceState> PostgresStore::Impl::acquire(SliceId slice, const std::string& owner) {
  auto acquired = on_connection(
      commits, [&](Connection& on) { return acquire_slice(on, options, slice, owner); });
  if (!acquired) return acquired.error();
  std::map<BatchNumber, std::size_t> sides;
  for (const RestoredBatch& batch : acquired->state.batches)
    sides[batch.row.number] = batch.row.ledger_sides;
  compactor.start(slice, acquired->state.epoch, std::move(acquired->runs), std::move(sides));
  return std::move(acquired->state);
}

Result<CommitStats> PostgresStore::Impl::commit(Checkpoint& checkpoint) {
  if (!checkpoint.deleted_batches.empty()) compactor.forget(checkpoint.deleted_batches);
  encode(checkpoint);  // outside the transaction: sorting must not hold the slice's row
  auto written = on_connection(commits, [&](Connection& on) -> Result<CommitStats> {
    try {
      return write_checkpoint(on, options, checkpoint);
    } catch (const InDoubt&) {
      commits.connection.reset();
    }
    // Whatever became of the commit: the row tells, once nobody holds it any more.
    const auto found =
        standing(connected(commits), checkpoint.slice, checkpoint.epoch, checkpoint.sequence);
    if (!found) return found.error();
    if (*found == Standing::next)
      return transient("PostgreSQL: the connection was lost before the commit");
    CommitStats stats = stats_of(checkpoint);
    Transaction transaction(connected(commits));
    tell_doubts(transaction, checkpoint, stats);
    return stats;
  });
  if (written) tell_compactor(checkpoint);
  return written;
}

void PostgresStore::Impl::tell_compactor(const Checkpoint& checkpoint) {
  std::vector<NewRun> added;
  for (const LedgerChange& change : checkpoint.changes) {
    if (change.run.empty()) continue;
    RunInfo run;
    run.sequence = checkpoint.sequence;
    run.chunks = static_cast<std::uint32_t>(change.run.size());
    for (const SegmentChunk& chunk : change.run) run.bytes += chunk.payload.size();
    added.push_back({change.batch, change.after.duplicates.size(), run});
  }
  if (!added.empty()) compactor.added(checkpoint.epoch, std::move(added));
}

asio::awaitable<Result<SliceState>> PostgresStore::acquire(SliceId slice, std::string owner) {
  Impl& impl = *impl_;
  const auto schema = [&impl] {
    return impl.on_connection(impl.commits,
                              [&](Connection& on) { return migrate(impl.options, on); });
  };
  const auto migrated =
      co_await impl.run(impl.commits, schema, impl.options.migration_statement_timeout);
  if (!migrated) co_return migrated.error();
  const auto work = [&impl, slice, &owner] { return impl.acquire(slice, owner); };
  co_return co_await impl.run(impl.commits, work, impl.options.statement_timeout);
}

asio::awaitable<Result<CommitStats>> PostgresStore::commit(Checkpoint& checkpoint) {
  const auto work = [impl = impl_.get(), &checkpoint] { return impl->commit(checkpoint); };
  co_return co_await impl_->run(impl_->commits, work, impl_->options.statement_timeout);
}

asio::awaitable<Result<void>> PostgresStore::confirm(SliceId slice, Epoch epoch) {
  const auto work = [impl = impl_.get(), slice, epoch] {
    return impl->on_connection(impl->commits,
                               [&](Connection& on) { return confirm_slice(on, slice, epoch); });
  };
  co_return co_await impl_->run(impl_->commits, work, impl_->options.statement_timeout);
}

asio::awaitable<Result<DeadLetterPage>> PostgresStore::dead_letters(DeadLetterQuery query) {
  query.limit = std::min(query.limit, impl_->options.dead_letters_limit_max);
  const auto work = [impl = impl_.get(), &query] {
    return impl->on_connection(impl->reads,
                               [&](Connection& on) { return read_dead_letters(on, query); });
  };
  co_return co_await impl_->run(impl_->reads, work, impl_->options.statement_timeout);
}

asio::awaitable<Result<std::vector<RecordDetail>>> PostgresStore::details(DetailQuery query) {
  const auto work = [impl = impl_.get(), &query] {
    return impl->on_connection(impl->reads,
                               [&](Connection& on) { return read_details(on, query); });
  };
  co_return co_await impl_->run(impl_->reads, work, impl_->options.statement_timeout);
}

asio::awaitable<void> PostgresStore::close() {
  Impl& impl = *impl_;
  // A commit under way may finish within its time; a merge is cut at once, as nothing is lost with
  // it.
  const Ticker patience(impl.loop, impl.options.close_timeout,
                        [&impl] { impl.cutter.cut_for_good(); });
  impl.compactor.stop();
  const auto disconnect = [&impl]() -> bool {
    impl.commits.connection.reset();
    impl.compactor.join();
    return true;
  };
  const auto stop_reading = [&impl]() -> bool {
    impl.reads.connection.reset();
    return true;
  };
  co_await impl.commits.thread.run(disconnect);
  co_await impl.reads.thread.run(stop_reading);
}

CompactionStats PostgresStore::compaction_stats() const { return impl_->compactor.stats(); }

}  // namespace rollcall::postgres
