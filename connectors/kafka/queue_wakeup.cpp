#include "connectors/kafka/queue_wakeup.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <cstdint>
#include <sys/eventfd.h>
#include <system_error>
#include <unistd.h>

namespace rollcall::kafka {

namespace asio = boost::asio;

namespace {

constexpr std::uint64_t kOne = 1;  // what the client's threads write; they keep the pointer

int make_eventfd() {
  const int fd = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
  return fd;
}

}  // namespace

QueueWakeup::QueueWakeup(const asio::any_io_executor& loop)
    : descriptor_(loop, make_eventfd()), timer_(loop) {}

void QueueWakeup::watch(rd_kafka_queue_t* queue) {
  rd_kafka_queue_io_event_enable(queue, descriptor_.native_handle(), &kOne, sizeof(kOne));
}

void QueueWakeup::unwatch(rd_kafka_queue_t* queue) {
  rd_kafka_queue_io_event_enable(queue, -1, nullptr, 0);
}

asio::awaitable<void> QueueWakeup::wait(std::chrono::milliseconds at_most) {
  listen();
  if (!rung_) {
    timer_.expires_after(at_most);
    // Cancelled by whoever rings; the reason makes no difference.
    (void)co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
  }
  rung_ = false;
}

void QueueWakeup::ring() {
  rung_ = true;
  timer_.cancel();
}

void QueueWakeup::close() {
  boost::system::error_code ignored;
  descriptor_.close(ignored);
  ring();
}

void QueueWakeup::listen() {
  if (listening_ || !descriptor_.is_open()) return;
  listening_ = true;
  descriptor_.async_wait(asio::posix::stream_descriptor::wait_read,
                         [this](boost::system::error_code error) {
                           if (error) return;  // closed: this object may be gone
                           listening_ = false;
                           std::uint64_t count = 0;
                           [[maybe_unused]] const auto read =
                               ::read(descriptor_.native_handle(), &count, sizeof(count));
                           ring();
                         });
}

}  // namespace rollcall::kafka
