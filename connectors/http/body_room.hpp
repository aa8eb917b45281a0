#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <deque>

namespace rollcall::http {

// How many bytes of bodies may be held at once. Who finds no room waits, in order, and is not read
// meanwhile: the client's own buffers fill up and it waits, too.
// Owner: the server. Runs on: the loop.
class BodyRoom {
 public:
  explicit BodyRoom(std::uint64_t bytes_max) : bytes_max_(bytes_max) {}

  // Held for a body until it is destroyed. The room outlives it.
  class Lease {
   public:
    Lease() = default;
    ~Lease() { release(); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    void release() {
      if (room_ != nullptr) room_->give_back(bytes_);
      room_ = nullptr;
    }

   private:
    friend class BodyRoom;
    BodyRoom* room_ = nullptr;
    std::uint64_t bytes_ = 0;
  };

  // False: there was no room in time. A body larger than all the room there is gets it alone.
  boost::asio::awaitable<bool> take(Lease& lease, std::uint64_t bytes,
                                    const boost::asio::any_io_executor& executor,
                                    std::chrono::milliseconds patience) {
    bytes = std::min(bytes, bytes_max_);
    if (!waiting_.empty() || held_ + bytes > bytes_max_) {
      boost::asio::steady_timer turn{executor, patience};
      waiting_.push_back(&turn);
      bool in_time = true;
      while (in_time && (waiting_.front() != &turn || held_ + bytes > bytes_max_)) {
        const auto [cancelled] =
            co_await turn.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
        in_time = bool{cancelled};
      }
      std::erase(waiting_, &turn);
      if (!waiting_.empty()) waiting_.front()->cancel();
      if (!in_time) co_return false;
    }
    held_ += bytes;
    lease.room_ = this;
    lease.bytes_ = bytes;
    co_return true;
  }

  [[nodiscard]] std::uint64_t held() const { return held_; }

 private:
  void give_back(std::uint64_t bytes) {
    held_ -= bytes;
    if (!waiting_.empty()) waiting_.front()->cancel();
  }

  std::uint64_t bytes_max_;
  std::uint64_t held_ = 0;
  std::deque<boost::asio::steady_timer*>
      waiting_;  // each lives in a coroutine that takes itself out
};

}  // namespace rollcall::http
