#include "connectors/kafka/kafka_reader.hpp"

#include <algorithm>
#include <utility>

#include "connectors/kafka/kafka_failure.hpp"

namespace rollcall::kafka {

namespace {

constexpr int kResetsAtOnceMax = 3;  // afterwards at the pace of the surveys

std::int64_t steady_us() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

RecordFace face_of(const rd_kafka_message_t& message) {
  RecordFace face;
  face.payload = payload_of(message);
  if (message.key != nullptr) face.key = {static_cast<const char*>(message.key), message.key_len};
  rd_kafka_timestamp_type_t type{};
  face.timestamp_ms = rd_kafka_message_timestamp(&message, &type);
  return face;
}

// Whether no record of the same partition follows at once.
bool ends_run(const rd_kafka_message_t& message, const rd_kafka_message_t& next) {
  return next.err != RD_KAFKA_RESP_ERR_NO_ERROR || next.partition != message.partition ||
         next.rkt != message.rkt;
}

}  // namespace

KafkaReader::KafkaReader(const Options& options, Client& client, KafkaLog& log)
    : options_(options), client_(client), log_(log) {
  for (const auto& topic : client_.topics) {
    topics_.emplace_back();
    topics_.back().handle = topic.get();
  }
}

void KafkaReader::begin(const std::vector<SourcePosition>& stored) {
  for (const auto& position : stored) stored_[position.channel] = position;
  for (std::size_t i = 0; i < topics_.size(); ++i) {
    const auto is_stored = [&] {
      return stored_.contains(options_.topics[i].name + "/" +
                              std::to_string(topics_[i].channels.size()));
    };
    do {
      add_partition(i);
    } while (is_stored());
  }
}

const Channel* KafkaReader::find(const std::string& key) const {
  const auto found = channel_by_key_.find(key);
  return found == channel_by_key_.end() ? nullptr : &channels_[found->second];
}

Result<std::span<const RawRecord>> KafkaReader::drain(std::size_t records_max) {
  release();
  if (placements_due_) place_partitions();
  if (assignment_due_) assign();
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
  const auto count = static_cast<std::size_t>(got);
  for (std::size_t i = 0; i < count; ++i) {
    const bool last_of_run = i + 1 == count || ends_run(*messages_[i], *messages_[i + 1]);
    take(MessageHandle{messages_[i]}, last_of_run);
  }
  return count;
}

void KafkaReader::take(MessageHandle message, bool last_of_run) {
  const auto channel = channel_of(*message);
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    take_error(*message, channel);
  } else if (channel != kNone && partitions_[channel].placed) {
    take_record(std::move(message), channel, last_of_run);
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

void KafkaReader::take_record(MessageHandle message, std::uint32_t channel, bool last_of_run) {
  auto& partition = partitions_[channel];
  const auto offset = message->offset;
  const RecordFace face = face_of(*message);
  switch (partition.cursor.take(channels_[channel], offset, face)) {
    case PartitionCursor::Verdict::known:
      return;
    case PartitionCursor::Verdict::foreign:
      return halt(channel, other_record(channels_[channel].key, offset));
    case PartitionCursor::Verdict::fresh:
      break;
  }
  if (partition.last_record == kNone) touched_.push_back(channel);
  partition.last_record = static_cast<std::uint32_t>(records_.size());
  // Only the last record of a drain is stored, and it ends a run; a hash for each would cost.
  if (last_of_run) channels_[channel].fingerprint = fingerprint_of(face);
  records_.push_back({payloads_.keep(std::move(message)), offset,
                      std::max<std::int64_t>(face.timestamp_ms, 0), channel});
}

void KafkaReader::finish_drain() {
  for (const auto channel : touched_) {
    auto& partition = partitions_[channel];
    const auto& last = records_[std::exchange(partition.last_record, kNone)];
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
      questions_.at_once = true;
      return;
    case ErrorMeaning::out_of_range:
      if (channel != kNone) place_anew(channel);
      return;
    case ErrorMeaning::damaged:
      if (channel == kNone) break;
      place_anew(channel);
      if (++partitions_[channel].damages >= kDamagesMax) {
        halt(channel, damaged_records(channels_[channel].key, channels_[channel].next, text));
      }
      break;
    case ErrorMeaning::passing:
      break;
  }
  if (channel != kNone && !partitions_[channel].halted) channels_[channel].error = text;
  log_.write(LogLevel::warning, words_for(message.err),
             (channel == kNone ? std::string{"Kafka"} : channels_[channel].key) + ": " + text);
}

// Until it is placed nothing of it is taken: what the client goes on with lies behind what we miss.
void KafkaReader::place_anew(std::uint32_t channel) {
  auto& partition = partitions_[channel];
  if (!partition.placed) return;
  partition.placed = false;
  partition.cursor.enter_again(channels_[channel]);  // the log may be another by now
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
      questions_.at_once = true;
      if (event.code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) lose_brokers(words_for(event.code));
    }
  }
  client_.events.clear();
}

// Nobody is left to ask: what was known of the ends says nothing about now, until a question that begins later is
// answered. One connection of several that closes, idle or not, is only a reason to ask.
void KafkaReader::lose_brokers(const std::string& why) {
  brokers_lost_us_ = steady_us();
  for (std::size_t i = 0; i < channels_.size(); ++i) {
    if (channels_[i].error.empty()) channels_[i].error = why;
  }
}

void KafkaReader::fail(Failure failure) {
  if (!failure_) failure_ = std::move(failure);
}

}  // namespace rollcall::kafka
