#pragma once

#include <librdkafka/rdkafka.h>

#include "connectors/handle.hpp"

namespace rollcall::kafka {

using ConfHandle = Handle<rd_kafka_conf_t, rd_kafka_conf_destroy>;
using TopicConfHandle = Handle<rd_kafka_topic_conf_t, rd_kafka_topic_conf_destroy>;
using TopicHandle = Handle<rd_kafka_topic_t, rd_kafka_topic_destroy>;
using MessageHandle = Handle<rd_kafka_message_t, rd_kafka_message_destroy>;
using QueueHandle = Handle<rd_kafka_queue_t, rd_kafka_queue_destroy>;
using EventHandle = Handle<rd_kafka_event_t, rd_kafka_event_destroy>;
using ErrorHandle = Handle<rd_kafka_error_t, rd_kafka_error_destroy>;
using PartitionListHandle =
    Handle<rd_kafka_topic_partition_list_t, rd_kafka_topic_partition_list_destroy>;
using NewTopicHandle = Handle<rd_kafka_NewTopic_t, rd_kafka_NewTopic_destroy>;
using AdminOptionsHandle = Handle<rd_kafka_AdminOptions_t, rd_kafka_AdminOptions_destroy>;
using ClientHandle = Handle<rd_kafka_t, rd_kafka_destroy>;

using MetadataHandle = Handle<const rd_kafka_metadata_t, rd_kafka_metadata_destroy>;

}  // namespace rollcall::kafka
