#include "connectors/kafka/kafka_failure.hpp"

namespace rollcall::kafka {

namespace {

// What stands still alone: the daemon goes on without it and says so.
std::string begin_anew(std::string_view topic) {
  return "Nothing more is read of it. `rollcall source reset kafka:" + std::string(topic) +
         "` goes on with the new one from its beginning; what was not read of the old one then "
         "leaves its batches in doubt until that is acknowledged. Where the new one holds the same "
         "records again, delete the batches first (DELETE /api/v1/batches/{batch})";
}

// The topic of a channel's key.
std::string_view topic_of(std::string_view channel) {
  return channel.substr(0, channel.rfind('/'));
}

}  // namespace

ErrorMeaning meaning_of(rd_kafka_resp_err_t code) {
  switch (code) {
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
    case RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM:
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
      return ErrorMeaning::refused;
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
      return ErrorMeaning::unknown_topic;
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
      return ErrorMeaning::out_of_range;
    case RD_KAFKA_RESP_ERR__BAD_MSG:
    case RD_KAFKA_RESP_ERR__BAD_COMPRESSION:
    case RD_KAFKA_RESP_ERR__NOT_IMPLEMENTED:
    case RD_KAFKA_RESP_ERR__UNDERFLOW:
      return ErrorMeaning::damaged;
    default:
      return ErrorMeaning::passing;
  }
}

std::string words_for(rd_kafka_resp_err_t code) { return rd_kafka_err2str(code); }

std::string told(const Failure& failure) { return failure.message + ". " + failure.advice; }

Failure refused(rd_kafka_resp_err_t code, std::string_view detail) {
  return misconfigured("Kafka refuses us: " + words_for(code) + " (" + std::string(detail) + ")",
                       "Check the credentials in [kafka.properties] and the rights to read and "
                       "describe every topic");
}

Failure client_failed(std::string_view detail) {
  return misconfigured("the Kafka client cannot be set up: " + std::string(detail),
                       "Correct [kafka] in the configuration");
}

Failure no_such_topic(std::string_view topic) {
  return fatal("Kafka has no topic '" + std::string(topic) + "'",
               "Create it, and it will be read; or name another in [kafka] topics");
}

Failure topic_deleted(std::string_view topic) {
  return fatal("topic '" + std::string(topic) + "' was deleted while it was being read",
               "Create it again, or take it out of [kafka] topics; what was read of it is kept. "
               "`rollcall source reset kafka:" +
                   std::string(topic) + "` then reads the new one from its beginning");
}

Failure partitions_removed(std::string_view topic, int had, int has) {
  return fatal("topic '" + std::string(topic) + "' had " + std::to_string(had) +
                   " partitions and now has " + std::to_string(has) +
                   ": it was deleted and created anew",
               begin_anew(topic));
}

Failure position_beyond_end(std::string_view channel, std::int64_t next, std::int64_t end) {
  return fatal(std::string(channel) + ": the next position to read is " + std::to_string(next) +
                   ", but the log ends at " + std::to_string(end) +
                   ": the topic was deleted and created anew, or truncated",
               begin_anew(topic_of(channel)));
}

Failure other_record(std::string_view channel, std::int64_t position) {
  return fatal(
      std::string(channel) + ": the record at " + std::to_string(position) +
          " is another than the one that was read there: the topic was deleted and created anew",
      begin_anew(topic_of(channel)));
}

Failure damaged_records(std::string_view channel, std::int64_t next, std::string_view detail) {
  return fatal(
      std::string(channel) + ": records at or behind " + std::to_string(next) +
          " are damaged and cannot be read: " + std::string(detail),
      "Restore the partition from a replica, or delete its records up to the damaged ones");
}

}  // namespace rollcall::kafka
