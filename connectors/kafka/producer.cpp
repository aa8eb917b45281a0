#include "connectors/kafka/producer.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "connectors/kafka/kafka_failure.hpp"
#include "connectors/kafka/kafka_handles.hpp"

namespace rollcall::kafka {

namespace {

constexpr std::size_t kErrorTextBytes = 512;
constexpr int kFullQueueWaitMs = 100;
constexpr int kInitMs = 30'000;
constexpr int kCreateMs = 30'000;

int to_ms(std::chrono::milliseconds duration) { return static_cast<int>(duration.count()); }

Result<void> checked(rd_kafka_error_t* raw) {
  const ErrorHandle error{raw};
  if (!error) return {};
  return transient(rd_kafka_error_string(error.get()));
}

}  // namespace

struct Producer::Impl {
  std::map<std::string, TopicHandle> topics;  // go before the client does
  std::uint64_t failed = 0;
  std::string failure;
  ClientHandle client;

  ~Impl() {
    if (client)
      (void)rd_kafka_purge(client.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    topics.clear();
  }

  void note(rd_kafka_resp_err_t error) {
    ++failed;
    failure = words_for(error);
  }

  static void on_delivery(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) static_cast<Impl*>(opaque)->note(message->err);
  }

  rd_kafka_topic_t* topic(const std::string& name) {
    auto& handle = topics[name];
    if (!handle) handle.reset(rd_kafka_topic_new(client.get(), name.c_str(), nullptr));
    return handle.get();
  }

  // librdkafka takes the value as mutable, but copies it.
  void produce(const std::string& name, std::string_view key, const char* value, std::size_t bytes,
               std::int32_t partition) {
    for (;;) {
      const auto done =
          rd_kafka_produce(topic(name), partition, RD_KAFKA_MSG_F_COPY, const_cast<char*>(value),
                           bytes, key.data(), key.size(), nullptr);
      if (done == 0) return;
      const auto error = rd_kafka_last_error();
      if (error != RD_KAFKA_RESP_ERR__QUEUE_FULL) return note(error);
      rd_kafka_poll(client.get(), kFullQueueWaitMs);
    }
  }
};

Producer::Producer(const ProducerOptions& options) : impl_(std::make_unique<Impl>()) {
  ConfHandle conf{rd_kafka_conf_new()};
  std::array<char, kErrorTextBytes> text{};
  auto properties = options.properties;
  properties.emplace("linger.ms", "5");
  properties["bootstrap.servers"] = options.brokers;
  if (!options.transactional_id.empty()) properties["transactional.id"] = options.transactional_id;
  for (const auto& [name, value] : properties) {
    if (rd_kafka_conf_set(conf.get(), name.c_str(), value.c_str(), text.data(), text.size()) !=
        RD_KAFKA_CONF_OK) {
      throw std::runtime_error("kafka producer: " + std::string(text.data()));
    }
  }
  rd_kafka_conf_set_opaque(conf.get(), impl_.get());
  rd_kafka_conf_set_dr_msg_cb(conf.get(), Impl::on_delivery);
  impl_->client.reset(rd_kafka_new(RD_KAFKA_PRODUCER, conf.get(), text.data(), text.size()));
  if (!impl_->client) throw std::runtime_error("kafka producer: " + std::string(text.data()));
  (void)conf.release();
  if (options.transactional_id.empty()) return;
  const auto ready = checked(rd_kafka_init_transactions(impl_->client.get(), kInitMs));
  if (!ready) throw std::runtime_error("kafka producer: " + ready.error().message);
}

Producer::~Producer() = default;

void Producer::produce(const std::string& topic, std::string_view key, std::string_view payload,
                       std::int32_t partition) {
  impl_->produce(topic, key, payload.data() == nullptr ? "" : payload.data(), payload.size(),
                 partition);
  rd_kafka_poll(impl_->client.get(), 0);
}

void Producer::produce_null(const std::string& topic, std::string_view key,
                            std::int32_t partition) {
  impl_->produce(topic, key, nullptr, 0, partition);
}

Result<void> Producer::flush(std::chrono::milliseconds deadline) {
  const auto error = rd_kafka_flush(impl_->client.get(), to_ms(deadline));
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
    return transient("not everything is acknowledged: " + words_for(error));
  if (impl_->failed == 0) return {};
  const auto failed = std::exchange(impl_->failed, 0);
  return transient(std::to_string(failed) + " records were not delivered: " + impl_->failure);
}

Result<void> Producer::begin() { return checked(rd_kafka_begin_transaction(impl_->client.get())); }

Result<void> Producer::commit(std::chrono::milliseconds deadline) {
  return checked(rd_kafka_commit_transaction(impl_->client.get(), to_ms(deadline)));
}

Result<void> Producer::abort(std::chrono::milliseconds deadline) {
  return checked(rd_kafka_abort_transaction(impl_->client.get(), to_ms(deadline)));
}

Result<void> Producer::create_topic(const std::string& name, int partitions,
                                    const std::map<std::string, std::string>& config) {
  std::array<char, kErrorTextBytes> text{};
  NewTopicHandle topic{
      rd_kafka_NewTopic_new(name.c_str(), partitions, -1, text.data(), text.size())};
  if (!topic)
    return misconfigured("topic " + name + ": " + text.data(), "Correct its name or partitions");
  for (const auto& [key, value] : config)
    (void)rd_kafka_NewTopic_set_config(topic.get(), key.c_str(), value.c_str());
  const QueueHandle queue{rd_kafka_queue_new(impl_->client.get())};
  const AdminOptionsHandle options{
      rd_kafka_AdminOptions_new(impl_->client.get(), RD_KAFKA_ADMIN_OP_CREATETOPICS)};
  // The broker answers once the topic is there.
  (void)rd_kafka_AdminOptions_set_operation_timeout(options.get(), kCreateMs, text.data(),
                                                    text.size());
  auto* raw = topic.get();
  rd_kafka_CreateTopics(impl_->client.get(), &raw, 1, options.get(), queue.get());
  const EventHandle event{rd_kafka_queue_poll(queue.get(), kCreateMs)};
  if (!event) return transient("topic " + name + ": no answer");
  if (rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return transient("topic " + name + ": " + rd_kafka_event_error_string(event.get()));
  }
  std::size_t count = 0;
  const auto* const* results =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event.get()), &count);
  const auto error = count == 1 ? rd_kafka_topic_result_error(results[0]) : RD_KAFKA_RESP_ERR__FAIL;
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR || error == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
    return {};
  return transient("topic " + name + ": " + words_for(error));
}

}  // namespace rollcall::kafka
