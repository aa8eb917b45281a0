#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "pipeline/ports/record_source.hpp"

namespace rollcall {

// The source of a daemon that reads nothing: no channels, never a record.
// Owner: the daemon. Runs on: the loop.
class IdleSource final : public RecordSource {
 public:
  explicit IdleSource(const boost::asio::any_io_executor& executor) : timer_(executor) {}

  boost::asio::awaitable<Result<void>> start(std::vector<SourcePosition>) override {
    co_return Result<void>{};
  }
  Result<std::span<const RawRecord>> drain(std::size_t) override {
    return std::span<const RawRecord>{};
  }
  std::vector<InputGap> take_gaps() override { return {}; }
  boost::asio::awaitable<void> wait(std::chrono::milliseconds at_most) override {
    timer_.expires_after(at_most);
    co_await timer_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  }
  const std::vector<Channel>& channels() const override { return channels_; }
  void committed(const std::vector<SourcePosition>&) override {}
  boost::asio::awaitable<void> stop() override { co_return; }

 private:
  boost::asio::steady_timer timer_;
  std::vector<Channel> channels_;
};

}  // namespace rollcall
