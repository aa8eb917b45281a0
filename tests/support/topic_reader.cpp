#include "tests/support/topic_reader.hpp"

#include <stdexcept>

#include "tests/support/kafka_handle.hpp"

namespace rollcall::test {
namespace {

constexpr int kPollMs = 60'000;

KafkaHandle make_reader() {
  KafkaHandle reader = make_client(RD_KAFKA_CONSUMER, {{"group.id", "test-oracle"},
                                                       {"enable.auto.commit", "false"},
                                                       {"auto.offset.reset", "error"},
                                                       {"enable.partition.eof", "true"},
                                                       {"fetch.wait.max.ms", "10"},
                                                       {"isolation.level", "read_committed"}});
  rd_kafka_poll_set_consumer(reader.get());
  return reader;
}

}  // namespace

EndOffsets read_all(const std::vector<TopicPartition>& partitions,
                    const std::function<void(const ReadRecord&)>& take) {
  const KafkaHandle reader = make_reader();
  const PartitionListHandle list(
      rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())));
  for (const auto& [topic, partition] : partitions) {
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition)->offset =
        RD_KAFKA_OFFSET_BEGINNING;
  }
  rd_kafka_assign(reader.get(), list.get());
  EndOffsets ends;
  while (ends.size() < partitions.size()) {
    const MessageHandle message(rd_kafka_consumer_poll(reader.get(), kPollMs));
    if (!message) throw std::runtime_error("nothing comes from Kafka");
    const std::string topic = message->rkt ? rd_kafka_topic_name(message->rkt) : "";
    if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      ends[{topic, message->partition}] = message->offset;
    } else if (message->err != 0) {
      throw std::runtime_error(topic + ": " + rd_kafka_message_errstr(message.get()));
    } else {
      take({topic, message->partition, message->offset,
            std::string_view{static_cast<const char*>(message->payload), message->len}});
    }
  }
  rd_kafka_consumer_close(reader.get());
  return ends;
}

}  // namespace rollcall::test
