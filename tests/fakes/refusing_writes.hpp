#pragma once

#include "pipeline/ports/replays.hpp"
#include "pipeline/ports/writes.hpp"

namespace rollcall::fakes {

// A store that is away: every write is given up. For tests of what only reads.
class RefusingWrites final : public Writes {
 public:
  boost::asio::awaitable<Result<WriteAnswer>> write(Write, std::chrono::milliseconds) override {
    co_return transient("the store does not answer; nothing was written");
  }
};

class RefusingReplays final : public Replays {
 public:
  boost::asio::awaitable<Result<ReplayOutcome>> replay(DeadLetterFilter, std::string,
                                                       std::chrono::milliseconds) override {
    co_return transient("the store does not answer; nothing was replayed");
  }
};

}  // namespace rollcall::fakes
