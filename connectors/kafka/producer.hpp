#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "pipeline/failure.hpp"

namespace rollcall::kafka {

struct ProducerOptions {
  std::string brokers;
  std::string transactional_id;                   // empty: no transactions
  std::map<std::string, std::string> properties;  // any of librdkafka
};

// Writes records: for the demo, the benchmarks and tests. rollcall itself writes nothing to the topics it reads.
// Owner:   whoever produces. Runs on: one thread at a time; produce() waits only while the queue is full.
// Fails:   the constructor throws std::runtime_error; failed deliveries come out of flush().
class Producer {
 public:
  static constexpr std::int32_t kAnyPartition = -1;  // by the hash of the key

  explicit Producer(const ProducerOptions& options);
  ~Producer();  // what was not flushed is dropped
  Producer(const Producer&) = delete;
  Producer& operator=(const Producer&) = delete;

  // Copies both. Refused records (too large, unknown topic) are counted and come out of flush().
  void produce(const std::string& topic, std::string_view key, std::string_view payload,
               std::int32_t partition = kAnyPartition);
  // A record without a value.
  void produce_null(const std::string& topic, std::string_view key,
                    std::int32_t partition = kAnyPartition);

  // Waits until everything is acknowledged.
  [[nodiscard]] Result<void> flush(std::chrono::milliseconds deadline);

  // Only with a transactional_id.
  [[nodiscard]] Result<void> begin();
  [[nodiscard]] Result<void> commit(std::chrono::milliseconds deadline);
  [[nodiscard]] Result<void> abort(std::chrono::milliseconds deadline);

  // Creates a topic unless it is there. A topic that is there keeps its partitions.
  [[nodiscard]] Result<void> create_topic(const std::string& name, int partitions,
                                          const std::map<std::string, std::string>& config = {});

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rollcall::kafka
