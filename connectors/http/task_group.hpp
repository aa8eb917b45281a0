#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <string_view>
#include <utility>

namespace rollcall::http {

// Starts tasks and knows when all of them have ended, so that nothing runs on unseen. What ends a
// task is its owner's matter: a socket, an acceptor or a timer that is closed.
// Owner:   the server. Runs on: the loop; one join at a time.
// Fails:   an exception that leaves a task ends that task and is reported.
class TaskGroup {
 public:
  using Report = std::function<void(std::string_view)>;
  using Clock = std::chrono::steady_clock;

  TaskGroup(const boost::asio::any_io_executor& executor, Report report)
      : executor_(executor), ended_(executor), report_(std::move(report)) {}
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  void start(boost::asio::awaitable<void> task) {
    ++running_;
    boost::asio::co_spawn(executor_, std::move(task),
                          [this](const std::exception_ptr& error) { finished(error); });
  }

  [[nodiscard]] std::size_t running() const { return running_; }

  // Resumes when no task is left, at the latest at the deadline; tells whether none is left.
  boost::asio::awaitable<bool> join(Clock::time_point deadline = Clock::time_point::max()) {
    while (running_ > 0 && Clock::now() < deadline) {
      ended_.expires_at(deadline);
      static_cast<void>(
          co_await ended_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable)));
    }
    co_return running_ == 0;
  }

 private:
  void finished(const std::exception_ptr& error) {
    --running_;
    if (running_ == 0) ended_.cancel();
    if (!error || !report_) return;
    try {
      std::rethrow_exception(error);
    } catch (const std::exception& exception) {
      report_(exception.what());
    } catch (...) {
      report_("an exception of unknown type");
    }
  }

  boost::asio::any_io_executor executor_;
  boost::asio::steady_timer ended_;
  Report report_;
  std::size_t running_ = 0;
};

}  // namespace rollcall::http
