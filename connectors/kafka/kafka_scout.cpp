#include "connectors/kafka/kafka_scout.hpp"

#include <algorithm>
#include <atomic>
#include <boost/asio/post.hpp>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <pthread.h>
#include <utility>

#include "connectors/kafka/kafka_failure.hpp"

namespace rollcall::kafka {

using SteadyClock = std::chrono::steady_clock;

namespace {

// Timestamps with a meaning of their own in the protocol's question for offsets.
constexpr std::int64_t kLatest = -1;
constexpr std::int64_t kEarliest = -2;

constexpr std::chrono::milliseconds kWakeInterval{10};
constexpr int kWakeTimeoutMs = 100;
std::int64_t wall_ms() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

std::int64_t steady_us() {
  const auto now = SteadyClock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

}  // namespace

struct KafkaScout::State {
  State(boost::asio::any_io_executor executor, std::shared_ptr<Client> kafka,
        const Options& options, Sink to)
      : loop(std::move(executor)),
        client(std::move(kafka)),
        ends_interval(options.ends_interval),
        ask_timeout_ms(static_cast<int>(options.ask_timeout.count())),
        pauses_when_full(client->pauses_when_full),
        sink(std::move(to)) {
    for (const auto& topic : options.topics) names.push_back(topic.name);
  }

  static void run(const std::shared_ptr<State>& state);
  bool wait_for_turn(Questions& questions);
  void wait_until_due(std::unique_lock<std::mutex>& lock);
  void wake_brokers();
  [[nodiscard]] Survey survey(const Questions& questions);
  void survey_topics(Survey& survey);
  void survey_bounds(Survey& survey, rd_kafka_t* handle, std::int64_t which,
                     std::int64_t PartitionSurvey::*bound);
  [[nodiscard]] PartitionListHandle known_partitions(std::int64_t offset) const;
  void deliver(const std::shared_ptr<State>& self, Survey survey);

  const boost::asio::any_io_executor loop;
  std::shared_ptr<Client> client;
  const std::chrono::milliseconds ends_interval;
  const int ask_timeout_ms;
  const bool pauses_when_full;
  std::vector<std::string> names;

  // The thread's own.
  struct Place {
    std::size_t topic = 0;
    std::int32_t partition = 0;
  };
  std::vector<TopicSurvey> known;               // what metadata said last
  std::map<std::int32_t, Place> one_of_broker;  // some partition that each broker leads
  SteadyClock::time_point ends_due = SteadyClock::now();

  // Shared.
  std::mutex mutex;
  std::condition_variable changed;
  Questions asked;
  std::atomic<bool> fetching = false;  // since the brokers were woken last; set under the mutex
  bool delivering = false;
  bool stopping = false;
  bool ended = false;

  // The loop's own.
  Sink sink;
};

KafkaScout::KafkaScout(boost::asio::any_io_executor loop, std::shared_ptr<Client> client,
                       const Options& options, Sink sink)
    : state_(
          std::make_shared<State>(std::move(loop), std::move(client), options, std::move(sink))) {
  thread_ = std::thread([state = state_] { State::run(state); });
  (void)pthread_setname_np(thread_.native_handle(), "kafka-scout");
}

KafkaScout::~KafkaScout() { leave(); }

void KafkaScout::ask(Questions questions) {
  {
    const std::lock_guard lock(state_->mutex);
    state_->asked.beginnings |= questions.beginnings;
    state_->asked.at_once |= questions.at_once;
  }
  state_->changed.notify_one();
}

void KafkaScout::keep_fetching() {
  if (!state_->pauses_when_full || state_->fetching.load(std::memory_order_relaxed)) return;
  {
    const std::lock_guard lock(state_->mutex);
    state_->fetching = true;
  }
  state_->changed.notify_one();
}

void KafkaScout::stop() {
  state_->sink = nullptr;
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->changed.notify_one();
}

bool KafkaScout::has_ended() const {
  const std::lock_guard lock(state_->mutex);
  return state_->ended;
}

void KafkaScout::leave() {
  stop();
  if (!thread_.joinable()) return;
  if (has_ended()) {
    thread_.join();
  } else {
    thread_.detach();
  }
}

void KafkaScout::State::run(const std::shared_ptr<State>& state) {
  Questions questions;
  while (state->wait_for_turn(questions)) state->deliver(state, state->survey(questions));
  state->client.reset();  // may take its time, or forever
  const std::lock_guard lock(state->mutex);
  state->ended = true;
}

bool KafkaScout::State::wait_for_turn(Questions& questions) {
  std::unique_lock lock(mutex);
  changed.wait(lock, [this] { return stopping || !delivering; });
  wait_until_due(lock);
  questions = std::exchange(asked, {});
  return !stopping;
}

void KafkaScout::State::wait_until_due(std::unique_lock<std::mutex>& lock) {
  const auto due = ends_due;
  const auto wanted = [this] { return stopping || asked.at_once; };
  while (!wanted() && SteadyClock::now() < due) {
    (void)changed.wait_until(lock, due, [&] { return wanted() || fetching; });
    if (wanted() || !fetching.exchange(false)) continue;
    lock.unlock();
    wake_brokers();
    lock.lock();
    (void)changed.wait_until(lock, std::min(due, SteadyClock::now() + kWakeInterval), wanted);
  }
}

void KafkaScout::State::wake_brokers() {
  if (one_of_broker.empty()) return;
  const PartitionListHandle list{
      rd_kafka_topic_partition_list_new(static_cast<int>(one_of_broker.size()))};
  for (const auto& [broker, place] : one_of_broker) {
    auto* entry =
        rd_kafka_topic_partition_list_add(list.get(), names[place.topic].c_str(), place.partition);
    entry->offset = kLatest;
  }
  (void)rd_kafka_offsets_for_times(client->handle, list.get(), kWakeTimeoutMs);
}

Survey KafkaScout::State::survey(const Questions& questions) {
  Survey survey;
  ends_due = SteadyClock::now() + ends_interval;
  survey.asked_us = steady_us();
  survey.asked_ms = wall_ms();
  survey_topics(survey);
  survey.topics = known;
  if (questions.beginnings) survey_bounds(survey, client->handle, kEarliest, &PartitionSurvey::lo);
  survey_bounds(survey, client->uncommitted, kLatest, &PartitionSurvey::high);
  // Under read_committed the latest offset is the last stable one.
  survey_bounds(survey, client->handle, kLatest, &PartitionSurvey::hi);
  return survey;
}

void KafkaScout::State::survey_topics(Survey& survey) {
  known.resize(names.size());
  one_of_broker.clear();
  for (std::size_t i = 0; i < names.size(); ++i) {
    const rd_kafka_metadata_t* answer = nullptr;
    const auto error =
        rd_kafka_metadata(client->handle, 0, client->topics[i].get(), &answer, ask_timeout_ms);
    const MetadataHandle metadata{answer};
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
      // Nobody answers: the others need not wait for the same time-out.
      for (std::size_t rest = i; rest < names.size(); ++rest) known[rest].error = error;
      if (meaning_of(error) == ErrorMeaning::passing) survey.error = error;
      return;
    }
    const auto* topic = metadata->topic_cnt == 1 ? &metadata->topics[0] : nullptr;
    known[i].error = topic == nullptr ? RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART : topic->err;
    if (known[i].error != RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    known[i].partitions.assign(static_cast<std::size_t>(topic->partition_cnt), {});
    for (int p = 0; p < topic->partition_cnt; ++p) {
      one_of_broker[topic->partitions[p].leader] = {i, topic->partitions[p].id};
    }
  }
}

PartitionListHandle KafkaScout::State::known_partitions(std::int64_t offset) const {
  PartitionListHandle list{rd_kafka_topic_partition_list_new(1)};
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (known[i].error != RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    for (std::size_t p = 0; p < known[i].partitions.size(); ++p) {
      auto* entry = rd_kafka_topic_partition_list_add(list.get(), names[i].c_str(),
                                                      static_cast<std::int32_t>(p));
      entry->offset = offset;
    }
  }
  return list;
}

void KafkaScout::State::survey_bounds(Survey& survey, rd_kafka_t* handle, std::int64_t which,
                                      std::int64_t PartitionSurvey::*bound) {
  if (survey.error != RD_KAFKA_RESP_ERR_NO_ERROR) return;
  const auto list = known_partitions(which);
  if (list->cnt == 0) return;
  survey.error = rd_kafka_offsets_for_times(handle, list.get(), ask_timeout_ms);
  const bool some =
      survey.error == RD_KAFKA_RESP_ERR_NO_ERROR || survey.error == RD_KAFKA_RESP_ERR__TIMED_OUT;
  int entry = 0;
  for (auto& topic : survey.topics) {
    if (topic.error != RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    for (auto& partition : topic.partitions) {
      const auto& answer = list->elems[entry++];
      const bool answered = some && answer.err == RD_KAFKA_RESP_ERR_NO_ERROR && answer.offset >= 0;
      if (answered) partition.*bound = answer.offset;
      if (!answered)
        partition.error = answer.err != RD_KAFKA_RESP_ERR_NO_ERROR ? answer.err : survey.error;
    }
  }
}

void KafkaScout::State::deliver(const std::shared_ptr<State>& self, Survey survey) {
  const std::lock_guard lock(mutex);
  if (stopping) return;  // the loop may be gone
  delivering = true;
  boost::asio::post(loop, [self, survey = std::move(survey)] {
    if (self->sink) self->sink(survey);
    {
      const std::lock_guard taken(self->mutex);
      self->delivering = false;
    }
    self->changed.notify_one();
  });
}

}  // namespace rollcall::kafka
