#pragma once

#include <cstdint>
#include <string_view>

#include "pipeline/ports/record_source.hpp"

namespace rollcall::kafka {

// What tells a record from another at its place.
struct RecordFace {
  std::string_view payload;
  std::string_view key;
  std::int64_t timestamp_ms = 0;
};

// The fingerprint that is stored with a position: of the last record before it. Never 0, which stands for none.
[[nodiscard]] std::uint64_t fingerprint_of(const RecordFace& record);
// As versions before 2026-11-25 stored it, of the payload alone; what they stored is still recognised.
[[nodiscard]] std::uint64_t payload_fingerprint_of(std::string_view payload);

// What is decided about one partition, without any I/O: which records are new, whether the log is still the one that
// was read before, and what a lost position means.
//
// A stored position is entered one record early, and that record must be the one that was last read: a topic that was
// deleted and created anew is otherwise invisible while its new log is longer than our position. Where the record is
// gone (retention, compaction, or a transaction marker stood there) the position is accepted as it is.
// Owner: the source; runs on the loop. Works on the source's Channel, whose `next` it alone moves.
class PartitionCursor {
 public:
  enum class Verdict {
    fresh,    // hand it out; the channel has moved behind it
    known,    // read before: drop it
    foreign,  // another record than the one we read here
  };
  enum class Place {
    here,        // reading can go on at begin_offset()
    behind_gap,  // records were lost; the channel has moved to what is left and counts them
    beyond_end,  // the log is shorter than what we have read of it
  };

  // A cursor that enters nowhere begins where the log does, once place() knows.
  void enter_at(Channel& channel, const SourcePosition& stored);
  // Enters the channel where it stands, as after a restart: the log may be another.
  void enter_again(const Channel& channel);

  // Where to let the client begin, after place().
  [[nodiscard]] std::int64_t begin_offset(const Channel& channel) const {
    return verify_ ? channel.next - 1 : channel.next;
  }

  [[nodiscard]] Verdict take(Channel& channel, std::int64_t offset, const RecordFace& record);

  // The client stands at the end of the log: what lies before it and was not handed out is no record. False where that
  // end lies before what we have read.
  [[nodiscard]] bool reached_end(Channel& channel, std::int64_t end);

  // Compares the position with the log's present bounds [lo, hi); fills `gap` where records are lost.
  [[nodiscard]] Place place(Channel& channel, std::int64_t lo, std::int64_t hi, InputGap& gap);

  // Whether the log is known to be the one that was read before, or nothing was.
  [[nodiscard]] bool verified() const { return !verify_; }

 private:
  bool entered_ = false;
  bool verify_ = false;
};

}  // namespace rollcall::kafka
