#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <deque>

namespace rollcall::http {

// How many bytes of bodies may be held at once, and how many of them one client's. Room is taken as bytes come, so that
// a body that was announced and does not come takes none. Who finds none waits and is not read meanwhile: the client's
// own buffers fill up and it waits, too.
// Bodies that have come in part could wait for each other for ever. So of all that wait one is let through to its end
// whatever is held, and of each client's one whatever that client holds.
// Owner: the server. Runs on: the loop.
// Limits: bytes_max and one body more; of one client client_bytes_max and two bodies more.
class BodyRoom {
 public:
  struct Limits {
    std::uint64_t bytes_max = 0;
    std::uint64_t client_bytes_max = 0;
  };

  class Lease;

  // What one client holds.
  struct Share {
    std::uint64_t held = 0;
    const Lease* let_through = nullptr;
  };

  // Held for a body until it is destroyed. The room and the share outlive it.
  class Lease {
   public:
    Lease() = default;
    ~Lease() { release(); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
    void release() {
      if (room_ != nullptr) room_->give_back(*this);
      room_ = nullptr;
    }

   private:
    friend class BodyRoom;
    BodyRoom* room_ = nullptr;
    Share* share_ = nullptr;
    std::uint64_t bytes_ = 0;
  };

  explicit BodyRoom(Limits limits) : limits_(limits) {}

  // Until the lease holds `bytes` in all. False: there was no room in time, and it holds what it held.
  boost::asio::awaitable<bool> grow(Lease& lease, Share& share, std::uint64_t bytes,
                                    boost::asio::any_io_executor executor,
                                    std::chrono::milliseconds patience) {
    lease.room_ = this;
    lease.share_ = &share;
    const std::uint64_t more = bytes - std::min(bytes, lease.bytes_);
    if (!fits(lease, more)) {
      boost::asio::steady_timer turn{executor, patience};
      waiting_.push_back(&turn);
      bool in_time = true;
      while (in_time && !fits(lease, more)) {
        let_one_through(lease, more);
        if (fits(lease, more)) break;
        const auto [cancelled] =
            co_await turn.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
        in_time = bool{cancelled};
      }
      std::erase(waiting_, &turn);
      if (!in_time) co_return false;
    }
    held_ += more;
    share.held += more;
    lease.bytes_ += more;
    co_return true;
  }

  [[nodiscard]] std::uint64_t held() const { return held_; }

 private:
  [[nodiscard]] bool fits_client(const Lease& lease, std::uint64_t more) const {
    return lease.share_->let_through == &lease ||
           lease.share_->held + more <= limits_.client_bytes_max;
  }
  [[nodiscard]] bool fits_all(std::uint64_t more) const {
    return held_ + more <= limits_.bytes_max;
  }
  [[nodiscard]] bool fits(const Lease& lease, std::uint64_t more) const {
    return let_through_ == &lease || (fits_client(lease, more) && fits_all(more));
  }
  void let_one_through(const Lease& lease, std::uint64_t more) {
    if (!fits_client(lease, more)) {
      if (lease.share_->let_through != nullptr) return;
      lease.share_->let_through = &lease;
    }
    if (!fits_all(more) && let_through_ == nullptr) let_through_ = &lease;
  }
  void give_back(Lease& lease) {
    held_ -= lease.bytes_;
    lease.share_->held -= lease.bytes_;
    lease.bytes_ = 0;
    if (lease.share_->let_through == &lease) lease.share_->let_through = nullptr;
    if (let_through_ == &lease) let_through_ = nullptr;
    for (boost::asio::steady_timer* turn : waiting_) turn->cancel();  // they look in this order
  }

  Limits limits_;
  std::uint64_t held_ = 0;
  const Lease* let_through_ = nullptr;
  std::deque<boost::asio::steady_timer*>
      waiting_;  // each lives in a coroutine that takes itself out
};

}  // namespace rollcall::http
