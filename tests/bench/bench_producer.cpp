// Fills a cluster with expected and processed events of which everything is known beforehand, and prints what a correct
// reconciliation must find.
// Usage: bench_producer BROKERS int|u64|uuid|nested EVENTS_PER_SIDE BATCHES PARTITIONS [SEED] [PREFIX]
// Topics: PREFIX.expected and PREFIX.processed (rollcall.*), created if absent. Key: the id.
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <librdkafka/rdkafka.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/kafka/kafka_handles.hpp"
#include "connectors/kafka/producer.hpp"
#include "tests/bench/bench_events.hpp"

namespace {

using namespace rollcall::kafka;
using namespace rollcall::bench;

struct Plan {
  std::string brokers;
  Kind kind = Kind::integer;
  std::uint64_t events = 0;
  std::uint64_t batches = 1;
  int partitions = 4;
  std::uint64_t seed = 1;
  std::string prefix = "rollcall";
};

// What happens to record n: of 1,000 each, one is missing, one is duplicated, one has an unexpected neighbour.
enum class Fate { matched, missing, duplicated, unexpected };
Fate fate_of(const Plan& plan, std::uint64_t n) {
  switch (mix(plan.seed * 1'000'003 + n) % 1000) {
    case 0:
      return Fate::missing;
    case 1:
      return Fate::duplicated;
    case 2:
      return Fate::unexpected;
    default:
      return Fate::matched;
  }
}

Line line_of(const Plan& plan, std::uint64_t n, bool unexpected = false) {
  return line_of(plan.kind, plan.batches, plan.seed, n, unexpected);
}

// Raw produce_batch: the wrapper's record by record would be the bottleneck.
class Sink {
 public:
  Sink(const Plan& plan, const std::string& topic) : partitions_(plan.partitions) {
    ConfHandle conf{rd_kafka_conf_new()};
    const std::array<std::array<const char*, 2>, 7> properties{
        {{"bootstrap.servers", plan.brokers.c_str()},
         {"queue.buffering.max.messages", "2000000"},
         {"queue.buffering.max.kbytes", "524288"},
         {"linger.ms", "50"},
         {"batch.num.messages", "50000"},
         {"batch.size", "900000"},
         {"enable.idempotence", "true"}}};
    std::array<char, 512> text{};
    for (const auto& [name, value] : properties) {
      if (rd_kafka_conf_set(conf.get(), name, value, text.data(), text.size()) !=
          RD_KAFKA_CONF_OK) {
        throw std::runtime_error(text.data());
      }
    }
    client_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, conf.get(), text.data(), text.size()));
    if (!client_) throw std::runtime_error(text.data());
    (void)conf.release();
    topic_.reset(rd_kafka_topic_new(client_.get(), topic.c_str(), nullptr));
    lines_.reserve(kBatch);
    messages_.reserve(kBatch);
  }

  void add(const Line& line) {
    lines_.push_back(line);
    ++count_;
    if (lines_.size() == kBatch) send();
  }

  std::uint64_t finish() {
    send();
    if (rd_kafka_flush(client_.get(), 120'000) != RD_KAFKA_RESP_ERR_NO_ERROR)
      throw std::runtime_error("not flushed");
    return count_;
  }

 private:
  static constexpr std::size_t kBatch = 5000;

  void send() {
    messages_.assign(lines_.size(), {});
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      auto& line = lines_[i];
      auto& message = messages_[i];
      message.payload = line.text.data();
      message.len = static_cast<std::size_t>(line.size);
      message.key = line.text.data() + line.key_begin;
      message.key_len = static_cast<std::size_t>(line.key_size);
      const std::string_view key(line.text.data() + line.key_begin, message.key_len);
      message.partition = static_cast<std::int32_t>(std::hash<std::string_view>{}(key) %
                                                    static_cast<std::size_t>(partitions_));
    }
    std::size_t sent = 0;
    while (sent < messages_.size()) {
      const auto left = static_cast<int>(messages_.size() - sent);
      (void)rd_kafka_produce_batch(topic_.get(), 0, RD_KAFKA_MSG_F_COPY | RD_KAFKA_MSG_F_PARTITION,
                                   messages_.data() + sent, left);
      while (sent < messages_.size() && messages_[sent].err == RD_KAFKA_RESP_ERR_NO_ERROR) ++sent;
      if (sent == messages_.size()) break;
      if (messages_[sent].err != RD_KAFKA_RESP_ERR__QUEUE_FULL) {
        throw std::runtime_error(rd_kafka_err2str(messages_[sent].err));
      }
      // Behind the first refused one others may have found room: take only what surely has not been sent.
      keep_refused(sent);
      sent = 0;
      rd_kafka_poll(client_.get(), 20);
    }
    lines_.clear();
    rd_kafka_poll(client_.get(), 0);
  }

  void keep_refused(std::size_t from) {
    std::vector<rd_kafka_message_t> refused;
    for (std::size_t i = from; i < messages_.size(); ++i) {
      if (messages_[i].err == RD_KAFKA_RESP_ERR_NO_ERROR) continue;
      refused.push_back(messages_[i]);
      refused.back().err = RD_KAFKA_RESP_ERR_NO_ERROR;
    }
    messages_.swap(refused);
  }

  int partitions_;
  ClientHandle client_;
  TopicHandle topic_;
  std::vector<Line> lines_;
  std::vector<rd_kafka_message_t> messages_;
  std::uint64_t count_ = 0;
};

Plan plan_of(int argc, char** argv) {
  if (argc < 6)
    throw std::runtime_error(
        "usage: bench_producer BROKERS int|u64|uuid|nested EVENTS_PER_SIDE BATCHES "
        "PARTITIONS [SEED] [PREFIX]");
  Plan plan;
  plan.brokers = argv[1];
  plan.kind = kind_of(argv[2]);
  plan.events = std::strtoull(argv[3], nullptr, 10);
  plan.batches = std::strtoull(argv[4], nullptr, 10);
  plan.partitions = std::atoi(argv[5]);
  if (argc > 6) plan.seed = std::strtoull(argv[6], nullptr, 10);
  if (argc > 7) plan.prefix = argv[7];
  if (plan.batches == 0 || plan.partitions <= 0)
    throw std::runtime_error("batches and partitions must be positive");
  return plan;
}

void run(const Plan& plan) {
  Producer admin({plan.brokers, "", {}});
  for (const auto* side : {".expected", ".processed"}) {
    const auto created = admin.create_topic(plan.prefix + side, plan.partitions);
    if (!created) throw std::runtime_error(created.error().message);
  }
  Sink expected(plan, plan.prefix + ".expected");
  Sink processed(plan, plan.prefix + ".processed");
  std::array<std::uint64_t, 4> fates{};
  const auto from = std::chrono::steady_clock::now();
  for (std::uint64_t n = 0; n < plan.events; ++n) {
    const auto fate = fate_of(plan, n);
    ++fates[static_cast<std::size_t>(fate)];
    const auto line = line_of(plan, n);
    expected.add(line);
    if (fate != Fate::missing) processed.add(line);
    if (fate == Fate::duplicated) processed.add(line);
    if (fate == Fate::unexpected) processed.add(line_of(plan, n, true));
  }
  const auto expected_events = expected.finish();
  const auto processed_events = processed.finish();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - from;
  const auto u = [](std::uint64_t x) { return static_cast<unsigned long long>(x); };
  std::printf(
      "{\"expected_events\":%llu,\"processed_events\":%llu,\"matched\":%llu,\"missing\":%llu,"
      "\"unexpected\":%llu,\"duplicate_processed\":%llu,\"bytes_per_event\":%d,\"events_per_"
      "second\":%.0f}\n",
      u(expected_events), u(processed_events), u(plan.events - fates[1]), u(fates[1]), u(fates[3]),
      u(fates[2]), line_of(plan, 0).size,
      static_cast<double>(expected_events + processed_events) / took.count());
}

}  // namespace

int main(int argc, char** argv) {
  try {
    run(plan_of(argc, argv));
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
