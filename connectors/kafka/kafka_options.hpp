#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "pipeline/ports/record_source.hpp"

namespace rollcall::kafka {

enum class LogLevel { debug, info, warning, error };

struct TopicOptions {
  std::string name;
  std::string side;         // "event": each event names its own
  std::size_t decoder = 0;  // Channel::decoder
  std::string feed = "default";
  Channel::OnBad on_bad = Channel::OnBad::dead_letter;
  Channel::OnEmpty on_empty = Channel::OnEmpty::skip;
};

// What a KafkaSource is told. Every limit of the Kafka side stands here.
struct Options {
  std::string brokers = "localhost:9092";
  std::vector<TopicOptions> topics;
  // Any property of librdkafka by its own name, except what rollcall must decide; see problems().
  std::map<std::string, std::string> properties;
  // Under which group the durable positions are shown to lag tools; never read back. Empty: shown nowhere.
  std::string group_id;

  // How often librdkafka looks after brokers and leaders by itself.
  std::chrono::milliseconds metadata_interval{30'000};
  // How often the partitions and their ends are asked, from the beginning of one question to that of the next.
  std::chrono::milliseconds ends_interval{1'000};
  std::chrono::milliseconds ask_timeout{3'000};  // of one question to the brokers
  // A topic must be unknown, or have fewer partitions, that long before it is believed.
  std::chrono::milliseconds confirm_for{2'000};
  // stop() leaves the client to the process's end after that.
  std::chrono::milliseconds stop_max{5'000};

  // Records that librdkafka fetches ahead. Back-pressure is not draining: what waits is bounded by
  // these two, about 300 bytes and the payload for each record, plus one fetch response.
  std::uint32_t queued_records_min = 300'000;
  std::uint32_t queued_kbytes_max = 1'048'576;

  // Rare events for the log; called on the loop. May be empty.
  std::function<void(LogLevel, const std::string&)> log;
};

// Everything that is wrong with the options, a sentence each; empty where a client can be made.
[[nodiscard]] std::vector<std::string> problems(const Options& options);

}  // namespace rollcall::kafka
