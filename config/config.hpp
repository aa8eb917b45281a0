#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "config/units.hpp"

// What a person can decide about rollcall. Plain values; the defaults stand here and nowhere else.
// What each means, its unit and its range stand in config/options.cpp; daemon/ turns the sections
// into the connectors' options.
namespace rollcall {

struct HttpConfig {
  std::string listen = "127.0.0.1:8000";
  std::uint64_t connections_max = 1024;
  Bytes header_bytes_max = kibibytes(16);
  Bytes body_bytes_max = mebibytes(16);
  std::chrono::milliseconds idle_timeout = std::chrono::seconds(75);
  std::chrono::milliseconds request_timeout = std::chrono::seconds(30);
  std::uint64_t rate_limit = 0;
  std::uint64_t rate_burst = 50;
  std::uint64_t body_streams_max = 32;
  std::uint64_t lists_max = 16;
  std::uint64_t pages_max = 256;
  std::uint64_t client_share = 50;
  std::string tokens_file;
  std::string api_key;  // a secret
  bool metrics_public = false;
  std::vector<std::string> cors_origins;
  std::vector<std::string> hosts;
  std::string tls_certificate_file;
  std::string tls_key_file;
  std::chrono::milliseconds hsts_max_age = std::chrono::seconds(0);
};

struct DatabaseConfig {
  std::string url = "memory";  // a secret: it may carry a password
  std::string schema = "rollcall";
  std::chrono::milliseconds connect_timeout = std::chrono::seconds(5);
  std::chrono::milliseconds statement_timeout = std::chrono::seconds(30);
};

struct TopicConfig {
  std::string name;
  std::string side;  // "event": each event names its own
  std::map<std::string, std::string>
      fields;                    // contract name to JSON pointer; what is absent keeps its name
  std::string feed = "default";  // the sources that are reconciled with each other
  std::string on_bad = "dead_letter";  // a record that cannot be read: dead_letter or skip
  std::string on_empty = "skip";       // one without a value, as a tombstone: skip or dead_letter
  bool operator==(const TopicConfig&) const = default;
};

[[nodiscard]] inline TopicConfig topic_config(std::string name, std::string side) {
  TopicConfig topic;
  topic.name = std::move(name);
  topic.side = std::move(side);
  return topic;
}

struct KafkaConfig {
  std::string brokers;  // empty: no Kafka source
  std::vector<TopicConfig> topics = {topic_config("rollcall.expected", "expected"),
                                     topic_config("rollcall.processed", "processed")};
  std::string group = "rollcall";
  std::chrono::milliseconds metadata_interval = std::chrono::seconds(30);
  std::chrono::milliseconds end_offset_interval = std::chrono::seconds(1);
  std::uint64_t drain_records_max = 1000;
  std::map<std::string, std::string>
      properties;  // for librdkafka; some are secrets, see is_secret_property()
};

struct CheckpointConfig {
  std::chrono::milliseconds interval = std::chrono::milliseconds(200);
  Bytes bytes = mebibytes(8);
  Bytes uncommitted_bytes_max = mebibytes(256);
};

struct BatchesConfig {
  std::vector<std::string> sides = {"expected", "processed"};
  Bytes attributes_bytes_max = mebibytes(64);
  bool store_metadata = false;
};

struct WritesConfig {
  std::chrono::milliseconds commit_timeout = std::chrono::seconds(30);
  Bytes bodies_bytes_max = mebibytes(256);
  std::chrono::milliseconds keys_kept = std::chrono::hours(24);
  std::uint64_t keys_max = 100'000;
};

struct DeadLettersConfig {
  std::chrono::milliseconds kept = std::chrono::hours(24 * 30);
};

struct NumbersConfig {
  std::uint64_t count = 100;
};

struct LogConfig {
  std::string level = "info";
  std::string format = "json";
};

struct MetricsConfig {
  std::vector<std::string> batches;  // patterns of names
  std::uint64_t batches_max = 100;
  std::uint64_t worst_batches = 10;
};

struct ShutdownConfig {
  std::chrono::milliseconds deadline = std::chrono::seconds(10);
};

struct Config {
  HttpConfig http;
  DatabaseConfig database;
  KafkaConfig kafka;
  CheckpointConfig checkpoint;
  BatchesConfig batches;
  WritesConfig writes;
  DeadLettersConfig dead_letters;
  NumbersConfig numbers;
  LogConfig log;
  MetricsConfig metrics;
  ShutdownConfig shutdown;
};

}  // namespace rollcall
