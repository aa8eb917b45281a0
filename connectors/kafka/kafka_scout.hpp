#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "connectors/kafka/kafka_client.hpp"
#include "connectors/kafka/kafka_options.hpp"

namespace rollcall::kafka {

// What the brokers answered about one partition.
struct PartitionSurvey {
  rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
  std::int64_t lo = -1;  // first position of the log, -1 where not asked
  // First position that is not there: behind it transactions are open, or nothing. Asked after `high`: where no
  // transaction is open it is not below that.
  std::int64_t hi = -1;
  std::int64_t high = -1;  // first position that is not there at all
};

struct TopicSurvey {
  // Of the metadata; __TIMED_OUT or alike where nobody answered.
  rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
  std::vector<PartitionSurvey> partitions;  // by number
};

struct Survey {
  // Before the first question, by the steady clock and as wall time: the answers are not older.
  std::int64_t asked_us = 0;
  std::int64_t asked_ms = 0;
  rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;  // why there are no bounds at all
  std::vector<TopicSurvey> topics;                         // as in Options::topics
};

// Asks the brokers what only blocking calls tell: the partitions of the topics and the bounds of their logs.
// Owner:   the source. Thread "kafka-scout", which it starts and ends. It asks every ends_interval, and at once
//          when asked to, always about partitions and ends together: a partition whose end nobody asked would be taken
//          for one that does not exist. Each answer is posted to the loop, and the next question
//          waits until the loop has taken it, so never more than one is under way.
// Runs on: the loop, except the thread's own function.
// Limits:  a question takes at most ask_timeout for each topic, one for each bound (2.0.2 may overrun it).
// Fails:   never; errors are answers.
class KafkaScout {
 public:
  using Sink = std::function<void(const Survey&)>;

  // `sink` is called on `loop` until stop().
  KafkaScout(boost::asio::any_io_executor loop, std::shared_ptr<Client> client,
             const Options& options, Sink sink);
  ~KafkaScout();  // as leave()
  KafkaScout(const KafkaScout&) = delete;
  KafkaScout& operator=(const KafkaScout&) = delete;

  // What to ask beyond the partitions and their ends, which every survey has.
  struct Questions {
    bool beginnings = false;  // where their logs begin
    bool at_once = false;     // rather than with the next survey
  };
  void ask(Questions questions);

  // To be called while records come as fast as they can be taken. librdkafka before 2.2 looks only
  // once a second whether a queue that was full has room again, or when its broker thread wakes for
  // another reason: so a broker is asked something, every kWakeInterval for as long as this is
  // called. Does nothing where the client looks by itself.
  void keep_fetching();

  // From here on the sink is silent. The thread ends after its present question and lets go of the client, which by then
  // should be the last hold on it.
  void stop();
  [[nodiscard]] bool has_ended() const;
  // Waits for the thread that has ended; one that has not is left to the end of the process.
  void leave();

 private:
  struct State;
  std::shared_ptr<State> state_;  // shared with the thread, which may have to be left behind
  std::thread thread_;
};

}  // namespace rollcall::kafka
