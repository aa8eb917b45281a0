#pragma once

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace rollcall::http {

// Runs `work()`, which must not throw, on a thread of the pool; resumes on the executor it was
// called from. It cannot be cancelled half-way: `work` must be short, and the caller stays until it
// is done.
template <class Work>
boost::asio::awaitable<void> run_on(boost::asio::thread_pool& pool, Work& work) {
  namespace asio = boost::asio;
  // Captures references only: anything else in an expression with co_await is destroyed twice by
  // g++ 12.
  auto initiate = [&pool, &work](auto handler) {
    auto home = asio::prefer(asio::get_associated_executor(handler),
                             asio::execution::outstanding_work.tracked);
    asio::post(pool, [&work, home = std::move(home), waiting = std::move(handler)]() mutable {
      work();
      asio::post(home, std::move(waiting));
    });
  };
  auto operation =
      asio::async_initiate<const asio::use_awaitable_t<>, void()>(initiate, asio::use_awaitable);
  co_await std::move(operation);
}

}  // namespace rollcall::http
