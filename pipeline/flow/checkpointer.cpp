#include "pipeline/flow/checkpointer.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "pipeline/ensure.hpp"

namespace rollcall {

namespace asio = boost::asio;
using std::chrono::microseconds;
using std::chrono::milliseconds;

namespace {

constexpr int kHeartbeatsMissed = 3;

}  // namespace

Checkpointer::Checkpointer(const asio::any_io_executor& executor, Store& store, const Clock& clock,
                           Telemetry& telemetry, Options options, std::uint64_t jitter_seed)
    : store_(store),
      clock_(clock),
      telemetry_(telemetry),
      options_(options),
      retry_(options.retry, jitter_seed),
      changed_(executor),
      timer_(executor),
      last_cut_us_(clock.monotonic_us()) {}

asio::awaitable<void> Checkpointer::run(SliceId slice, Epoch epoch) {
  last_answer_us_ = clock_.monotonic_us();  // to the take-over
  while (!failure_) {
    Result<void> outcome;
    if (pending_) {
      outcome = co_await commit_until_durable();
    } else {
      outcome = co_await confirm(slice, epoch);
    }
    if (!outcome) {
      failure_ = outcome.error();
      if (on_failed_) on_failed_();
    }
    if (stopping_ && (!pending_ || store_away_)) break;
  }
  changed_.notify();
}

void Checkpointer::stop() {
  stopping_ = true;
  timer_.cancel();
  changed_.notify();
}

bool Checkpointer::store_away() const {
  if (store_away_) return true;
  return last_answer_us_ && microseconds{clock_.monotonic_us() - *last_answer_us_} >
                                kHeartbeatsMissed * options_.confirm_interval;
}

bool Checkpointer::due(std::size_t uncut_bytes) const {
  if (pending_) return false;
  return uncut_bytes >= options_.bytes || over_limit(uncut_bytes) || until_due() == milliseconds{0};
}

milliseconds Checkpointer::until_due() const {
  const microseconds since{clock_.monotonic_us() - last_cut_us_};
  if (since >= options_.interval) return milliseconds{0};
  return std::chrono::ceil<milliseconds>(options_.interval - since);
}

void Checkpointer::submit(Checkpoint checkpoint, std::size_t bytes) {
  ENSURE(!pending_);
  pending_ = std::move(checkpoint);
  pending_bytes_ = bytes;
  last_cut_us_ = clock_.monotonic_us();
  timer_.cancel();
}

asio::awaitable<Result<void>> Checkpointer::commit_until_durable() {
  for (;;) {
    const std::int64_t began_us = clock_.monotonic_us();
    auto committed = co_await store_.commit(*pending_);
    if (committed) {
      store_answered();
      telemetry_.checkpoint_committed(*committed, microseconds{clock_.monotonic_us() - began_us},
                                      clock_.now_ms());
      const Checkpoint done = std::move(*std::exchange(pending_, std::nullopt));
      pending_bytes_ = 0;
      if (on_committed_) on_committed_(done, *committed);
      changed_.notify();
      co_return Result<void>{};
    }
    if (committed.error().kind != FailureKind::transient) co_return committed.error();
    co_await pause_after(committed.error());
    if (stopping_) co_return Result<void>{};
  }
}

asio::awaitable<Result<void>> Checkpointer::confirm(SliceId slice, Epoch epoch) {
  timer_.expires_after(options_.confirm_interval);
  co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
  if (pending_ || stopping_) co_return Result<void>{};
  auto confirmed = co_await store_.confirm(slice, epoch);
  if (confirmed) {
    store_answered();
    co_return Result<void>{};
  }
  if (confirmed.error().kind != FailureKind::transient) co_return confirmed.error();
  co_await pause_after(confirmed.error());
  co_return Result<void>{};
}

asio::awaitable<void> Checkpointer::pause_after(const Failure& failure) {
  store_away_ = true;
  const milliseconds pause = retry_.next();
  telemetry_.store_failed(failure, pause);
  if (stopping_) co_return;
  timer_.expires_after(pause);
  co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
}

void Checkpointer::store_answered() {
  last_answer_us_ = clock_.monotonic_us();
  retry_.reset();
  if (std::exchange(store_away_, false)) telemetry_.store_recovered();
}

}  // namespace rollcall
