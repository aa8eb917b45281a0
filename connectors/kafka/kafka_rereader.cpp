#include "connectors/kafka/kafka_rereader.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <map>
#include <numeric>
#include <string>
#include <utility>

#include "connectors/kafka/kafka_client.hpp"
#include "connectors/kafka/kafka_failure.hpp"

namespace rollcall::kafka {

namespace {

using SteadyClock = std::chrono::steady_clock;
using Copies = std::vector<std::optional<RecordCopy>>;

constexpr int kPollMs = 100;
// So many records are rather read past than jumped over: a jump costs a question to the broker.
constexpr std::int64_t kReadPastMax = 1'000;

Failure unanswered(const std::string& why) {
  return transient("Kafka does not answer, and the records could not be read again: " + why);
}

// "topic/partition", as channels are called.
struct TopicPartition {
  std::string topic;
  std::int32_t partition = 0;
};
TopicPartition split(const std::string& channel) {
  TopicPartition split;
  const auto slash = channel.rfind('/');
  split.topic = channel.substr(0, slash);
  const char* const end = channel.data() + channel.size();
  if (slash != std::string::npos)
    (void)std::from_chars(channel.data() + slash + 1, end, split.partition);
  return split;
}

RecordCopy copy_of(const rd_kafka_message_t& message) {
  RecordCopy copy;
  if (message.payload != nullptr)
    copy.payload.assign(static_cast<const char*>(message.payload), message.len);
  rd_kafka_timestamp_type_t type{};
  copy.timestamp_ms = std::max<std::int64_t>(rd_kafka_message_timestamp(&message, &type), 0);
  return copy;
}

// The wanted records of one partition, in the order of their positions.
class PartitionReader {
 public:
  PartitionReader(rd_kafka_t* client, const Options& options, const std::atomic<bool>& stopping,
                  const std::string& channel)
      : client_(client), options_(options), stopping_(stopping), from_(split(channel)) {}

  // `wanted`: positions, ascending, each with where its copy goes.
  Result<void> read(const std::vector<std::pair<std::int64_t, std::size_t>>& wanted,
                    Copies& copies) {
    std::int64_t lo = 0;
    std::int64_t hi = 0;
    const auto error =
        rd_kafka_query_watermark_offsets(client_, from_.topic.c_str(), from_.partition, &lo, &hi,
                                         static_cast<int>(options_.ask_timeout.count()));
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
      // A topic that is no more has no records: that is an answer.
      if (meaning_of(error) == ErrorMeaning::unknown_topic) return {};
      return unanswered(words_for(error));
    }
    std::size_t at = 0;
    while (at < wanted.size() && wanted[at].first < lo) ++at;
    while (at < wanted.size() && wanted[at].first < hi) {
      begin_at(wanted[at].first);
      const auto reached = read_on(wanted, at, copies);
      if (!reached) return reached.error();
      at = *reached;
    }
    (void)rd_kafka_assign(client_, nullptr);
    return {};
  }

 private:
  void begin_at(std::int64_t position) {
    const PartitionListHandle list{rd_kafka_topic_partition_list_new(1)};
    rd_kafka_topic_partition_list_add(list.get(), from_.topic.c_str(), from_.partition)->offset =
        position;
    (void)rd_kafka_assign(client_, list.get());
  }

  // Reads from the place of wanted[at] to the next that is worth a jump, or to the end; returns what is wanted then.
  Result<std::size_t> read_on(const std::vector<std::pair<std::int64_t, std::size_t>>& wanted,
                              std::size_t at, Copies& copies) {
    auto deadline = SteadyClock::now() + options_.ask_timeout;
    std::string trouble = "no answer in time";
    while (SteadyClock::now() < deadline) {
      if (stopping_) return unanswered("the daemon is shutting down");
      const MessageHandle message{rd_kafka_consumer_poll(client_, kPollMs)};
      if (!message) continue;
      if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) return wanted.size();
      if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        // The record was there when we asked for the bounds, and was removed just now; or it cannot be read by anybody.
        const auto meaning = meaning_of(message->err);
        if (meaning == ErrorMeaning::out_of_range || meaning == ErrorMeaning::damaged)
          return at + 1;
        trouble = rd_kafka_message_errstr(message.get());
        continue;
      }
      while (at < wanted.size() && wanted[at].first < message->offset) ++at;
      if (at < wanted.size() && wanted[at].first == message->offset)
        copies[wanted[at++].second] = copy_of(*message);
      if (at == wanted.size() || wanted[at].first > message->offset + kReadPastMax) return at;
      deadline = SteadyClock::now() + options_.ask_timeout;
    }
    return unanswered(trouble);
  }

  rd_kafka_t* client_;
  const Options& options_;
  const std::atomic<bool>& stopping_;
  TopicPartition from_;
};

}  // namespace

Result<Copies> read_again(const Options& options, const std::vector<RecordPlace>& places,
                          const std::atomic<bool>& stopping) {
  auto client = make_rereading_client(options);
  if (!client) return client.error();
  std::map<std::string, std::vector<std::pair<std::int64_t, std::size_t>>> wanted;
  for (std::size_t i = 0; i < places.size(); ++i)
    wanted[places[i].channel].emplace_back(places[i].position, i);
  Copies copies(places.size());
  for (auto& [channel, positions] : wanted) {
    std::sort(positions.begin(), positions.end());
    const auto done =
        PartitionReader(client->get(), options, stopping, channel).read(positions, copies);
    if (!done) return done.error();
  }
  return copies;
}

}  // namespace rollcall::kafka
