#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <string>

#include "pipeline/failure.hpp"
#include "pipeline/ports/dead_letter.hpp"

namespace rollcall {

// What became of dead letters that were to be read again.
struct ReplayOutcome {
  std::uint64_t replayed = 0;   // their records count now
  std::uint64_t already = 0;    // did so before; of letters that were meant by number
  std::uint64_t still_bad = 0;  // for the reason that the letter now tells
  std::uint64_t gone =
      0;  // the source has no such record any more; such a letter can only be acknowledged
  std::uint64_t import_again = 0;  // rows of a file: nobody but its owner has them
};

// Reads the records of dead letters again, with the mapping of today.
// Implemented by the flow; called on the loop.
// Limits:  `patience` for each durable step; there may be many.
// Fails:   transient, where the source or the store does not answer; what was replayed before stands, and the same order
//          again goes on with the rest.
class Replays {
 public:
  virtual ~Replays() = default;
  // `filter.state` is not looked at.
  virtual boost::asio::awaitable<Result<ReplayOutcome>> replay(
      DeadLetterFilter filter, std::string by, std::chrono::milliseconds patience) = 0;
};

}  // namespace rollcall
