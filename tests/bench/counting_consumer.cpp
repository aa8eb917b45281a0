// The ceiling that every other figure is compared with: the client with KafkaSource's settings, records only counted.
// Usage: counting_consumer BROKERS TOPIC[,TOPIC...] RECORDS
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <librdkafka/rdkafka.h>
#include <sstream>
#include <string>
#include <sys/resource.h>

#include "connectors/kafka/kafka_client.hpp"

namespace {

using namespace rollcall::kafka;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kBatch = 1000;
constexpr int kWaitMs = 100;
constexpr std::chrono::seconds kSilenceMax{30};

Options options_of(const std::string& brokers, const std::string& topics) {
  Options options;
  options.brokers = brokers;
  std::istringstream in(topics);
  for (std::string name; std::getline(in, name, ',');)
    options.topics.push_back({.name = name, .side = ""});
  return options;
}

void assign_everything(const Client& client, const Options& options) {
  const PartitionListHandle list{rd_kafka_topic_partition_list_new(16)};
  for (std::size_t i = 0; i < options.topics.size(); ++i) {
    const rd_kafka_metadata_t* answer = nullptr;
    if (rd_kafka_metadata(client.handle, 0, client.topics[i].get(), &answer, 10'000) !=
        RD_KAFKA_RESP_ERR_NO_ERROR) {
      std::fprintf(stderr, "no metadata for %s\n", options.topics[i].name.c_str());
      std::exit(1);
    }
    const MetadataHandle metadata{answer};
    for (int p = 0; p < metadata->topics[0].partition_cnt; ++p) {
      rd_kafka_topic_partition_list_add(list.get(), options.topics[i].name.c_str(), p)->offset =
          RD_KAFKA_OFFSET_BEGINNING;
    }
  }
  rd_kafka_assign(client.handle, list.get());
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: counting_consumer BROKERS TOPIC[,TOPIC...] RECORDS\n");
    return 2;
  }
  const auto options = options_of(argv[1], argv[2]);
  const auto wanted = std::strtoull(argv[3], nullptr, 10);
  const auto client = make_client(options);
  assign_everything(*client, options);

  std::array<rd_kafka_message_t*, kBatch> messages{};
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;
  const auto asked = Clock::now();
  auto first = asked;
  auto last = asked;
  while (records < wanted && Clock::now() - last < kSilenceMax) {
    const auto got = rd_kafka_consume_batch_queue(client->queue.get(), kWaitMs, messages.data(),
                                                  messages.size());
    const auto before = records;
    for (int i = 0; i < static_cast<int>(got); ++i) {
      const auto* message = messages[static_cast<std::size_t>(i)];
      if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        ++records;
        bytes += message->len;
      }
    }
    for (int i = 0; i < static_cast<int>(got); ++i)
      rd_kafka_message_destroy(messages[static_cast<std::size_t>(i)]);
    if (records == before) continue;
    last = Clock::now();
    if (before == 0) first = last;
  }
  const std::chrono::duration<double> took = last - asked;
  std::printf(
      "{\"records\":%llu,\"bytes\":%llu,\"seconds\":%.3f,\"first_record_after\":%.3f,\"records_per_"
      "second\":%.0f,"
      "\"cpu_seconds\":%.2f}\n",
      static_cast<unsigned long long>(records), static_cast<unsigned long long>(bytes),
      took.count(), std::chrono::duration<double>(first - asked).count(),
      static_cast<double>(records) / took.count(), cpu_seconds());
  std::fflush(stdout);
  std::_Exit(records == wanted ? 0
                               : 1);  // the client takes a second to close, which is not measured
}
