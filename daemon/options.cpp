#include "daemon/options.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <unistd.h>
#include <utility>

#include "config/field_mapping.hpp"
#include "daemon/logging.hpp"
#include "daemon/version.hpp"

namespace rollcall {
namespace {

// "host/pid", for people who look at the slice's row.
std::string process_name() {
  std::array<char, 256> host{};
  if (gethostname(host.data(), host.size() - 1) != 0) return "pid " + std::to_string(getpid());
  return std::string{host.data()} + "/" + std::to_string(getpid());
}

LogLevel level_of(kafka::LogLevel level) {
  switch (level) {
    case kafka::LogLevel::debug:
      return LogLevel::debug;
    case kafka::LogLevel::info:
      return LogLevel::info;
    case kafka::LogLevel::warning:
      return LogLevel::warning;
    case kafka::LogLevel::error:
      return LogLevel::error;
  }
  return LogLevel::error;
}

}  // namespace

FieldMappings field_mappings(const KafkaConfig& config) {
  FieldMappings mappings;
  std::vector<const TopicConfig*> firsts;  // the topic that each distinct mapping came from
  for (const TopicConfig& topic : config.topics) {
    const auto same = std::find_if(firsts.begin(), firsts.end(), [&](const TopicConfig* first) {
      return first->fields == topic.fields;
    });
    mappings.of_topic.push_back(static_cast<std::size_t>(same - firsts.begin()));
    if (same != firsts.end()) continue;
    firsts.push_back(&topic);
    mappings.distinct.push_back(field_names(topic));
  }
  return mappings;
}

kafka::Options kafka_options(const KafkaConfig& config, const FieldMappings& mappings) {
  kafka::Options options;
  options.brokers = config.brokers;
  for (std::size_t i = 0; i < config.topics.size(); ++i) {
    const TopicConfig& topic = config.topics[i];
    kafka::TopicOptions& read = options.topics.emplace_back();
    read.name = topic.name;
    read.side = topic.side;
    read.decoder = mappings.of_topic[i];
    read.feed = topic.feed;
    if (topic.on_bad == "skip") read.on_bad = Channel::OnBad::skip;
    if (topic.on_empty == "dead_letter") read.on_empty = Channel::OnEmpty::dead_letter;
  }
  options.properties = config.properties;
  options.group_id = config.group;
  options.metadata_interval = config.metadata_interval;
  options.ends_interval = config.end_offset_interval;
  options.log = [](kafka::LogLevel level, const std::string& message) {
    log(level_of(level), message);
  };
  return options;
}

postgres::PostgresOptions postgres_options(const Config& config) {
  postgres::PostgresOptions options;
  options.database = config.database.url;
  options.schema = config.database.schema;
  options.connect_timeout = config.database.connect_timeout;
  options.statement_timeout = config.database.statement_timeout;
  return options;
}

http::Options http_options(const Config& whole) {
  const HttpConfig& config = whole.http;
  http::Options options;
  const std::size_t colon = config.listen.rfind(':');  // the configuration has checked its form
  options.address = config.listen.substr(0, colon);
  if (options.address.starts_with('['))
    options.address = options.address.substr(1, options.address.size() - 2);
  options.port = static_cast<std::uint16_t>(std::stoul(config.listen.substr(colon + 1)));
  options.connections_max = config.connections_max;
  options.header_bytes_max = config.header_bytes_max.count;
  options.body_bytes_max = config.body_bytes_max.count;
  options.idle = config.idle_timeout;
  options.request = config.request_timeout;
  options.write_stall = config.request_timeout;
  options.rate_limit = config.rate_limit;
  options.rate_burst = config.rate_burst;
  options.streams_max = config.body_streams_max;
  options.lists_max = config.lists_max;
  options.pages_max = config.pages_max;
  options.client_share = config.client_share;
  options.tokens_file = config.tokens_file;
  options.api_key = config.api_key;
  options.metrics_public = config.metrics_public;
  options.cors_origins = config.cors_origins;
  options.hosts = config.hosts;
  options.tls_certificate_file = config.tls_certificate_file;
  options.tls_key_file = config.tls_key_file;
  options.hsts_max_age = std::chrono::duration_cast<std::chrono::seconds>(config.hsts_max_age);
  options.drain = whole.shutdown.deadline;
  options.bodies_bytes_max = whole.writes.bodies_bytes_max.count;
  options.commit = whole.writes.commit_timeout;
  options.numbers = whole.numbers.count;
  options.version = std::string{version()};
  return options;
}

Reconciler::Options reconciler_options(const Config& config) {
  Reconciler::Options options;
  options.owner = process_name();
  options.sides = config.batches.sides;
  options.pump.records_per_drain_max = config.kafka.drain_records_max;
  options.state.receipts.kept_for = config.writes.keys_kept;
  options.state.receipts.count_max = config.writes.keys_max;
  options.state.attributes_bytes_max = config.batches.attributes_bytes_max.count;
  options.state.stores_attributes = config.batches.store_metadata;
  options.state.watched = config.metrics.batches;
  options.checkpoint.interval = config.checkpoint.interval;
  options.checkpoint.bytes = config.checkpoint.bytes.count;
  options.checkpoint.uncommitted_bytes_max = config.checkpoint.uncommitted_bytes_max.count;
  options.ends_known_for = 3 * config.kafka.end_offset_interval;
  options.closed_letters_kept = config.dead_letters.kept;
  options.last_checkpoint_max = config.shutdown.deadline;
  return options;
}

}  // namespace rollcall
