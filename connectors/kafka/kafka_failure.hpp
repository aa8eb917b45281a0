#pragma once

#include <librdkafka/rdkafka.h>
#include <string>
#include <string_view>

#include "pipeline/failure.hpp"

namespace rollcall::kafka {

// What an error of librdkafka or of a broker means to us. Only a few can never pass by waiting.
enum class ErrorMeaning {
  passing,        // broker away, leader moving: librdkafka goes on trying by itself
  refused,        // credentials or rights: a person must act
  unknown_topic,  // to be confirmed by metadata before it is believed
  out_of_range,   // the position is no longer, or not yet, in the log
  damaged,        // records that could not be taken apart; librdkafka would step over them
};
[[nodiscard]] ErrorMeaning meaning_of(rd_kafka_resp_err_t code);

// "Broker: Unknown topic or partition", for people.
[[nodiscard]] std::string words_for(rd_kafka_resp_err_t code);

// What stands still, and what to do, in one text for Channel::error.
[[nodiscard]] std::string told(const Failure& failure);

[[nodiscard]] Failure refused(rd_kafka_resp_err_t code, std::string_view detail);
[[nodiscard]] Failure client_failed(std::string_view detail);
[[nodiscard]] Failure no_such_topic(std::string_view topic);
[[nodiscard]] Failure topic_deleted(std::string_view topic);
[[nodiscard]] Failure partitions_removed(std::string_view topic, int had, int has);
[[nodiscard]] Failure position_beyond_end(std::string_view channel, std::int64_t next,
                                          std::int64_t end);
[[nodiscard]] Failure other_record(std::string_view channel, std::int64_t position);
[[nodiscard]] Failure damaged_records(std::string_view channel, std::int64_t next,
                                      std::string_view detail);

}  // namespace rollcall::kafka
