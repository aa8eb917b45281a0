#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace rollcall::kafka {

// A Kafka cluster within this process: librdkafka's mock, for the demo and for tests. Listens on a port of 127.0.0.1.
// Owner:   whoever wants a Kafka without installing one; outlives its clients.
// Runs on: one thread at a time; serves from librdkafka's own thread.
// Limits:  keeps at most 5 MiB of each partition, oldest dropped. Transactions are accepted but never hidden, topics
//          cannot be deleted and do not grow.
// Fails:   constructor and create_topic throw std::runtime_error.
class EmbeddedBroker {
 public:
  EmbeddedBroker();
  ~EmbeddedBroker();
  EmbeddedBroker(const EmbeddedBroker&) = delete;
  EmbeddedBroker& operator=(const EmbeddedBroker&) = delete;

  [[nodiscard]] std::string brokers() const;  // HOST:PORT
  void create_topic(const std::string& name, int partitions);

  // For tests: what goes wrong with brokers.
  void set_down();
  void set_up();
  // The next `count` fetches fail with this code of Kafka's protocol.
  void fail_fetches(std::int16_t code, int count);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rollcall::kafka
