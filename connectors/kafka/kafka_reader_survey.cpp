// What the scout heard, and where that lets each partition be read: the other half of kafka_reader.cpp.
#include <algorithm>
#include <utility>

#include "connectors/kafka/kafka_failure.hpp"
#include "connectors/kafka/kafka_reader.hpp"

namespace rollcall::kafka {

namespace {

constexpr int kEndsBelowMax = 3;  // a broker that has just become leader may know an older end
constexpr const char* kNotAsked = "Kafka has not answered yet";

}  // namespace

void KafkaReader::learn(const Survey& survey) {
  if (failure_) return;
  for (std::size_t i = 0; i < survey.topics.size(); ++i) learn_topic(i, survey.topics[i]);
  for (std::size_t i = 0; i < topics_.size(); ++i) {
    for (std::size_t p = 0; p < topics_[i].partitions; ++p) {
      const auto channel = topics_[i].channels[p];
      const auto partition = survey_of(survey, i, p);
      const bool late = survey.asked_us > brokers_lost_us_;
      if (late) channels_[channel].error = error_of(i, channel, partition);
      learn_partition(channel, partition, survey);
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

// What stands still says why, before what the brokers say of it today.
std::string KafkaReader::error_of(std::size_t topic, std::uint32_t channel,
                                  const PartitionSurvey& survey) const {
  if (topics_[topic].missing) return told(*topics_[topic].missing);
  if (partitions_[channel].halted) return told(*partitions_[channel].halted);
  return survey.error == RD_KAFKA_RESP_ERR_NO_ERROR ? "" : words_for(survey.error);
}

void KafkaReader::learn_topic(std::size_t topic, const TopicSurvey& survey) {
  auto& state = topics_[topic];
  const auto& name = options_.topics[topic].name;
  if (survey.error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    const auto meaning = meaning_of(survey.error);
    if (meaning == ErrorMeaning::refused) return fail(refused(survey.error, name));
    if (meaning == ErrorMeaning::unknown_topic && !state.missing && confirmed(topic))
      set_missing(topic, state.known ? topic_deleted(name) : no_such_topic(name));
    return;
  }
  const auto had = state.partitions;
  const auto has = survey.partitions.size();
  state.asked_partitions = has;
  if (has < had) {
    if (confirmed(topic)) {
      state.missing.reset();  // it is back, as another
      halt_topic(topic, partitions_removed(name, static_cast<int>(had), static_cast<int>(has)));
    }
    return;
  }
  state.doubted_since.reset();
  state.missing.reset();
  while (state.partitions < has) {
    add_partition(topic);
    channels_[state.channels[state.partitions - 1]].joining = state.known;
  }
  state.known = true;
}

// A broker that has just come up, or heard of a change late, may deny what exists: only a lasting answer is believed.
bool KafkaReader::confirmed(std::size_t topic) {
  const auto now = std::chrono::steady_clock::now();
  auto& since = topics_[topic].doubted_since;
  if (!since) since = now;
  return now - *since >= options_.confirm_for;
}

// What was read of it stands. When a topic of that name appears it is entered as after a restart: another log shows.
void KafkaReader::set_missing(std::size_t topic, const Failure& why) {
  topics_[topic].missing = why;
  topics_[topic].asked_partitions = 0;
  for (const auto channel : topics_[topic].channels) {
    partitions_[channel].placed = false;
    partitions_[channel].cursor.enter_again(channels_[channel]);
  }
  assignment_due_ = true;
  log_.write(LogLevel::error, "topic " + options_.topics[topic].name, told(why));
}

void KafkaReader::halt_topic(std::size_t topic, const Failure& why) {
  for (const auto channel : topics_[topic].channels) halt(channel, why);
}

void KafkaReader::halt(std::uint32_t channel, const Failure& why) {
  auto& partition = partitions_[channel];
  if (partition.halted) return;
  partition.halted = why;
  partition.placed = false;
  channels_[channel].error = told(why);
  assignment_due_ = true;
  log_.write(LogLevel::error, "halt " + channels_[channel].key,
             channels_[channel].key + " stands still: " + told(why));
}

// The next partition of a topic; one that was retired comes back.
void KafkaReader::add_partition(std::size_t topic) {
  auto& state = topics_[topic];
  if (state.partitions == state.channels.size()) {
    add_channel(topic);
  } else {
    channels_[state.channels[state.partitions]].retired = false;
  }
  ++state.partitions;
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
  channel.next = Channel::kNowhere;
  channel.error = kNotAsked;
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

void KafkaReader::learn_partition(std::uint32_t channel, const PartitionSurvey& answer,
                                  const Survey& survey) {
  auto& state = channels_[channel];
  auto& partition = partitions_[channel];
  state.end.reset();
  if (answer.hi >= 0 && answer.high >= 0) {
    state.end = answer.hi;
    state.open_transaction = answer.high > answer.hi;
    state.end_asked_us = survey.asked_us;
    state.end_asked_ms = survey.asked_ms;
    if (partition.placed && ends_too_early(channel, answer.hi))
      halt(channel, position_beyond_end(state.key, state.next, answer.hi));
    // Of the log that is read, or is about to be from its beginning; not of one that is yet to be recognised.
    const bool ours = partition.placed ? partition.cursor.verified() : state.next < 0;
    if (ours && answer.high >= partition.next_at_survey) partition.known_end = answer.high;
  }
  partition.next_at_survey = state.next;
  if (partition.halted && partition.damages >= kDamagesMax) {
    questions_.beginnings = true;
    if (answer.lo > state.next) {  // the damaged records were removed: a gap like any other
      partition.halted.reset();
      partition.damages = 0;
    }
  }
  if (partition.placed || partition.halted) return;
  partition.lo = answer.lo;
  partition.hi = answer.hi;
  placements_due_ |= answer.lo >= 0 && answer.hi >= 0;
  questions_.beginnings = true;
  questions_.at_once |= answer.hi >= 0 && answer.lo < 0;  // it is new, or was just lost
}

// The end is compared with where we stood before it was asked for; since then we may have read on, rightly.
bool KafkaReader::ends_too_early(std::uint32_t channel, std::int64_t hi) {
  auto& partition = partitions_[channel];
  partition.ends_below = partition.next_at_survey > hi ? partition.ends_below + 1 : 0;
  return partition.ends_below >= kEndsBelowMax;
}

void KafkaReader::place_partitions() {
  placements_due_ = false;
  for (std::uint32_t i = 0; i < partitions_.size(); ++i) {
    const auto& partition = partitions_[i];
    if (!partition.placed && !partition.halted && partition.lo >= 0 && partition.hi >= 0)
      assignment_due_ |= place(i);
  }
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
        halt(channel, position_beyond_end(state.key, state.next, hi));
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
  state.joining = false;
  return true;
}

bool KafkaReader::is_another_log(const Topic& topic, std::uint32_t channel) const {
  const auto& partition = partitions_[channel];
  return topic.missing || (partition.halted && partition.damages < kDamagesMax);
}

SourceReset KafkaReader::reset(std::string_view name) {
  const auto named = [name](const auto& topic) { return topic.name == name; };
  const auto found = std::find_if(options_.topics.begin(), options_.topics.end(), named);
  if (found == options_.topics.end()) return {SourceReset::Outcome::no_such_source, {}, {}};
  auto& topic = topics_[static_cast<std::size_t>(found - options_.topics.begin())];
  SourceReset reset;
  std::vector<std::uint32_t> others;
  for (std::size_t p = 0; p < topic.partitions; ++p) {
    const auto channel = topic.channels[p];
    const bool another = is_another_log(topic, channel);
    if (another && channels_[channel].next >= 0) reset.channels.push_back(begin_anew(channel));
    if (!another) others.push_back(channel);
  }
  if (reset.channels.empty()) {
    reset.outcome = SourceReset::Outcome::nothing_to_reset;
    reset.why =
        "none of its partitions stands still because its log is another than the one that was read";
    return reset;
  }
  for (const auto channel : others) place_anew(channel);  // they may be others by now, too
  for (std::size_t p = std::max<std::size_t>(topic.asked_partitions, 1); p < topic.partitions; ++p)
    channels_[topic.channels[p]].retired = true;
  topic.partitions = std::min(topic.partitions, std::max<std::size_t>(topic.asked_partitions, 1));
  topic.known = false;  // its partitions are not new ones of a topic that is being read
  assignment_due_ = true;
  questions_.beginnings = questions_.at_once = true;
  return reset;
}

// The channel stands nowhere until the bounds of its log are known; what is stored of it is forgotten.
SourceReset::Given KafkaReader::begin_anew(std::uint32_t channel) {
  auto& state = channels_[channel];
  SourceReset::Given given{state.key, state.next, {}};
  auto known_end = partitions_[channel].known_end;
  if (known_end) known_end = std::max(*known_end, state.next);
  InputGap gap{channel, state.next, known_end.value_or(InputGap::kUnknown),
               InputGap::Cause::begun_anew};
  if (known_end) given.unread = static_cast<std::uint64_t>(*known_end - state.next);
  if (given.unread != 0U) gaps_.push_back(gap);
  state.lost_records += given.unread.value_or(0);
  state.next = Channel::kNowhere;
  state.fingerprint = 0;
  state.end.reset();
  state.open_transaction = false;
  state.error = kNotAsked;
  partitions_[channel] = {};
  log_.write(LogLevel::warning, "reset " + state.key,
             state.key + ": begun anew; the old log was read up to " + std::to_string(given.next));
  return given;
}

// Always the whole assignment: a partial one after an error is not reliable in 2.0. What had been fetched ahead is
// fetched again; that is rare.
void KafkaReader::assign() {
  assignment_due_ = false;
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
}

}  // namespace rollcall::kafka
