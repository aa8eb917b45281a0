#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "connectors/kafka/kafka_source.hpp"

namespace rollcall::kafka::test {

// A KafkaSource with a loop of its own, driven step by step: what it hands out is collected for each channel.
// Every wait has a deadline, so a test that would hang fails instead.
class SourceUnderTest {
 public:
  using Seconds = std::chrono::seconds;
  static constexpr Seconds kDeadline{30};

  explicit SourceUnderTest(Options options) {
    options.log = [this](LogLevel, const std::string& text) { log.push_back(text); };
    source = std::make_unique<KafkaSource>(loop_.get_executor(), std::move(options));
  }
  ~SourceUnderTest() {
    if (source) stop();
  }
  SourceUnderTest(const SourceUnderTest&) = delete;
  SourceUnderTest& operator=(const SourceUnderTest&) = delete;

  // False where it fails; then `failure` says why.
  bool start(std::vector<SourcePosition> stored = {}) {
    const auto done = std::make_shared<bool>(false);  // may end after the deadline
    boost::asio::co_spawn(loop_, source->start(std::move(stored)),
                          [this, done](const std::exception_ptr&, const Result<void>& result) {
                            *done = true;
                            if (!result) failure = result.error();
                          });
    run_until([&] { return *done; });
    return *done && !failure;
  }

  // Drains until the condition holds; false at the deadline, or when the source fails.
  bool read_until(const std::function<bool()>& done,
                  std::chrono::milliseconds deadline = kDeadline) {
    const auto until = std::chrono::steady_clock::now() + deadline;
    while (!failure && !done()) {
      if (std::chrono::steady_clock::now() > until) return false;
      drain_once();
      wait_a_moment();
    }
    return !failure;
  }
  bool read_records(std::size_t count) {
    return read_until([&] { return total() >= count; });
  }
  // The channel stands still and says why; nothing failed.
  bool stands_still(const std::string& key, const std::string& why) {
    return read_until([&] { return channel(key).error.find(why) != std::string::npos; });
  }
  // Everything that is there has been read, by the source's own account.
  bool read_to_end() {
    const auto asked =
        std::chrono::system_clock::now().time_since_epoch() / std::chrono::milliseconds{1};
    return read_until([&] {
      for (const auto& channel : source->channels()) {
        if (!channel.end || channel.end_asked_ms < asked || channel.next < *channel.end)
          return false;
      }
      return !source->channels().empty();
    });
  }

  void drain_once(std::size_t records_max = 1000) {
    const auto drained = source->drain(records_max);
    if (!drained) {
      failure = drained.error();
      return;
    }
    for (const auto& record : *drained) {
      const auto& key = source->channels()[record.channel].key;
      payloads[key].emplace_back(record.payload);
      offsets[key].push_back(record.position);
    }
    for (const auto& gap : source->take_gaps()) gaps.push_back(gap);
  }

  void look_afresh(std::chrono::milliseconds at_most = kDeadline) {
    const auto looked = std::make_shared<bool>(false);
    boost::asio::co_spawn(loop_, source->look_afresh(at_most),
                          [looked](const std::exception_ptr&) { *looked = true; });
    run_until([&] { return *looked; });
  }

  Result<std::vector<std::optional<RecordCopy>>> read_again(std::vector<RecordPlace> places) {
    const auto read =
        std::make_shared<std::optional<Result<std::vector<std::optional<RecordCopy>>>>>();
    boost::asio::co_spawn(
        loop_, source->read_again(std::move(places)),
        [read](const std::exception_ptr&, auto result) { *read = std::move(result); });
    run_until([&] { return read->has_value(); });
    return read->value();
  }

  void stop() {
    const auto stopped = std::make_shared<bool>(false);
    boost::asio::co_spawn(loop_, source->stop(),
                          [stopped](const std::exception_ptr&) { *stopped = true; });
    run_until([&] { return *stopped; });
    source.reset();
  }

  [[nodiscard]] std::vector<SourcePosition> positions() const {
    std::vector<SourcePosition> all;
    for (const auto& channel : source->channels()) {
      all.push_back({channel.key, channel.next, channel.fingerprint, channel.lost_records});
    }
    return all;
  }
  [[nodiscard]] std::size_t total() const {
    std::size_t sum = 0;
    for (const auto& [key, list] : payloads) sum += list.size();
    return sum;
  }
  [[nodiscard]] const Channel& channel(const std::string& key) const {
    for (const auto& channel : source->channels()) {
      if (channel.key == key) return channel;
    }
    throw std::runtime_error("no channel " + key);
  }

  void wait_a_moment(std::chrono::milliseconds at_most = std::chrono::milliseconds{50}) {
    const auto woken = std::make_shared<bool>(false);
    boost::asio::co_spawn(loop_, source->wait(at_most),
                          [woken](const std::exception_ptr&) { *woken = true; });
    run_until([&] { return *woken; });
  }

  std::unique_ptr<KafkaSource> source;
  std::map<std::string, std::vector<std::string>> payloads;
  std::map<std::string, std::vector<std::int64_t>> offsets;
  std::vector<InputGap> gaps;
  std::vector<std::string> log;
  std::optional<Failure> failure;

 private:
  void run_until(const std::function<bool()>& done) {
    const auto until = std::chrono::steady_clock::now() + kDeadline;
    while (!done() && std::chrono::steady_clock::now() < until) {
      loop_.restart();
      loop_.run_one_for(std::chrono::milliseconds{100});
    }
  }

  boost::asio::io_context loop_{1};
};

// Options that find out everything quickly.
inline Options quick_options(const std::string& brokers, const std::vector<std::string>& topics) {
  Options options;
  options.brokers = brokers;
  for (const auto& topic : topics) options.topics.push_back({.name = topic, .side = "expected"});
  options.metadata_interval = std::chrono::milliseconds{300};
  options.ends_interval = std::chrono::milliseconds{50};
  options.confirm_for = std::chrono::milliseconds{500};
  options.properties["fetch.wait.max.ms"] = "20";
  options.properties["reconnect.backoff.max.ms"] = "200";
  return options;
}

}  // namespace rollcall::kafka::test
