#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/failure.hpp"

namespace rollcall {

// Where to go on reading one channel of a source, as the store keeps it.
struct SourcePosition {
  std::string channel;    // stable key, for Kafka "topic/partition"
  std::int64_t next = 0;  // the next thing to read: half-open, as in Kafka
  // Channel::kNowhere in a checkpoint: what is stored of the channel is forgotten; it begins anew, or is no more.
  std::uint64_t fingerprint = 0;   // of the last record that was read, 0 where none was
  std::uint64_t lost_records = 0;  // positions that were gone before we could read them, ever
  std::uint64_t ids_max = 1;       // in the largest record that was read there
};

// One ordered stream within a source: a Kafka partition. Its index in RecordSource::channels() never changes.
struct Channel {
  static constexpr std::int64_t kNowhere = -1;
  enum class OnBad : std::uint8_t { dead_letter, skip };
  enum class OnEmpty : std::uint8_t { skip, dead_letter };

  std::string key;  // SourcePosition::channel
  std::string topic;
  std::int32_t partition = 0;
  std::string side;         // the side this channel is bound to; "event": each event names its own
  std::size_t decoder = 0;  // which of the daemon's decoders reads it
  std::string feed{"default"};        // the sources that are reconciled with each other
  OnBad on_bad = OnBad::dead_letter;  // what becomes of a record that cannot be read
  OnEmpty on_empty = OnEmpty::skip;   // and of one without a value, as a tombstone is
  // The next position to read; kNowhere while it is not known where the stream begins.
  std::int64_t next = 0;
  // The first position that could not be read when we last asked; nothing where the last question was not answered.
  // How old the answer may be is for whoever judges to say.
  std::optional<std::int64_t> end;
  // When that question was begun: whatever existed by then lies before the end, or in an open transaction.
  std::int64_t end_asked_us = 0;  // by the steady clock, as Clock::monotonic_us: ages
  std::int64_t end_asked_ms = 0;  // wall time, for people
  bool open_transaction = false;  // acknowledged records may hide behind the end
  bool joining = false;  // found while others were being read; its own reading has not begun
  // It is no more, nobody waits for it, and nothing depends on it; only its index stays.
  bool retired = false;
  std::int64_t last_timestamp_ms = 0;  // broker time of the last record read, 0 where none
  std::uint64_t fingerprint = 0;
  std::uint64_t lost_records = 0;
  std::uint64_t ids_max = 1;  // as stored; Pump counts on
  std::string error;          // what is wrong with it now; empty when nothing is
};

struct RawRecord {
  std::string_view payload;
  std::int64_t position = 0;
  std::int64_t timestamp_ms = 0;
  std::uint32_t channel = 0;
};

// A run of positions that was not read and never will be. Becomes a dead letter and makes answers provisional.
struct InputGap {
  static constexpr std::int64_t kUnknown = -1;
  enum class Cause : std::uint8_t { removed, begun_anew };

  std::uint32_t channel = 0;
  std::int64_t from = 0;  // [from, to)
  std::int64_t to = 0;    // kUnknown: nobody can tell how many there were
  Cause cause = Cause::removed;
};

// Where a record stands, and what stood there.
struct RecordPlace {
  std::string channel;
  std::int64_t position = 0;
};
struct RecordCopy {
  std::string payload;
  std::int64_t timestamp_ms = 0;  // broker time, 0 where there is none
};

// What became of the wish to begin a stream anew that stands still because it is another than the one that was read.
struct SourceReset {
  enum class Outcome : std::uint8_t { done, no_such_source, nothing_to_reset };
  struct Given {
    std::string channel;
    std::int64_t next = 0;                  // where reading of the old stream ended
    std::optional<std::uint64_t> unread{};  // of the old one, and now lost; nothing: nobody knows
  };
  Outcome outcome = Outcome::done;
  std::vector<Given> channels{};  // that begin anew
  std::string why{};              // there is nothing to reset
};

// Anything that feeds rollcall and can be resumed at a position.
// Owner: the daemon; outlives the pump. Runs on: the loop. Nothing here blocks.
// Fails: transient conditions stay inside (retried, shown in Channel::error), and so does what concerns one channel
// alone (its stream is gone, or another than the one that was read); fatal ones come out of drain().
class RecordSource {
 public:
  virtual ~RecordSource() = default;
  // Begins to read each channel at its stored position, or at its beginning where none is stored. Waits for nobody: a
  // broker that is away is asked again and again, and until it answers the channels that are sure to exist have no end.
  virtual boost::asio::awaitable<Result<void>> start(std::vector<SourcePosition> stored) = 0;
  // Up to `records_max` records that are there now, each channel in order; maybe none. They and their payloads live
  // until the next call. After it returns, Channel::next is behind the last of them.
  [[nodiscard]] virtual Result<std::span<const RawRecord>> drain(std::size_t records_max) = 0;
  // Gaps found since the last call.
  [[nodiscard]] virtual std::vector<InputGap> take_gaps() = 0;
  // Resumes when drain() may have something, at the latest after `at_most`. Cancelling loses no record.
  virtual boost::asio::awaitable<void> wait(std::chrono::milliseconds at_most) = 0;
  [[nodiscard]] virtual const std::vector<Channel>& channels() const = 0;
  // Resumes once channels() shows the ends of a question that began after this call, at the latest after `at_most`. At
  // once where there is nobody to ask.
  virtual boost::asio::awaitable<void> look_afresh(std::chrono::milliseconds /*at_most*/) {
    co_return;
  }
  static constexpr std::size_t kReadAgainMax = 64;
  // What now stands at up to kReadAgainMax places, in their order: nothing where no record is left. Read beside all other
  // reading, and moves no position. Transient where the source does not answer.
  virtual boost::asio::awaitable<Result<std::vector<std::optional<RecordCopy>>>> read_again(
      std::vector<RecordPlace> places) {
    co_return std::vector<std::optional<RecordCopy>>(places.size());
  }
  // Begins anew, at its beginning, what stands still of `topic` because its stream is another than the one that was read.
  // What was not read of the old one comes out of take_gaps(), which must follow at once. Between drains only.
  [[nodiscard]] virtual SourceReset reset(std::string_view /*topic*/) {
    return {SourceReset::Outcome::no_such_source, {}, {}};
  }
  // For lag tools only: tells the source what is durable. Never read back.
  virtual void committed(const std::vector<SourcePosition>& positions) = 0;
  // Ends reading within a bounded time; wait() returns and drain() gives nothing more.
  virtual boost::asio::awaitable<void> stop() = 0;
};

}  // namespace rollcall
