#include "tests/crash/feeder.hpp"

#include <memory>
#include <string>
#include <utility>

namespace rollcall::test {
namespace {

constexpr int kTicksPerTransaction = 20;
constexpr int kTransactionRecords = 20;

}  // namespace

Feeder::Feeder(const TopicSet& topics, Options options)
    : topics_(topics),
      options_(options),
      workload_(options.seed),
      random_(options.seed + 1),
      thread_([this] {
        try {
          run();
        } catch (...) {
          failure_ = std::current_exception();
        }
      }) {}

Feeder::~Feeder() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

void Feeder::stop() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

void Feeder::run() {
  TestProducer producer;
  std::unique_ptr<TestProducer> careful;
  if (options_.transactions) careful = std::make_unique<TestProducer>(topics_.expected.name());
  for (int tick = 1; !stopping_; ++tick) {
    for (int i = 0; i < options_.records_per_tick; ++i) write(producer, workload_.next());
    if (careful && tick % kTicksPerTransaction == 0) transact(*careful);
    pause(options_.tick);
  }
  producer.flush();
  if (careful) transact(*careful);  // so that the last offsets are markers, which nobody hands out
}

void Feeder::transact(TestProducer& producer) {
  producer.begin();
  for (int i = 0; i < kTransactionRecords; ++i) write(producer, workload_.next());
  producer.commit();
  producer.begin();
  for (int i = 0; i < kTransactionRecords; ++i) write(producer, workload_.phantom());
  producer.abort();
}

void Feeder::write(TestProducer& producer, const WorkloadRecord& record) {
  const TestTopic* topic = &topics_.expected;
  if (record.target == Target::processed) topic = &topics_.processed;
  if (record.target == Target::events) topic = &topics_.events;
  const int partition =
      static_cast<int>(random_() % static_cast<std::uint64_t>(topic->partitions()));
  if (record.null) {
    producer.send_null(topic->name(), partition);
  } else {
    producer.send(topic->name(), partition, record.payload);
  }
  ++written_;
}

}  // namespace rollcall::test
