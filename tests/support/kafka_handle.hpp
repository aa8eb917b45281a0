#pragma once

#include <functional>
#include <librdkafka/rdkafka.h>
#include <string>
#include <utility>
#include <vector>

#include "connectors/handle.hpp"

namespace rollcall::test {

using KafkaHandle = Handle<rd_kafka_t, rd_kafka_destroy>;
using MessageHandle = Handle<rd_kafka_message_t, rd_kafka_message_destroy>;
using PartitionListHandle =
    Handle<rd_kafka_topic_partition_list_t, rd_kafka_topic_partition_list_destroy>;

// A client of the test's Kafka; what goes wrong throws. `more` sees the settings last.
KafkaHandle make_client(rd_kafka_type_t type,
                        const std::vector<std::pair<std::string, std::string>>& properties,
                        const std::function<void(rd_kafka_conf_t*)>& more = {});

}  // namespace rollcall::test
