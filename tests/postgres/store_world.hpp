#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include "pipeline/ports/store.hpp"
#include "tests/postgres/slice_model.hpp"

namespace rollcall::test {

// For doctest, which cannot print a Result.
template <class T>
bool ok(const Result<T>& result) {
  return result.has_value();
}

// An empty database, and any number of stores that compete for it. One for each kind of store; each
// program that is linked with the contract says which by make_store_world().
class StoreWorld {
 public:
  virtual ~StoreWorld() = default;
  [[nodiscard]] virtual std::unique_ptr<Store> open(const boost::asio::any_io_executor& loop) = 0;
  // Runs of all ledgers of slice 0 as they are stored now.
  [[nodiscard]] virtual std::size_t stored_runs() = 0;
};
std::unique_ptr<StoreWorld> make_store_world();

// One process: its loop and its store, closed at the end.
class StoreProcess {
 public:
  explicit StoreProcess(StoreWorld& world) : store_(world.open(loop_.get_executor())) {}
  ~StoreProcess() { wait(store_->close()); }
  StoreProcess(const StoreProcess&) = delete;
  StoreProcess& operator=(const StoreProcess&) = delete;

  [[nodiscard]] Result<SliceState> acquire(SliceId slice = 0) {
    return *wait(store_->acquire(slice, "test"));
  }
  [[nodiscard]] Result<CommitStats> commit(Checkpoint& checkpoint) {
    return *wait(store_->commit(checkpoint));
  }
  [[nodiscard]] Result<void> confirm(Epoch epoch) { return *wait(store_->confirm(0, epoch)); }
  [[nodiscard]] Result<DeadLetterPage> dead_letters(DeadLetterQuery query) {
    return *wait(store_->dead_letters(std::move(query)));
  }
  [[nodiscard]] Result<std::vector<RecordDetail>> details(DetailQuery query) {
    return *wait(store_->details(std::move(query)));
  }
  [[nodiscard]] Store& store() { return *store_; }

  // Runs the loop until the call has resumed on it.
  template <class T>
  std::optional<T> wait(boost::asio::awaitable<T> call) {
    std::optional<T> result;
    start(std::move(call), result);
    wait_for(result);
    return result;
  }
  void wait(boost::asio::awaitable<void> call) {
    std::optional<bool> done;
    boost::asio::co_spawn(loop_, std::move(call), [&done](const std::exception_ptr& thrown) {
      if (thrown) std::rethrow_exception(thrown);
      done = true;
    });
    wait_for(done);
  }
  // A call that others overtake: begun here, resumed while the loop runs for them or for wait_for().
  template <class T>
  void start(boost::asio::awaitable<T> call, std::optional<T>& result) {
    boost::asio::co_spawn(loop_, std::move(call),
                          [&result](const std::exception_ptr& thrown, T value) {
                            if (thrown) std::rethrow_exception(thrown);
                            result.emplace(std::move(value));
                          });
    loop_.restart();
    loop_.poll();
  }
  template <class T>
  void wait_for(const std::optional<T>& result) {
    loop_.restart();
    while (!result && loop_.run_one() > 0) {
    }
  }

 private:
  boost::asio::io_context loop_;
  std::unique_ptr<Store> store_;
};

// Acquires for a model that goes on from `durable`, and checks that this is what came back.
void take_over(StoreProcess& process, SliceModel& model, const SliceOracle& durable);
// Cuts and commits; a failure is the test's.
void commit_next(StoreProcess& process, SliceModel& model);

}  // namespace rollcall::test
