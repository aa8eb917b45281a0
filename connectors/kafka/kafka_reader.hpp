#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "connectors/kafka/kafka_client.hpp"
#include "connectors/kafka/kafka_log.hpp"
#include "connectors/kafka/kafka_options.hpp"
#include "connectors/kafka/kafka_scout.hpp"
#include "connectors/kafka/partition_cursor.hpp"
#include "connectors/kafka/payloads.hpp"
#include "pipeline/ports/record_source.hpp"

namespace rollcall::kafka {

// The channels of a KafkaSource and everything that moves them: records that the client fetched, and what the scout
// heard. Also makes the assignments, as librdkafka 2.0 loses records when those come from another thread.
// Owner:   the source. Runs on: the loop; nothing here waits.
// Limits:  holds the messages of one drain.
// Fails:   fatal only; what has been accepted before is handed out first. What concerns one topic or partition halts that
//          alone and is told in Channel::error.
class KafkaReader {
 public:
  KafkaReader(const Options& options, Client& client, KafkaLog& log);
  KafkaReader(const KafkaReader&) = delete;
  KafkaReader& operator=(const KafkaReader&) = delete;

  // Makes the channels that are sure to exist: those of stored positions, and of every topic the first.
  void begin(const std::vector<SourcePosition>& stored);

  // The client's records and events since the last call. The records live until the next call, or release().
  [[nodiscard]] Result<std::span<const RawRecord>> drain(std::size_t records_max);
  void release();
  // Whether the client may hold more: the last drain was full.
  [[nodiscard]] bool may_have_more() const { return may_have_more_; }

  // Positions move in drain() alone, so that a checkpoint between two drains never splits a gap from its position.
  void learn(const Survey& survey);
  // As RecordSource::reset: what stands still because its log is another than the one that was read. Records that are
  // damaged stay where they are, as nothing was read wrongly.
  [[nodiscard]] SourceReset reset(std::string_view topic);
  // What learn() and drain() would like to know from the scout.
  [[nodiscard]] KafkaScout::Questions take_questions() { return std::exchange(questions_, {}); }

  [[nodiscard]] const std::optional<Failure>& failure() const { return failure_; }
  [[nodiscard]] const std::vector<Channel>& channels() const { return channels_; }
  [[nodiscard]] const Channel* find(const std::string& key) const;
  [[nodiscard]] std::vector<InputGap> take_gaps() { return std::exchange(gaps_, {}); }

 private:
  using Instant = std::chrono::steady_clock::time_point;
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;
  static constexpr int kDamagesMax =
      5;  // a batch that was damaged on its way is whole the next time

  struct Partition {
    PartitionCursor cursor;
    bool placed = false;  // its position lies within the log; only then it is assigned
    // Why it stands still until a person has acted; the other partitions go on.
    std::optional<Failure> halted;
    std::int64_t lo = -1;  // the log's bounds to place it by; -1: not known
    std::int64_t hi = -1;
    std::int64_t next_at_survey = 0;  // what was surely there when the next survey is asked
    int ends_below = 0;               // surveys in a row whose end lies before that
    int resets = 0;                   // times it had to be placed anew since the last record
    int damages = 0;
    std::optional<std::int64_t>
        known_end;  // of the log that was read, when it was last asked; behind all there is
    std::uint32_t last_record = kNone;  // of this drain
  };
  struct Topic {
    const rd_kafka_topic_t* handle = nullptr;
    std::vector<std::uint32_t> channels;   // by partition
    std::size_t partitions = 0;            // of them: those that there are; the others are retired
    std::size_t asked_partitions = 0;      // as metadata had it last
    bool known = false;                    // metadata has named its partitions
    std::optional<Failure> missing;        // it is sure not to be there now
    std::optional<Instant> doubted_since;  // metadata says that it, or some of it, is not there
  };

  std::size_t take_some(std::size_t records_max);
  void take(MessageHandle message, bool last_of_run);
  void take_record(MessageHandle message, std::uint32_t channel, bool last_of_run);
  void take_error(const rd_kafka_message_t& message, std::uint32_t channel);
  void take_client_events();
  void finish_drain();
  [[nodiscard]] std::uint32_t channel_of(const rd_kafka_message_t& message) const;
  void place_anew(std::uint32_t channel);

  void learn_topic(std::size_t topic, const TopicSurvey& survey);
  [[nodiscard]] bool confirmed(std::size_t topic);
  void set_missing(std::size_t topic, const Failure& why);
  void halt(std::uint32_t channel, const Failure& why);
  void halt_topic(std::size_t topic, const Failure& why);
  void lose_brokers(const std::string& why);
  void place_partitions();
  void add_channel(std::size_t topic);
  void add_partition(std::size_t topic);
  [[nodiscard]] bool is_another_log(const Topic& topic, std::uint32_t channel) const;
  SourceReset::Given begin_anew(std::uint32_t channel);
  [[nodiscard]] PartitionSurvey survey_of(const Survey& survey, std::size_t topic,
                                          std::size_t number) const;
  void learn_partition(std::uint32_t channel, const PartitionSurvey& partition,
                       const Survey& survey);
  [[nodiscard]] std::string error_of(std::size_t topic, std::uint32_t channel,
                                     const PartitionSurvey& survey) const;
  bool place(std::uint32_t channel);
  bool ends_too_early(std::uint32_t channel, std::int64_t hi);
  void assign();
  void fail(Failure failure);

  const Options& options_;
  Client& client_;
  KafkaLog& log_;
  std::map<std::string, SourcePosition> stored_;

  std::vector<Channel> channels_;
  std::vector<Partition> partitions_;  // beside channels_
  std::vector<Topic> topics_;          // as in Options::topics
  std::map<std::string, std::uint32_t> channel_by_key_;

  // Messages that are taken in one go: few enough to stay in the cache until they are given back.
  static constexpr std::size_t kPiece = 128;
  std::array<rd_kafka_message_t*, kPiece> messages_{};
  Payloads payloads_;  // of records_
  std::vector<RawRecord> records_;
  std::vector<std::uint32_t> touched_;
  std::vector<InputGap> gaps_;
  KafkaScout::Questions questions_;
  std::optional<Failure> failure_;
  bool may_have_more_ = false;
  bool placements_due_ = false;
  bool assignment_due_ = false;
  std::int64_t brokers_lost_us_ = 0;  // when the client had none left, by the steady clock
};

}  // namespace rollcall::kafka
