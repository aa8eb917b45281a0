#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <span>
#include <vector>

#include "connectors/kafka/kafka_options.hpp"
#include "pipeline/ports/record_source.hpp"

namespace rollcall::kafka {

// Reads topics of a Kafka cluster from stored positions, each partition as a channel "topic/partition". No consumer
// group: partitions are assigned by hand, positions belong to the store, and Kafka's own offsets are only written, for
// lag tools. Records of aborted transactions never show. New partitions join by themselves, from their beginning.
//
// Owner:   the daemon; outlives the pump.
// Runs on: the loop. Nothing here blocks: what does (metadata, ends of logs, closing) runs on the threads "kafka-scout" and, for replays, "kafka-replay".
//          librdkafka's own threads never run our code.
// Limits:  Options; what is fetched ahead is bounded there, and so is the time of stop().
// Fails:   fatal: refused credentials or rights, a client that cannot be set up. A broker that is away is waited for. A
//          topic that is not there is read when it appears; one that was created anew or truncated, and damaged
//          records, let that topic or partition stand still. All of it is shown in Channel::error; the others go on.
// Records that retention removed before they were read are an InputGap, never silence.
class KafkaSource final : public RecordSource {
 public:
  // `options` must have no problems(); throws std::runtime_error where librdkafka refuses them all the same.
  KafkaSource(boost::asio::any_io_executor loop, Options options);
  ~KafkaSource() override;
  KafkaSource(const KafkaSource&) = delete;
  KafkaSource& operator=(const KafkaSource&) = delete;

  boost::asio::awaitable<Result<void>> start(std::vector<SourcePosition> stored) override;
  [[nodiscard]] Result<std::span<const RawRecord>> drain(std::size_t records_max) override;
  [[nodiscard]] std::vector<InputGap> take_gaps() override;
  boost::asio::awaitable<void> wait(std::chrono::milliseconds at_most) override;
  [[nodiscard]] const std::vector<Channel>& channels() const override;
  boost::asio::awaitable<void> look_afresh(std::chrono::milliseconds at_most) override;
  boost::asio::awaitable<Result<std::vector<std::optional<RecordCopy>>>> read_again(
      std::vector<RecordPlace> places) override;
  [[nodiscard]] SourceReset reset(std::string_view topic) override;
  void committed(const std::vector<SourcePosition>& positions) override;
  boost::asio::awaitable<void> stop() override;

 private:
  class Impl;  // keeps librdkafka's header out of the daemon
  std::unique_ptr<Impl> impl_;
};

}  // namespace rollcall::kafka
