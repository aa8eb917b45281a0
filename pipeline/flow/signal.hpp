#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

namespace rollcall {

// Wakes coroutines of the same loop. A notification wakes everybody who waits now and is not remembered: check the
// condition, then wait, with no co_await in between.
// Runs on: the loop. Not thread-safe.
class Signal {
 public:
  explicit Signal(const boost::asio::any_io_executor& executor) : timer_(executor) {
    sleep_forever();
  }

  void notify() { timer_.cancel(); }

  boost::asio::awaitable<void> wait() {
    co_await timer_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  }

 private:
  void sleep_forever() { timer_.expires_at(std::chrono::steady_clock::time_point::max()); }
  boost::asio::steady_timer timer_;
};

}  // namespace rollcall
