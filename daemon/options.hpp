#pragma once

#include <cstddef>
#include <vector>

#include "config/config.hpp"
#include "connectors/http/options.hpp"
#include "connectors/json/field_names.hpp"
#include "connectors/kafka/kafka_options.hpp"
#include "connectors/postgres/options.hpp"
#include "pipeline/flow/reconciler.hpp"

// From what a person wrote to what the classes take. The only file that knows both.
namespace rollcall {

inline constexpr std::string_view kMemoryDatabase = "memory";

// The field mappings that topics use, each once, and which of them each topic uses.
struct FieldMappings {
  std::vector<json::FieldNames> distinct;
  std::vector<std::size_t> of_topic;  // indexes `distinct`, in the order of KafkaConfig::topics
};

[[nodiscard]] FieldMappings field_mappings(const KafkaConfig& config);
[[nodiscard]] kafka::Options kafka_options(const KafkaConfig& config,
                                           const FieldMappings& mappings);
[[nodiscard]] postgres::PostgresOptions postgres_options(const Config& config);
[[nodiscard]] http::Options http_options(const Config& config);
[[nodiscard]] Reconciler::Options reconciler_options(const Config& config);

}  // namespace rollcall
