#pragma once

#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "pipeline/flow/write_queue.hpp"

namespace rollcall {

// Owners: the queue, and the coroutine that waits for it.
struct WriteQueue::Entry {
  Entry(const boost::asio::any_io_executor& executor, Write its_write)
      : write(std::move(its_write)), timer(executor) {}

  void settle(Result<WriteAnswer> with) {
    result = std::move(with);
    timer.cancel();
  }

  Write write;
  WriteAnswer answer;
  boost::asio::steady_timer timer;  // runs out when the client has waited long enough
  bool begun = false;
  std::uint64_t sequence = 0;                  // of the checkpoint that makes it durable
  std::optional<std::size_t> acknowledgement;  // its place in CommitStats::acknowledged
  std::optional<Result<WriteAnswer>> result;

  // Of records: for each run its batch, and for each name of a side its index there.
  struct Place {
    Batch* batch = nullptr;
    std::vector<Side> sides;
  };
  std::vector<Place> places;
  std::vector<std::int64_t> replayed;  // letters
};

}  // namespace rollcall
