#include "pipeline/flow/pump.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "pipeline/ensure.hpp"

namespace rollcall {
namespace {

constexpr std::string_view kEventNamesSide = "event";  // Channel::side of a topic that binds none

// When the record was written, by the broker's or the producer's clock; where Kafka does not say, when we read it.
std::int64_t time_of(const RawRecord& record, std::int64_t now_ms) {
  return record.timestamp_ms > 0 ? record.timestamp_ms : now_ms;
}

std::string words_for(const InputGap& gap) {
  const bool removed = gap.cause == InputGap::Cause::removed;
  const char* const why = removed ? " were removed before they could be read"
                                  : " of a log that is no more were never read";
  if (gap.to == InputGap::kUnknown)
    return "positions from " + std::to_string(gap.from) + why + "; how many is not known";
  return "positions " + std::to_string(gap.from) + " to " + std::to_string(gap.to - 1) + why;
}

// How many ids a gap may have named, where a record names no more than `ids_max`.
std::uint64_t explained_by(const InputGap& gap, std::uint64_t ids_max) {
  constexpr std::uint64_t kAll = std::numeric_limits<std::int64_t>::max();
  if (gap.to == InputGap::kUnknown) return kAll;
  const auto offsets = static_cast<std::uint64_t>(gap.to - gap.from);
  return ids_max > kAll / offsets ? kAll : ids_max * offsets;
}

std::uint64_t ids_in(const Event& event) {
  const std::uint64_t in_range = event.range ? event.range->hi - event.range->lo + 1 : 0;
  return event.ids.size() + in_range;
}

}  // namespace

Pump::Pump(RecordSource& source, std::vector<Decoder*> decoders, Slice& slice, const Clock& clock,
           Telemetry& telemetry, Options options)
    : source_(source),
      decoders_(std::move(decoders)),
      slice_(slice),
      clock_(clock),
      telemetry_(telemetry),
      options_(options) {}

Result<Pump::Turn> Pump::turn() {
  if (between_units()) {
    if (const auto drained = next_unit(); !drained) return drained.error();
    if (records_.empty()) return Turn::idle;
  }
  budget_ = options_.ids_per_turn_max;
  if (event_ != nullptr) continue_event();
  while (budget_ > 0 && next_record_ < records_.size()) begin_record(records_[next_record_++]);
  pending_.add_to(slice_);
  return Turn::busy;
}

Result<void> Pump::next_unit() {
  auto drained = source_.drain(options_.records_per_drain_max);
  if (!drained) return drained.error();
  records_ = *drained;
  next_record_ = 0;
  now_ms_ = clock_.now_ms();
  report_gaps();
  return {};
}

SourceReset Pump::reset(std::string_view topic) {
  ENSURE(between_units());
  SourceReset reset = source_.reset(topic);
  now_ms_ = clock_.now_ms();
  report_gaps();
  return reset;
}

void Pump::report_gaps() {
  learn_channels();
  for (const InputGap& gap : source_.take_gaps()) report(gap);
}

// Nobody knows when the lost records were written: as late as any that could have been there, so that no batch that they
// may have belonged to is left out.
void Pump::report(const InputGap& gap) {
  DeadLetter letter = letter_of(gap.channel, gap.from, BadRecordReason::input_gap);
  letter.field = words_for(gap);
  telemetry_.records_lost(letter.channel, letter.field);
  letter.explains = explained_by(gap, letter.explains);
  letter.timestamp_ms = now_ms_;
  slice_.refuse(std::move(letter));
}

void Pump::learn_channels() {
  const std::vector<Channel>& channels = source_.channels();
  for (std::size_t i = channels_.size(); i < channels.size(); ++i) {
    const bool bound = channels[i].side != kEventNamesSide;
    channels_.push_back({bound, bound ? slice_.default_side(channels[i].side) : Side{kSidesMax}, -1,
                         slice_.feed_bit(channels[i].feed), channels[i].ids_max});
    counters_.emplace_back();
  }
}

void Pump::begin_record(const RawRecord& record) {
  ChannelCounters& counters = counters_[record.channel];
  ++counters.records;
  --budget_;
  if (skips(record)) {
    ++counters.skipped_empty;
    return;
  }
  if (const auto bad = begin_event(record)) return refuse(record, *bad);
  ++counters.applied;
}

std::optional<BadRecord> Pump::replay(const RawRecord& record) {
  ENSURE(between_units());
  if (skips(record)) return std::nullopt;  // nothing is missed in it any more
  now_ms_ = clock_.now_ms();
  budget_ = options_.ids_per_turn_max;
  auto bad = begin_event(record);
  pending_.add_to(slice_);
  return bad;
}

// Without a value, where that is how producers take something back.
bool Pump::skips(const RawRecord& record) const {
  return record.payload.empty() &&
         source_.channels()[record.channel].on_empty == Channel::OnEmpty::skip;
}

// Applies the record's event as far as the budget goes, or says why it has none.
std::optional<BadRecord> Pump::begin_event(const RawRecord& record) {
  const Channel& channel = source_.channels()[record.channel];
  ChannelState& state = channels_[record.channel];
  BadRecord bad;
  const Event* event = decoders_[channel.decoder]->decode(record.payload, bad);
  if (event == nullptr) return bad;
  counters_[record.channel].unknown_fields += event->unknown_fields;
  counters_[record.channel].unread_fields += event->unread_fields;
  if (!state.bound && event->side.empty())
    return BadRecord{BadRecordReason::missing_field, "side", event->batch};

  Batch* batch = slice_.find_recent(event->batch);
  const Side side = side_of(state, channel, *event, batch);
  if (side >= kSidesMax) {
    return BadRecord{BadRecordReason::unknown_side,
                     state.bound ? std::string_view{channel.side} : event->side, event->batch};
  }
  if (batch == nullptr) batch = &slice_.create(event->batch, now_ms_, time_of(record, now_ms_));
  if ((batch->feeds & state.feed) != state.feed) slice_.join_feed(*batch, state.feed);
  state.ids_max = std::max(state.ids_max, ids_in(*event));
  event_ = event;
  // A producer whose clock is ahead would otherwise make its batch look busy for as long.
  event_at_ms_ = std::min(time_of(record, now_ms_), now_ms_);
  batch_ = batch;
  side_ = side;
  next_id_ = 0;
  range_.reset();
  if (event->range) range_.emplace(*event->range);
  continue_event();
  return std::nullopt;
}

Side Pump::side_of(const ChannelState& state, const Channel& channel, const Event& event,
                   const Batch* batch) const {
  const bool default_sides = batch == nullptr || batch->default_sides;
  if (state.bound && default_sides) return state.default_side;
  const std::string_view name = state.bound ? std::string_view{channel.side} : event.side;
  return default_sides ? slice_.default_side(name) : batch->side(name);
}

void Pump::continue_event() {
  for (; next_id_ < event_->ids.size(); ++next_id_, --budget_) {
    if (budget_ == 0) return;
    if (pending_.full()) pending_.add_to(slice_);
    pending_.push(*batch_, side_, event_->ids[next_id_]);
    if (!event_->attributes.empty())
      slice_.note(*batch_, side_, event_->ids[next_id_], event_->attributes);
  }
  if (range_) {
    if (budget_ == 0) return;
    slice_.change(*batch_, [&](Ledger& ledger) { ledger.add(side_, *range_, budget_); });
    if (!range_->done) return;
  }
  slice_.count_event(*batch_, event_at_ms_);
  event_ = nullptr;
}

void Pump::refuse(const RawRecord& record, const BadRecord& bad) {
  ChannelCounters& counters = counters_[record.channel];
  if (source_.channels()[record.channel].on_bad == Channel::OnBad::skip) {
    ++counters.skipped_bad;
    return;
  }
  ++counters.refused[static_cast<std::size_t>(bad.reason)];
  DeadLetter letter = letter_of(record.channel, record.position, bad.reason);
  letter.field = std::string{bad.field};
  letter.batch = std::string{bad.batch};
  letter.sample = std::string{record.payload.substr(0, kSampleBytesMax)};
  letter.timestamp_ms = time_of(record, now_ms_);
  telemetry_.record_refused(letter);
  slice_.refuse(std::move(letter));
}

DeadLetter Pump::letter_of(std::uint32_t channel, std::int64_t position,
                           BadRecordReason reason) const {
  const Channel& from = source_.channels()[channel];
  DeadLetter letter;
  letter.channel = from.key;
  letter.position = position;
  letter.reason = reason;
  letter.at_ms = now_ms_;
  letter.feed = from.feed;
  letter.explains = ids_max_of_topic(from.topic);
  const Side side = channels_[channel].default_side;
  if (side == kExpected) letter.side = DoubtSide::expected;
  if (side == kProcessed) letter.side = DoubtSide::processed;
  return letter;
}

std::uint64_t Pump::ids_max_of_topic(const std::string& topic) const {
  std::uint64_t ids_max = 1;
  for (std::size_t i = 0; i < channels_.size(); ++i) {
    if (source_.channels()[i].topic == topic) ids_max = std::max(ids_max, channels_[i].ids_max);
  }
  return ids_max;
}

bool Pump::moved() const {
  const std::vector<Channel>& channels = source_.channels();
  for (std::size_t i = 0; i < channels_.size(); ++i) {
    if (channels[i].next != channels_[i].checkpointed) return true;
  }
  return false;
}

std::vector<SourcePosition> Pump::take_moved_positions() {
  std::vector<SourcePosition> moved;
  const std::vector<Channel>& channels = source_.channels();
  for (std::size_t i = 0; i < channels_.size(); ++i) {
    const Channel& channel = channels[i];
    if (std::exchange(channels_[i].checkpointed, channel.next) == channel.next) continue;
    moved.push_back({channel.key, channel.next, channel.fingerprint, channel.lost_records,
                     channels_[i].ids_max});
  }
  return moved;
}

}  // namespace rollcall
