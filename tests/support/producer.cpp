#include "tests/support/producer.hpp"

#include <stdexcept>
#include <utility>
#include <vector>

namespace rollcall::test {
namespace {

constexpr int kTransactionMs = 60'000;
constexpr int kFlushMs = 120'000;
constexpr int kQueueFullPollMs = 100;

using Properties = std::vector<std::pair<std::string, std::string>>;

void check(rd_kafka_error_t* error) {
  if (error == nullptr) return;
  const std::string text = rd_kafka_error_string(error);
  rd_kafka_error_destroy(error);
  throw std::runtime_error("transaction: " + text);
}

// For each record: whether it arrived.
void on_delivery(rd_kafka_t*, const rd_kafka_message_t* message, void* failure) {
  const bool given_up = message->err == RD_KAFKA_RESP_ERR__PURGE_QUEUE ||
                        message->err == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT;  // with its transaction
  if (message->err == 0 || given_up) return;
  *static_cast<std::string*>(failure) = rd_kafka_err2str(message->err);
}

KafkaHandle make_producer(std::string* failure, const std::string& transactional_id) {
  Properties properties{{"enable.idempotence", "true"},
                        {"linger.ms", "2"},
                        {"message.timeout.ms", "60000"},
                        {"reconnect.backoff.max.ms", "500"}};
  if (!transactional_id.empty()) properties.emplace_back("transactional.id", transactional_id);
  return make_client(RD_KAFKA_PRODUCER, properties, [failure](rd_kafka_conf_t* settings) {
    rd_kafka_conf_set_opaque(settings, failure);
    rd_kafka_conf_set_dr_msg_cb(settings, on_delivery);
  });
}

}  // namespace

TestProducer::TestProducer() : client_(make_producer(&failure_, "")) {}

TestProducer::TestProducer(const std::string& transactional_id)
    : client_(make_producer(&failure_, transactional_id)) {
  check(rd_kafka_init_transactions(client_.get(), kTransactionMs));
}

TestProducer::~TestProducer() = default;

void TestProducer::send(const std::string& topic, int partition, std::string_view payload) {
  produce(topic, partition, payload.data(), payload.size());
}

void TestProducer::send_null(const std::string& topic, int partition) {
  produce(topic, partition, nullptr, 0);
}

void TestProducer::produce(const std::string& topic, int partition, const void* bytes,
                           std::size_t size) {
  rd_kafka_resp_err_t error{};
  do {
    error = rd_kafka_producev(client_.get(), RD_KAFKA_V_TOPIC(topic.c_str()),
                              RD_KAFKA_V_PARTITION(partition),
                              RD_KAFKA_V_VALUE(const_cast<void*>(bytes), size),
                              RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
    const bool full = error == RD_KAFKA_RESP_ERR__QUEUE_FULL;
    rd_kafka_poll(client_.get(), full ? kQueueFullPollMs : 0);
  } while (error == RD_KAFKA_RESP_ERR__QUEUE_FULL);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    throw std::runtime_error(topic + ": " + rd_kafka_err2str(error));
  }
  throw_if_failed();
}

void TestProducer::flush() {
  if (rd_kafka_flush(client_.get(), kFlushMs) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    throw std::runtime_error("Kafka did not acknowledge what was sent");
  }
  throw_if_failed();
}

void TestProducer::throw_if_failed() const {
  if (!failure_.empty()) throw std::runtime_error("delivery: " + failure_);
}

void TestProducer::begin() { check(rd_kafka_begin_transaction(client_.get())); }
void TestProducer::commit() { check(rd_kafka_commit_transaction(client_.get(), kTransactionMs)); }
void TestProducer::abort() {
  flush();  // so that what is given up has really been written
  check(rd_kafka_abort_transaction(client_.get(), kTransactionMs));
}

}  // namespace rollcall::test
