#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <vector>

#include "pipeline/ports/record_source.hpp"
#include "pipeline/ports/replays.hpp"
#include "pipeline/ports/store.hpp"
#include "pipeline/ports/writes.hpp"

namespace rollcall {

// Letters from the store, their records from the source, and what can be read of those as a write: a page at a time.
// A record counts once, however often and by how many it is replayed at the same time: Slice::begin_replay.
// Owner: Reconciler. Runs on: the loop.
class Replay final : public Replays {
 public:
  Replay(Store& store, RecordSource& source, Writes& writes)
      : store_(store), source_(source), writes_(writes) {}

  boost::asio::awaitable<Result<ReplayOutcome>> replay(DeadLetterFilter filter, std::string by,
                                                       std::chrono::milliseconds patience) override;

 private:
  [[nodiscard]] std::optional<std::uint32_t> channel_of(const DeadLetter& letter) const;
  [[nodiscard]] std::vector<DeadLetter> readable(std::vector<DeadLetter> page,
                                                 ReplayOutcome& outcome) const;
  boost::asio::awaitable<Result<ReplayLetters>> records_of(std::vector<DeadLetter> letters,
                                                           ReplayOutcome& outcome);

  Store& store_;
  RecordSource& source_;
  Writes& writes_;
};

}  // namespace rollcall
