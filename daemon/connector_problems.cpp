#include "daemon/connector_problems.hpp"

#include <string>

#include "daemon/options.hpp"

namespace rollcall {

config::Problems connector_problems(const config::Loaded& loaded) {
  config::Problems found;
  const auto& kafka_config = loaded.config.kafka;
  if (kafka_config.brokers.empty()) return found;
  auto origin = loaded.origins.find("kafka.properties");
  if (origin == loaded.origins.end()) origin = loaded.origins.find("kafka.brokers");
  const std::string where = origin == loaded.origins.end() ? "default" : origin->second;
  for (const auto& sentence :
       kafka::problems(kafka_options(kafka_config, field_mappings(kafka_config)))) {
    found.push_back({where, "kafka", sentence,
                     "see `rollcall config print` and librdkafka's CONFIGURATION.md"});
  }
  return found;
}

}  // namespace rollcall
