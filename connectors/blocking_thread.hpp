#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <pthread.h>
#include <utility>

namespace rollcall {

// One named thread for work that may block.
// Owner:   a store; outlives every run() and ends before what the work touches.
// Runs on: run() on the loop it was made for, and resumes there; the work on the thread, in the
//          order of the calls.
class BlockingThread {
 public:
  // `name` is for people: at most 15 characters.
  BlockingThread(boost::asio::any_io_executor loop, const char* name) : loop_(std::move(loop)) {
    boost::asio::post(thread_, [name] { pthread_setname_np(pthread_self(), name); });
  }
  ~BlockingThread() { thread_.join(); }
  BlockingThread(const BlockingThread&) = delete;
  BlockingThread& operator=(const BlockingThread&) = delete;

  // Runs `work`, which must not throw, and returns what it returned. The coroutine itself never
  // leaves the loop, so that cancelling it cannot unwind it on the thread; it cannot be cancelled
  // half-way either.
  template <class Work>
  boost::asio::awaitable<decltype(std::declval<Work&>()())> run(Work work) {
    namespace asio = boost::asio;
    std::optional<decltype(work())> result;
    // Captures references only: anything else in an expression with co_await is destroyed twice by
    // g++ 12.
    auto start = [this, &work, &result](auto handler) {
      asio::post(thread_, [&work, &result, guard = asio::make_work_guard(loop_),
                           waiting = std::move(handler)]() mutable {
        result.emplace(work());
        asio::post(guard.get_executor(), std::move(waiting));
      });
    };
    auto done =
        asio::async_initiate<const asio::use_awaitable_t<>, void()>(start, asio::use_awaitable);
    co_await std::move(done);
    co_return std::move(*result);
  }

 private:
  boost::asio::any_io_executor loop_;
  boost::asio::thread_pool thread_{1};
};

}  // namespace rollcall
