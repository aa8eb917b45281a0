#include "daemon/connector_problems.hpp"

#include <string>

#include "connectors/http/credentials.hpp"
#include "daemon/options.hpp"

namespace rollcall {
namespace {

std::string origin_of(const config::Loaded& loaded, const std::string& key) {
  const auto found = loaded.origins.find(key);
  return found == loaded.origins.end() ? "default" : found->second;
}

}  // namespace

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

config::Problems http_file_problems(const config::Loaded& loaded) {
  config::Problems found;
  http::Options tokens = http_options(loaded.config);
  http::Options tls = tokens;
  tokens.tls_certificate_file = tokens.tls_key_file = {};
  tls.tokens_file = tls.api_key = {};
  for (const auto& [options, key] :
       {std::pair{&tokens, "http.tokens_file"}, std::pair{&tls, "http.tls_certificate_file"}}) {
    if (const auto loading = http::load_credentials(*options); !loading) {
      found.push_back(
          {origin_of(loaded, key), "http", loading.error().message, loading.error().advice});
    }
  }
  return found;
}

}  // namespace rollcall
