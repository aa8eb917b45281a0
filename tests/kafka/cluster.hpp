#pragma once

#include <doctest/doctest.h>
#include <set>
#include <string>

#include "connectors/kafka/embedded_broker.hpp"
#include "connectors/kafka/producer.hpp"
#include "tests/kafka/source_under_test.hpp"

namespace rollcall::kafka::test {

// A broker within this process with one topic, "t".
struct Cluster {
  explicit Cluster(int partitions = 3) { broker.create_topic("t", partitions); }

  void produce(int from, int to, std::int32_t partition = Producer::kAnyPartition) {
    for (int i = from; i < to; ++i)
      producer.produce("t", std::to_string(i), "record " + std::to_string(i), partition);
    REQUIRE(producer.flush(std::chrono::seconds{10}).has_value());
  }
  [[nodiscard]] Options options() const { return quick_options(broker.brokers(), {"t"}); }

  EmbeddedBroker broker;
  Producer producer{{broker.brokers(), "", {}}};
};

inline std::multiset<std::string> all(const SourceUnderTest& source) {
  std::multiset<std::string> payloads;
  for (const auto& [key, list] : source.payloads) payloads.insert(list.begin(), list.end());
  return payloads;
}

inline std::multiset<std::string> numbered(int from, int to) {
  std::multiset<std::string> payloads;
  for (int i = from; i < to; ++i) payloads.insert("record " + std::to_string(i));
  return payloads;
}

}  // namespace rollcall::kafka::test
