#include "connectors/kafka/kafka_reader.hpp"

#include <algorithm>
#include <utility>

#include "connectors/kafka/kafka_failure.hpp"

namespace rollcall::kafka {

namespace {

constexpr int kResetsAtOnceMax = 3;  // afterwards at the pace of the surveys
constexpr int kDamagesMax = 5;       // a batch that was damaged on its way is whole the next time
constexpr int kEndsBelowMax = 3;     // a broker that has just become leader may know an older end

}  // namespace

KafkaReader::KafkaReader(const Options& options, Client& client, KafkaLog& log)
    : options_(options), client_(client), log_(log) {
  for (const auto& topic : client_.topics) {
    topics_.emplace_back();
    topics_.back().handle = topic.get();
  }
}

void KafkaReader::remember(const std::vector<SourcePosition>& stored) {
  for (const auto& position : stored) stored_[position.channel] = position;
}

const Channel* KafkaReader::find(const std::string& key) const {
  const auto found = channel_by_key_.find(key);
  return found == channel_by_key_.end() ? nullptr : &channels_[found->second];
}

Result<std::span<const RawRecord>> KafkaReader::drain(std::size_t records_max) {
  release();
  if (placements_due_) place_partitions();
  if (failure_) return *failure_;
  std::size_t taken = 0;
  may_have_more_ = true;
  while (may_have_more_ && taken < records_max) {
    const std::size_t wanted = std::min(kPiece, records_max - taken);
    const std::size_t got = take_some(wanted);
    taken += got;
    may_have_more_ = got == wanted;
  }
  finish_drain();
  if (!client_.events.empty()) take_client_events();
  if (failure_ && records_.empty()) return *failure_;
  return std::span<const RawRecord>{records_};
}

void KafkaReader::release() {
  records_.clear();
  payloads_.clear();
}

std::size_t KafkaReader::take_some(std::size_t records_max) {
  const auto got =
      rd_kafka_consume_batch_queue(client_.queue.get(), 0, messages_.data(), records_max);
  if (got <= 0) return 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(got); ++i) take(MessageHandle{messages_[i]});
  return static_cast<std::size_t>(got);
}

void KafkaReader::take(MessageHandle message) {
  const auto channel = channel_of(*message);
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    take_error(*message, channel);
  } else if (channel != kNone && partitions_[channel].placed) {
    take_record(std::move(message), channel);
  }
}

// Topics are few, and found by their handle: no name is looked at for a record.
std::uint32_t KafkaReader::channel_of(const rd_kafka_message_t& message) const {
  const auto partition = static_cast<std::size_t>(message.partition);
  for (const auto& topic : topics_) {
    if (topic.handle == message.rkt)
      return partition < topic.channels.size() ? topic.channels[partition] : kNone;
  }
  return kNone;
}

void KafkaReader::take_record(MessageHandle message, std::uint32_t channel) {
  auto& partition = partitions_[channel];
  const auto offset = message->offset;
  switch (partition.cursor.take(channels_[channel], offset, payload_of(*message))) {
    case PartitionCursor::Verdict::known:
      return;
    case PartitionCursor::Verdict::foreign:
      partition.placed = false;
      return fail(other_record(channels_[channel].key, offset));
    case PartitionCursor::Verdict::fresh:
      break;
  }
  if (partition.last_record == kNone) touched_.push_back(channel);
  partition.last_record = static_cast<std::uint32_t>(records_.size());
  rd_kafka_timestamp_type_t type{};
  const auto timestamp = rd_kafka_message_timestamp(message.get(), &type);
  records_.push_back(
      {payloads_.keep(std::move(message)), offset, std::max<std::int64_t>(timestamp, 0), channel});
}

void KafkaReader::finish_drain() {
  for (const auto channel : touched_) {
    auto& partition = partitions_[channel];
    const auto& last = records_[std::exchange(partition.last_record, kNone)];
    channels_[channel].fingerprint = fingerprint_of(last.payload);
    channels_[channel].last_timestamp_ms = last.timestamp_ms;
    partition.resets = 0;
    partition.damages = 0;
  }
  touched_.clear();
}

void KafkaReader::take_error(const rd_kafka_message_t& message, std::uint32_t channel) {
  if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    // An end before what we have read is the survey's to judge.
    if (channel != kNone && partitions_[channel].placed) {
      (void)partitions_[channel].cursor.reached_end(channels_[channel], message.offset);
    }
    return;
  }
  const std::string text = rd_kafka_message_errstr(&message);
  switch (meaning_of(message.err)) {
    case ErrorMeaning::refused:
      return fail(refused(message.err, text));
    case ErrorMeaning::unknown_topic:
      questions_.topics = questions_.at_once = true;
      return;
    case ErrorMeaning::out_of_range:
      if (channel != kNone) place_anew(channel);
      return;
    case ErrorMeaning::damaged:
      if (channel == kNone) break;
      place_anew(channel);
      if (++partitions_[channel].damages >= kDamagesMax) {
        fail(damaged_records(channels_[channel].key, channels_[channel].next, text));
      }
      break;
    case ErrorMeaning::passing:
      break;
  }
  if (channel != kNone) channels_[channel].error = text;
  log_.write(LogLevel::warning, words_for(message.err),
             (channel == kNone ? std::string{"Kafka"} : channels_[channel].key) + ": " + text);
}

// Until it is placed nothing of it is taken: what the client goes on with lies behind what we miss.
void KafkaReader::place_anew(std::uint32_t channel) {
  auto& partition = partitions_[channel];
  if (!partition.placed) return;
  partition.placed = false;
  questions_.beginnings = true;
  questions_.at_once |= ++partition.resets <= kResetsAtOnceMax;
}

void KafkaReader::take_client_events() {
  for (const auto& event : client_.events) {
    if (event.code == RD_KAFKA_RESP_ERR_NO_ERROR) {
      log_.write(event.level, event.text.substr(0, event.text.find(':')), event.text);
    } else if (meaning_of(event.code) == ErrorMeaning::refused) {
      fail(refused(event.code, event.text));
    } else {
      log_.write(event.level, words_for(event.code), words_for(event.code) + ": " + event.text);
    }
  }
  client_.events.clear();
}

void KafkaReader::fail(Failure failure) {
  if (!failure_) failure_ = std::move(failure);
}

void KafkaReader::learn(const Survey& survey) {
  if (failure_) return;
  if (survey.asked_topics) {
    for (std::size_t i = 0; i < survey.topics.size(); ++i) learn_topic(i, survey.topics[i]);
  }
  for (std::size_t i = 0; i < topics_.size(); ++i) {
    questions_.topics |= !topics_[i].known;
    for (std::size_t p = 0; p < topics_[i].channels.size(); ++p) {
      learn_partition(topics_[i].channels[p], survey_of(survey, i, p), survey.asked_ms);
    }
  }
  if (survey.error == RD_KAFKA_RESP_ERR_NO_ERROR) {
    log_.forget("survey");
  } else {
    log_.write(LogLevel::warning, "survey",
               "Kafka does not answer, waiting: " + words_for(survey.error));
  }
}

PartitionSurvey KafkaReader::survey_of(const Survey& survey, std::size_t topic,
                                       std::size_t number) const {
  PartitionSurvey partition;
  if (topic < survey.topics.size()) {
    const auto& asked = survey.topics[topic];
    if (number < asked.partitions.size()) partition = asked.partitions[number];
    if (asked.error != RD_KAFKA_RESP_ERR_NO_ERROR) partition.error = asked.error;
  }
  if (partition.hi < 0 && survey.error != RD_KAFKA_RESP_ERR_NO_ERROR)
    partition.error = survey.error;
  return partition;
}

void KafkaReader::learn_topic(std::size_t topic, const TopicSurvey& survey) {
  auto& state = topics_[topic];
  const auto& name = options_.topics[topic].name;
  if (survey.error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    questions_.topics = true;
    const auto meaning = meaning_of(survey.error);
    if (meaning == ErrorMeaning::refused) return fail(refused(survey.error, name));
    if (meaning == ErrorMeaning::unknown_topic)
      doubt(topic, state.known ? topic_deleted(name) : no_such_topic(name));
    return;
  }
  const auto had = state.channels.size();
  const auto has = survey.partitions.size();
  if (has < had)
    return doubt(topic, partitions_removed(name, static_cast<int>(had), static_cast<int>(has)));
  state.doubted_since.reset();
  state.known = true;
  while (state.channels.size() < has) add_channel(topic);
}

// A broker that has just come up, or heard of a change late, may deny what exists: only a lasting answer is believed.
void KafkaReader::doubt(std::size_t topic, const Failure& if_confirmed) {
  const auto now = std::chrono::steady_clock::now();
  auto& since = topics_[topic].doubted_since;
  if (!since) since = now;
  questions_.topics = true;
  if (now - *since >= options_.confirm_for) fail(if_confirmed);
}

void KafkaReader::add_channel(std::size_t topic) {
  const auto& bound = options_.topics[topic];
  const auto index = static_cast<std::uint32_t>(channels_.size());
  Channel channel;
  channel.topic = bound.name;
  channel.partition = static_cast<std::int32_t>(topics_[topic].channels.size());
  channel.key = bound.name + "/" + std::to_string(channel.partition);
  channel.side = bound.side;
  channel.decoder = bound.decoder;
  channel.feed = bound.feed;
  channel.on_bad = bound.on_bad;
  channel.on_empty = bound.on_empty;
  Partition partition;
  if (const auto stored = stored_.find(channel.key); stored != stored_.end()) {
    partition.cursor.enter_at(channel, stored->second);
  }
  topics_[topic].channels.push_back(index);
  channel_by_key_[channel.key] = index;
  channels_.push_back(std::move(channel));
  partitions_.push_back(partition);
}

void KafkaReader::learn_partition(std::uint32_t channel, const PartitionSurvey& survey,
                                  std::int64_t asked_ms) {
  auto& state = channels_[channel];
  auto& partition = partitions_[channel];
  state.error = survey.error == RD_KAFKA_RESP_ERR_NO_ERROR ? "" : words_for(survey.error);
  if (survey.hi >= 0) {
    state.end = survey.hi;
    state.end_asked_ms = asked_ms;
    if (partition.placed && ends_too_early(channel, survey.hi)) {
      fail(position_beyond_end(state.key, state.next, survey.hi));
    }
  }
  partition.next_at_survey = state.next;
  if (partition.placed) return;
  partition.lo = survey.lo;
  partition.hi = survey.hi;
  placements_due_ |= survey.lo >= 0 && survey.hi >= 0;
  questions_.beginnings = true;
  questions_.at_once |= survey.hi >= 0 && survey.lo < 0;  // it is new, or was just lost
}

// The end is compared with where we stood before it was asked for; since then we may have read on, rightly.
bool KafkaReader::ends_too_early(std::uint32_t channel, std::int64_t hi) {
  auto& partition = partitions_[channel];
  partition.ends_below = partition.next_at_survey > hi ? partition.ends_below + 1 : 0;
  return partition.ends_below >= kEndsBelowMax;
}

void KafkaReader::place_partitions() {
  const auto known = [](const Topic& topic) { return topic.known; };
  if (!placements_due_ || failure_ || !std::all_of(topics_.begin(), topics_.end(), known)) return;
  placements_due_ = false;
  bool moved = false;
  for (std::uint32_t i = 0; i < partitions_.size(); ++i) {
    if (!partitions_[i].placed && partitions_[i].lo >= 0 && partitions_[i].hi >= 0)
      moved |= place(i);
  }
  if (moved && !failure_) assign();
}

bool KafkaReader::place(std::uint32_t channel) {
  auto& state = channels_[channel];
  auto& partition = partitions_[channel];
  InputGap gap;
  gap.channel = channel;
  const auto lo = std::exchange(partition.lo, -1);
  const auto hi = std::exchange(partition.hi, -1);
  switch (partition.cursor.place(state, lo, hi, gap)) {
    case PartitionCursor::Place::beyond_end:
      if (++partition.ends_below >= kEndsBelowMax)
        fail(position_beyond_end(state.key, state.next, hi));
      return false;
    case PartitionCursor::Place::behind_gap:
      gaps_.push_back(gap);
      log_.write(LogLevel::error, "gap " + state.key,
                 state.key + ": the records from " + std::to_string(gap.from) + " to " +
                     std::to_string(gap.to - 1) + " were removed before they could be read");
      break;
    case PartitionCursor::Place::here:
      break;
  }
  partition.ends_below = 0;
  partition.placed = true;
  return true;
}

// Always the whole assignment: a partial one after an error is not reliable in 2.0. What had been fetched ahead is
// fetched again; that is rare.
void KafkaReader::assign() {
  const PartitionListHandle list{
      rd_kafka_topic_partition_list_new(static_cast<int>(channels_.size()))};
  for (std::size_t i = 0; i < channels_.size(); ++i) {
    if (!partitions_[i].placed) continue;
    auto* entry = rd_kafka_topic_partition_list_add(list.get(), channels_[i].topic.c_str(),
                                                    channels_[i].partition);
    entry->offset = partitions_[i].cursor.begin_offset(channels_[i]);
  }
  const auto error = rd_kafka_assign(client_.handle, list.get());
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return fail(client_failed(words_for(error)));
  assigned_ = true;
}

}  // namespace rollcall::kafka
