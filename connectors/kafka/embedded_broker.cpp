#include "connectors/kafka/embedded_broker.hpp"

#include <array>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <stdexcept>
#include <vector>

#include "connectors/kafka/kafka_failure.hpp"
#include "connectors/kafka/kafka_handles.hpp"

namespace rollcall::kafka {

namespace {

using MockHandle = Handle<rd_kafka_mock_cluster_t, rd_kafka_mock_cluster_destroy>;

constexpr std::int32_t kBroker = 1;
constexpr std::int16_t kFetch = 1;  // the protocol's number of the request

ClientHandle make_host() {
  ConfHandle conf{rd_kafka_conf_new()};
  // The cluster lives in a client that is never used as one and would complain that it has no brokers.
  rd_kafka_conf_set_log_cb(conf.get(), nullptr);
  std::array<char, 512> text{};
  ClientHandle host{rd_kafka_new(RD_KAFKA_PRODUCER, conf.get(), text.data(), text.size())};
  if (!host) throw std::runtime_error(std::string("embedded broker: ") + text.data());
  (void)conf.release();
  return host;
}

}  // namespace

struct EmbeddedBroker::Impl {
  ClientHandle host = make_host();
  MockHandle cluster{rd_kafka_mock_cluster_new(host.get(), 1)};
};

EmbeddedBroker::EmbeddedBroker() : impl_(std::make_unique<Impl>()) {
  if (!impl_->cluster) throw std::runtime_error("embedded broker: no port to listen on");
}
EmbeddedBroker::~EmbeddedBroker() = default;

std::string EmbeddedBroker::brokers() const {
  return rd_kafka_mock_cluster_bootstraps(impl_->cluster.get());
}

void EmbeddedBroker::create_topic(const std::string& name, int partitions) {
  const auto error = rd_kafka_mock_topic_create(impl_->cluster.get(), name.c_str(), partitions, 1);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
    throw std::runtime_error("topic " + name + ": " + words_for(error));
}

void EmbeddedBroker::set_down() {
  (void)rd_kafka_mock_broker_set_down(impl_->cluster.get(), kBroker);
}

void EmbeddedBroker::set_up() { (void)rd_kafka_mock_broker_set_up(impl_->cluster.get(), kBroker); }

void EmbeddedBroker::fail_fetches(std::int16_t code, int count) {
  const std::vector<rd_kafka_resp_err_t> codes(static_cast<std::size_t>(count),
                                               static_cast<rd_kafka_resp_err_t>(code));
  rd_kafka_mock_push_request_errors_array(impl_->cluster.get(), kFetch, codes.size(), codes.data());
}

}  // namespace rollcall::kafka
