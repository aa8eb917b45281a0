#include "tests/support/topics.hpp"

#include <array>
#include <exception>
#include <stdexcept>
#include <unistd.h>

#include "tests/support/kafka_handle.hpp"
#include "tests/support/servers.hpp"
#include "tests/support/wait.hpp"

namespace rollcall::test {
namespace {

constexpr int kAdminMs = 30'000;

using QueueHandle = Handle<rd_kafka_queue_t, rd_kafka_queue_destroy>;
using EventHandle = Handle<rd_kafka_event_t, rd_kafka_event_destroy>;
using NewTopicHandle = Handle<rd_kafka_NewTopic_t, rd_kafka_NewTopic_destroy>;
using DeleteTopicHandle = Handle<rd_kafka_DeleteTopic_t, rd_kafka_DeleteTopic_destroy>;
using NewPartitionsHandle = Handle<rd_kafka_NewPartitions_t, rd_kafka_NewPartitions_destroy>;
using DeleteRecordsHandle = Handle<rd_kafka_DeleteRecords_t, rd_kafka_DeleteRecords_destroy>;

void check(rd_kafka_resp_err_t error, const char* text) {
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return;
  throw std::runtime_error(std::string{rd_kafka_err2name(error)} + ": " + (text ? text : ""));
}

void check_topics(const rd_kafka_topic_result_t** results, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    check(rd_kafka_topic_result_error(results[i]), rd_kafka_topic_result_error_string(results[i]));
  }
}

// One request of the admin API and its answer.
class Admin {
 public:
  Admin()
      : client_(make_client(RD_KAFKA_PRODUCER, {})), queue_(rd_kafka_queue_new(client_.get())) {}

  void create(rd_kafka_NewTopic_t* topic) {
    rd_kafka_CreateTopics(client_.get(), &topic, 1, nullptr, queue_.get());
    const EventHandle event = answer();
    std::size_t count = 0;
    check_topics(rd_kafka_CreateTopics_result_topics(
                     rd_kafka_event_CreateTopics_result(event.get()), &count),
                 count);
  }

  void remove(rd_kafka_DeleteTopic_t* topic) {
    rd_kafka_DeleteTopics(client_.get(), &topic, 1, nullptr, queue_.get());
    const EventHandle event = answer();
    std::size_t count = 0;
    check_topics(rd_kafka_DeleteTopics_result_topics(
                     rd_kafka_event_DeleteTopics_result(event.get()), &count),
                 count);
  }

  void grow(rd_kafka_NewPartitions_t* partitions) {
    rd_kafka_CreatePartitions(client_.get(), &partitions, 1, nullptr, queue_.get());
    const EventHandle event = answer();
    std::size_t count = 0;
    check_topics(rd_kafka_CreatePartitions_result_topics(
                     rd_kafka_event_CreatePartitions_result(event.get()), &count),
                 count);
  }

  void delete_records(rd_kafka_DeleteRecords_t* records) {
    rd_kafka_DeleteRecords(client_.get(), &records, 1, nullptr, queue_.get());
    (void)answer();
  }

  // Until every partition has a leader: a topic that was just created may not have.
  [[nodiscard]] bool knows(const std::string& topic, int partitions) {
    const rd_kafka_metadata_t* metadata = nullptr;
    const Handle<rd_kafka_topic_t, rd_kafka_topic_destroy> handle(
        rd_kafka_topic_new(client_.get(), topic.c_str(), nullptr));
    if (rd_kafka_metadata(client_.get(), 0, handle.get(), &metadata, kAdminMs) != 0) return false;
    bool all = metadata->topic_cnt == 1 && metadata->topics[0].partition_cnt == partitions;
    for (int i = 0; all && i < partitions; ++i) all = metadata->topics[0].partitions[i].leader >= 0;
    rd_kafka_metadata_destroy(metadata);
    return all;
  }

 private:
  EventHandle answer() {
    EventHandle event(rd_kafka_queue_poll(queue_.get(), kAdminMs));
    if (!event) throw std::runtime_error("Kafka did not answer an admin request");
    check(rd_kafka_event_error(event.get()), rd_kafka_event_error_string(event.get()));
    return event;
  }

  KafkaHandle client_;
  QueueHandle queue_;
};

}  // namespace

TestTopic::TestTopic(const std::string& label, int partitions) : partitions_(partitions) {
  static int count = 0;
  name_ = label + "-" + std::to_string(::getpid()) + "-" + std::to_string(++count);
  create();
}

void TestTopic::create() {
  std::array<char, 512> error{};
  const NewTopicHandle topic(
      rd_kafka_NewTopic_new(name_.c_str(), partitions_, 1, error.data(), error.size()));
  if (!topic) throw std::runtime_error(error.data());
  Admin admin;
  admin.create(topic.get());
  if (!wait_until(seconds{30}, [&] { return admin.knows(name_, partitions_); })) {
    throw std::runtime_error("topic " + name_ + " has no leader");
  }
}

TestTopic::~TestTopic() {
  try {
    remove();
  } catch (const std::exception&) {
    // The whole server goes at the end of the run.
  }
}

void TestTopic::remove() {
  if (removed_) return;
  removed_ = true;
  const DeleteTopicHandle topic(rd_kafka_DeleteTopic_new(name_.c_str()));
  Admin().remove(topic.get());
}

void TestTopic::create_again(int partitions) {
  if (partitions > 0) partitions_ = partitions;
  // Kafka answers a deletion before it is through with it.
  const bool created = wait_until(seconds{30}, [this] {
    try {
      create();
      return true;
    } catch (const std::exception&) {
      return false;
    }
  });
  if (!created) throw std::runtime_error("topic " + name_ + " cannot be created again");
  removed_ = false;
}

void TestTopic::add_partitions(int total) {
  std::array<char, 512> error{};
  const NewPartitionsHandle partitions(rd_kafka_NewPartitions_new(
      name_.c_str(), static_cast<std::size_t>(total), error.data(), error.size()));
  if (!partitions) throw std::runtime_error(error.data());
  Admin admin;
  admin.grow(partitions.get());
  partitions_ = total;
  if (!wait_until(seconds{30}, [&] { return admin.knows(name_, partitions_); })) {
    throw std::runtime_error("topic " + name_ + " did not grow");
  }
}

void TestTopic::delete_records_before(int partition, std::int64_t offset) const {
  const PartitionListHandle list(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(list.get(), name_.c_str(), partition)->offset = offset;
  const DeleteRecordsHandle records(rd_kafka_DeleteRecords_new(list.get()));
  Admin().delete_records(records.get());
}

}  // namespace rollcall::test
