#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <random>
#include <thread>

#include "tests/crash/topic_set.hpp"
#include "tests/crash/workload.hpp"
#include "tests/support/producer.hpp"
#include "tests/support/wait.hpp"

namespace rollcall::test {

// Lets events flow: a thread that writes a workload to its topics at a steady pace until it is stopped.
class Feeder {
 public:
  struct Options {
    std::uint64_t seed = 1;
    int records_per_tick = 100;
    milliseconds tick{10};
    bool transactions = false;  // now and then one that is committed and one that is given up
  };

  Feeder(const TopicSet& topics, Options options);
  ~Feeder();
  Feeder(const Feeder&) = delete;
  Feeder& operator=(const Feeder&) = delete;

  // Returns once everything written is acknowledged; throws what went wrong on the way.
  void stop();
  [[nodiscard]] std::uint64_t written() const { return written_; }

 private:
  void run();
  void write(TestProducer& producer, const WorkloadRecord& record);
  void transact(TestProducer& producer);

  const TopicSet& topics_;
  Options options_;
  Workload workload_;
  std::mt19937_64 random_;
  std::atomic<bool> stopping_{false};
  std::atomic<std::uint64_t> written_{0};
  std::exception_ptr failure_;
  std::thread thread_;
};

}  // namespace rollcall::test
