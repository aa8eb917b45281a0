#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <librdkafka/rdkafka.h>

namespace rollcall::kafka {

// Wakes the loop when a queue of librdkafka gets something while it was empty: through an eventfd that the client's
// threads write to. A queue must be emptied before it is waited for, as it is silent until then.
// Owner: the source. Runs on: the loop. One waiter at a time.
// Fails: throws std::system_error in the constructor, where no descriptor is left.
class QueueWakeup {
 public:
  explicit QueueWakeup(const boost::asio::any_io_executor& loop);

  void watch(rd_kafka_queue_t* queue);
  // The queue must be told before it goes.
  static void unwatch(rd_kafka_queue_t* queue);

  // Resumes when the queue has something, when ring() is called, or after `at_most`.
  boost::asio::awaitable<void> wait(std::chrono::milliseconds at_most);
  void ring();
  void close();

 private:
  void listen();

  boost::asio::posix::stream_descriptor descriptor_;
  boost::asio::steady_timer timer_;
  bool listening_ = false;
  bool rung_ = false;
};

}  // namespace rollcall::kafka
