#include "pipeline/flow/pump.hpp"

#include <string>
#include <utility>

namespace rollcall {
namespace {

constexpr std::string_view kEventNamesSide = "event";  // Channel::side of a topic that binds none

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
  learn_channels();
  for (const InputGap& gap : source_.take_gaps()) {
    DeadLetter letter;
    letter.channel = source_.channels()[gap.channel].key;
    telemetry_.records_lost(letter.channel, gap.from, gap.to);
    letter.position = gap.from;
    letter.reason = BadRecordReason::input_gap;
    letter.field = "positions " + std::to_string(gap.from) + " to " + std::to_string(gap.to - 1) +
                   " were removed before they could be read";
    letter.at_ms = now_ms_;
    slice_.refuse(std::move(letter));
  }
  return {};
}

void Pump::learn_channels() {
  const std::vector<Channel>& channels = source_.channels();
  for (std::size_t i = channels_.size(); i < channels.size(); ++i) {
    const bool bound = channels[i].side != kEventNamesSide;
    channels_.push_back(
        {bound, bound ? slice_.default_side(channels[i].side) : Side{kSidesMax}, -1});
    counters_.emplace_back();
  }
}

void Pump::begin_record(const RawRecord& record) {
  const Channel& channel = source_.channels()[record.channel];
  const ChannelState& state = channels_[record.channel];
  ChannelCounters& counters = counters_[record.channel];
  ++counters.records;
  --budget_;
  BadRecord bad;
  const Event* event = decoders_[channel.decoder]->decode(record.payload, bad);
  if (event == nullptr) return refuse(record, bad.reason, bad.field);
  counters.unknown_fields += event->unknown_fields;
  if (!state.bound && event->side.empty())
    return refuse(record, BadRecordReason::missing_field, "side");

  Batch* batch = slice_.find_recent(event->batch);
  const Side side = side_of(state, channel, *event, batch);
  if (side >= kSidesMax) {
    return refuse(record, BadRecordReason::unknown_side,
                  state.bound ? std::string_view{channel.side} : event->side);
  }
  if (batch == nullptr) batch = &slice_.create(event->batch, now_ms_);
  ++counters.applied;
  event_ = event;
  batch_ = batch;
  side_ = side;
  next_id_ = 0;
  range_.reset();
  if (event->range) range_.emplace(*event->range);
  continue_event();
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
  slice_.count_event(*batch_);
  event_ = nullptr;
}

void Pump::refuse(const RawRecord& record, BadRecordReason reason, std::string_view field) {
  ++counters_[record.channel].refused[static_cast<std::size_t>(reason)];
  DeadLetter letter;
  letter.channel = source_.channels()[record.channel].key;
  letter.position = record.position;
  letter.reason = reason;
  letter.field = std::string{field};
  letter.sample = std::string{record.payload.substr(0, kSampleBytesMax)};
  letter.at_ms = now_ms_;
  slice_.refuse(std::move(letter));
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
    moved.push_back({channel.key, channel.next, channel.fingerprint, channel.lost_records});
  }
  return moved;
}

}  // namespace rollcall
