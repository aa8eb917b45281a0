#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tests/support/kafka_handle.hpp"

namespace rollcall::test {

// Writes records to chosen partitions of the test's Kafka, each exactly once and in order, through a restart of the
// broker too. Used by one thread at a time. A record that cannot be delivered throws, at the latest in flush().
class TestProducer {
 public:
  TestProducer();
  // A transactional producer: between begin() and commit() or abort() nothing is visible to a careful reader.
  explicit TestProducer(const std::string& transactional_id);
  ~TestProducer();
  TestProducer(const TestProducer&) = delete;
  TestProducer& operator=(const TestProducer&) = delete;

  void send(const std::string& topic, int partition, std::string_view payload);
  void send_null(const std::string& topic, int partition);
  // Returns once everything sent so far is acknowledged.
  void flush();

  void begin();
  void commit();
  void abort();

 private:
  void produce(const std::string& topic, int partition, const void* bytes, std::size_t size);
  void throw_if_failed() const;

  std::string failure_;  // of a delivery; written by poll(), so on the caller's thread
  KafkaHandle client_;
};

}  // namespace rollcall::test
