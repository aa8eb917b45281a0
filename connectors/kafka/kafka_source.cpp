#include "connectors/kafka/kafka_source.hpp"

#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <map>
#include <string>
#include <utility>

#include "connectors/blocking_thread.hpp"
#include "connectors/kafka/kafka_client.hpp"
#include "connectors/kafka/kafka_failure.hpp"
#include "connectors/kafka/kafka_log.hpp"
#include "connectors/kafka/kafka_reader.hpp"
#include "connectors/kafka/kafka_rereader.hpp"
#include "connectors/kafka/kafka_scout.hpp"
#include "connectors/kafka/queue_wakeup.hpp"
#include "pipeline/flow/signal.hpp"

namespace rollcall::kafka {

namespace asio = boost::asio;
using asio::experimental::awaitable_operators::operator||;
using SteadyClock = std::chrono::steady_clock;

namespace {

constexpr std::chrono::milliseconds kStopTurn{5};

}  // namespace

class KafkaSource::Impl {
 public:
  Impl(asio::any_io_executor loop, Options options)
      : options_(std::move(options)),
        loop_(std::move(loop)),
        log_(options_),
        wakeup_(loop_),
        looked_(loop_),
        client_(make_client(options_)),
        reader_(options_, *client_, log_) {
    wakeup_.watch(client_->queue.get());
  }

  ~Impl() { let_go(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  asio::awaitable<Result<void>> start(std::vector<SourcePosition> stored) {
    reader_.begin(stored);
    scout_ = std::make_unique<KafkaScout>(loop_, client_, options_,
                                          [this](const Survey& survey) { learn(survey); });
    KafkaScout::Questions first;
    first.beginnings = first.at_once = true;
    scout_->ask(first);
    co_return Result<void>{};
  }

  Result<std::span<const RawRecord>> drain(std::size_t records_max) {
    if (stopping_) return std::span<const RawRecord>{};
    auto drained = reader_.drain(records_max);
    if (reader_.may_have_more()) scout_->keep_fetching();
    ask_scout();
    if (client_->commit_answered) commit_answered();
    return drained;
  }

  asio::awaitable<void> wait(std::chrono::milliseconds at_most) {
    if (!stopping_ && !reader_.may_have_more() && !reader_.failure())
      co_await wakeup_.wait(at_most);
  }

  // A question that is under way was begun too early: the next one is waited for.
  asio::awaitable<void> look_afresh(std::chrono::milliseconds at_most) {
    const auto from = SteadyClock::now();
    if (!scout_ || stopping_) co_return;
    KafkaScout::Questions now;
    now.at_once = true;
    scout_->ask(now);
    asio::steady_timer timer(loop_, from + at_most);
    while (!stopping_ && looked_at_ < from && SteadyClock::now() < from + at_most)
      co_await (looked_.wait() || timer.async_wait(asio::as_tuple(asio::use_awaitable)));
  }

  asio::awaitable<Result<std::vector<std::optional<RecordCopy>>>> read_again(
      std::vector<RecordPlace> places) {
    const auto work = [this, &places] { return kafka::read_again(options_, places, stopping_); };
    auto reading = rereading_.run(work);
    co_return co_await std::move(reading);
  }

  void committed(const std::vector<SourcePosition>& positions) {
    if (options_.group_id.empty() || stopping_) return;
    for (const auto& position : positions) to_commit_[position.channel] = position.next;
    if (!committing_) commit();
  }

  asio::awaitable<void> stop() {
    let_go();
    const auto deadline = std::chrono::steady_clock::now() + options_.stop_max;
    asio::steady_timer timer(loop_);
    while (scout_ && !scout_->has_ended() && std::chrono::steady_clock::now() < deadline) {
      timer.expires_after(kStopTurn);
      co_await timer.async_wait(asio::use_awaitable);
    }
    if (!scout_) co_return;
    if (!scout_->has_ended()) {
      log_.write(LogLevel::warning, "stop",
                 "the Kafka client does not close; it is left to the end of the process");
    }
    scout_->leave();
  }

  KafkaReader& reader() { return reader_; }

 private:
  void learn(const Survey& survey) {
    reader_.learn(survey);
    looked_at_ = SteadyClock::time_point{std::chrono::microseconds{survey.asked_us}};
    looked_.notify();
    ask_scout();
    wakeup_.ring();  // there may be partitions to place, or a failure to tell
  }

  void ask_scout() {
    const auto questions = reader_.take_questions();
    if (questions.at_once || questions.beginnings) scout_->ask(questions);
  }

  void commit() {
    const PartitionListHandle list{
        rd_kafka_topic_partition_list_new(static_cast<int>(to_commit_.size()))};
    for (const auto& [key, next] : to_commit_) {
      const auto* channel = reader_.find(key);
      if (channel == nullptr) continue;
      auto* entry =
          rd_kafka_topic_partition_list_add(list.get(), channel->topic.c_str(), channel->partition);
      entry->offset = next;
    }
    to_commit_.clear();
    if (list->cnt == 0) return;
    committing_ = rd_kafka_commit(client_->handle, list.get(), 1) == RD_KAFKA_RESP_ERR_NO_ERROR;
  }

  void commit_answered() {
    client_->commit_answered = false;
    committing_ = false;
    if (client_->commit_error != RD_KAFKA_RESP_ERR_NO_ERROR) {
      log_.write(LogLevel::warning, "commit",
                 "positions could not be shown to lag tools: " + words_for(client_->commit_error));
    }
    if (!to_commit_.empty()) commit();
  }

  // Our hold on the client goes before the scout is told to stop: so the scout's is the last, and its thread may take
  // its time to close it. The other way round the loop hangs where librdkafka does.
  void let_go() {
    if (stopping_.exchange(true)) return;
    reader_.release();
    QueueWakeup::unwatch(client_->queue.get());
    wakeup_.close();
    looked_.notify();
    client_.reset();
    if (scout_) scout_->stop();
  }

  const Options options_;
  asio::any_io_executor loop_;
  KafkaLog log_;
  QueueWakeup wakeup_;
  Signal looked_;                        // what the scout heard has been learnt
  SteadyClock::time_point looked_at_{};  // when the last of its questions was begun
  std::shared_ptr<Client> client_;       // and the scout's
  KafkaReader reader_;
  std::unique_ptr<KafkaScout> scout_;
  std::map<std::string, std::int64_t> to_commit_;
  bool committing_ = false;
  std::atomic<bool> stopping_ = false;               // also read by the thread that reads again
  BlockingThread rereading_{loop_, "kafka-replay"};  // ends first
};

KafkaSource::KafkaSource(asio::any_io_executor loop, Options options)
    : impl_(std::make_unique<Impl>(std::move(loop), std::move(options))) {}
KafkaSource::~KafkaSource() = default;

asio::awaitable<Result<void>> KafkaSource::start(std::vector<SourcePosition> stored) {
  return impl_->start(std::move(stored));
}
Result<std::span<const RawRecord>> KafkaSource::drain(std::size_t records_max) {
  return impl_->drain(records_max);
}
std::vector<InputGap> KafkaSource::take_gaps() { return impl_->reader().take_gaps(); }
asio::awaitable<void> KafkaSource::wait(std::chrono::milliseconds at_most) {
  return impl_->wait(at_most);
}
const std::vector<Channel>& KafkaSource::channels() const { return impl_->reader().channels(); }
asio::awaitable<void> KafkaSource::look_afresh(std::chrono::milliseconds at_most) {
  return impl_->look_afresh(at_most);
}
asio::awaitable<Result<std::vector<std::optional<RecordCopy>>>> KafkaSource::read_again(
    std::vector<RecordPlace> places) {
  return impl_->read_again(std::move(places));
}
SourceReset KafkaSource::reset(std::string_view topic) { return impl_->reader().reset(topic); }
void KafkaSource::committed(const std::vector<SourcePosition>& positions) {
  impl_->committed(positions);
}
asio::awaitable<void> KafkaSource::stop() { return impl_->stop(); }

}  // namespace rollcall::kafka
