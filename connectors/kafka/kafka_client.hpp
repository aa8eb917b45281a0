#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "connectors/kafka/kafka_handles.hpp"
#include "connectors/kafka/kafka_options.hpp"

namespace rollcall::kafka {

// A consumer of librdkafka without a group: partitions are assigned by us, offsets are ours.
// Owner:   shared by the source, on the loop, and its scout thread, which may outlive the source when a broker's
//          answer never comes; hence shared_ptr.
// Runs on: everything but the handle on the loop. librdkafka's threads never run our code: its errors, logs and answers
//          come through the queue and only while the loop serves it.
struct Client {
  struct Event {
    LogLevel level = LogLevel::info;
    rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;  // none: a line of librdkafka's own log
    std::string text;
  };
  // Filled while the queue is served, taken by the source.
  std::deque<Event> events;
  bool commit_answered = false;
  rd_kafka_resp_err_t commit_error = RD_KAFKA_RESP_ERR_NO_ERROR;

  std::vector<TopicHandle>
      topics;         // as in Options::topics; also keeps their metadata fresh within librdkafka
  QueueHandle queue;  // records, errors and answers
  rd_kafka_t* handle = nullptr;
  // Asked for the ends of the logs with what open transactions hide; reads nothing.
  rd_kafka_t* uncommitted = nullptr;
  // This librdkafka (before 2.2) leaves a queue that was full alone for up to a second.
  bool pauses_when_full = false;

  Client() = default;
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  // May block, or hang, on librdkafka 2.0 (threads of removed partitions): let the scout do it.
  ~Client();
};

// Throws std::runtime_error with a sentence where the options do not make a client.
[[nodiscard]] std::shared_ptr<Client> make_client(const Options& options);

// A client for one errand, with the same rights: it fetches little ahead and tells its errors with its records.
[[nodiscard]] Result<ClientHandle> make_rereading_client(const Options& options);

}  // namespace rollcall::kafka
