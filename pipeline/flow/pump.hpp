#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "pipeline/failure.hpp"
#include "pipeline/flow/pending_ids.hpp"
#include "pipeline/flow/slice.hpp"
#include "pipeline/ports/clock.hpp"
#include "pipeline/ports/decoder.hpp"
#include "pipeline/ports/record_source.hpp"
#include "pipeline/ports/telemetry.hpp"

namespace rollcall {

// What one channel has given since this process started.
struct ChannelCounters {
  std::uint64_t records = 0;  // handed out by the source
  std::uint64_t applied = 0;  // became part of a ledger
  std::uint64_t unknown_fields = 0;
  std::uint64_t unread_fields = 0;  // left out of records that were taken
  std::array<std::uint64_t, kBadRecordReasons> refused{};
  std::uint64_t skipped_empty = 0;  // without a value, as tombstones are
  std::uint64_t skipped_bad = 0;    // that could not be read, where nobody minds
};

// Moves records from a source into a slice, a bounded piece at a time.
//
//   source.drain() -> decoder -> batch -> ledger        (or -> dead letter)
//
// A drain is a unit that no checkpoint may split, because the source's positions are behind all of it: cut only when
// between_units(). An event with many ids takes several turns, so that a turn stays short whatever arrives.
// Owner: Reconciler. Runs on: the loop. Fails: as the source does.
class Pump {
 public:
  struct Options {
    std::size_t records_per_drain_max = 1'000;
    std::size_t ids_per_turn_max = 4'096;  // about 1 ms of work
  };
  enum class Turn { idle, busy };

  // `decoders` are indexed by Channel::decoder. All references outlive the pump.
  Pump(RecordSource& source, std::vector<Decoder*> decoders, Slice& slice, const Clock& clock,
       Telemetry& telemetry, Options options);

  // Does at most one turn's work. idle: nothing was there.
  [[nodiscard]] Result<Turn> turn();
  [[nodiscard]] bool between_units() const {
    return next_record_ == records_.size() && event_ == nullptr;
  }
  // As RecordSource::reset; what is lost becomes dead letters at once. Between units only.
  [[nodiscard]] SourceReset reset(std::string_view topic);
  // Applies a record that did not come from drain(), or says why it cannot be read; moves no position and counts nowhere.
  // Between units only; a large event is gone on with by turn(). The payload outlives the event.
  [[nodiscard]] std::optional<BadRecord> replay(const RawRecord& record);
  // Positions of the channels that moved since the last call.
  [[nodiscard]] std::vector<SourcePosition> take_moved_positions();
  [[nodiscard]] bool moved() const;
  [[nodiscard]] const std::vector<ChannelCounters>& counters() const { return counters_; }

 private:
  [[nodiscard]] Result<void> next_unit();
  void begin_record(const RawRecord& record);
  [[nodiscard]] bool skips(const RawRecord& record) const;
  [[nodiscard]] std::optional<BadRecord> begin_event(const RawRecord& record);
  void report_gaps();
  void report(const InputGap& gap);
  void continue_event();
  void refuse(const RawRecord& record, const BadRecord& bad);
  void learn_channels();

  struct ChannelState {
    bool bound = true;  // the topic names the side, not the event
    // Of a bound channel: index within the slice's default sides, or kSidesMax.
    Side default_side = 0;
    std::int64_t checkpointed = 0;  // position in the last cut
    std::uint64_t feed = 0;         // Slice::feed_bit()
    std::uint64_t ids_max = 1;      // in the largest record so far
  };
  [[nodiscard]] DeadLetter letter_of(std::uint32_t channel, std::int64_t position,
                                     BadRecordReason reason) const;
  [[nodiscard]] std::uint64_t ids_max_of_topic(const std::string& topic) const;
  // The index of the side that speaks, or kSidesMax where the batch (null: one yet to be created) has no such side.
  [[nodiscard]] Side side_of(const ChannelState& state, const Channel& channel, const Event& event,
                             const Batch* batch) const;

  RecordSource& source_;
  std::vector<Decoder*> decoders_;
  Slice& slice_;
  const Clock& clock_;
  Telemetry& telemetry_;
  Options options_;

  std::span<const RawRecord> records_;
  std::size_t next_record_ = 0;
  const Event* event_ = nullptr;       // being applied
  Batch* batch_ = nullptr;             // of event_
  Side side_ = 0;                      // of event_
  std::int64_t event_at_ms_ = 0;       // when it was written
  std::size_t next_id_ = 0;            // of event_
  std::optional<PendingRange> range_;  // of event_
  std::size_t budget_ = 0;             // ids left in this turn
  PendingIds pending_;                 // none between turns
  std::int64_t now_ms_ = 0;            // taken once for each drain
  std::vector<ChannelState> channels_;
  std::vector<ChannelCounters> counters_;
};

}  // namespace rollcall
