#pragma once

#include <algorithm>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "pipeline/ports/record_source.hpp"

namespace rollcall::fakes {

// What the outside world holds: outlives any number of sources, as a broker outlives a consumer.
struct Log {
  struct Stream {
    std::string key;
    std::string side;
    std::deque<std::string> records;
    std::int64_t first = 0;  // older ones were removed
    std::string feed{"default"};
    Channel::OnBad on_bad = Channel::OnBad::dead_letter;
    Channel::OnEmpty on_empty = Channel::OnEmpty::skip;
    std::map<std::int64_t, std::int64_t> written_at_ms{};  // of a position; others do not say
    int generation = 0;  // grows when it is made anew
  };
  std::vector<Stream> streams;

  void append(std::size_t stream, std::string payload) {
    streams[stream].records.push_back(std::move(payload));
  }
  void append(std::size_t stream, std::string payload, std::int64_t written_at_ms) {
    Stream& to = streams[stream];
    to.written_at_ms[to.first + static_cast<std::int64_t>(to.records.size())] = written_at_ms;
    append(stream, std::move(payload));
  }
  void make_anew(std::size_t stream) {
    streams[stream].records.clear();
    ++streams[stream].generation;
  }
  [[nodiscard]] std::size_t size() const {
    std::size_t total = 0;
    for (const Stream& stream : streams) total += stream.records.size();
    return total;
  }
};

// Reads a Log as a KafkaSource reads partitions: round robin, from stored positions.
class ScriptedSource final : public RecordSource {
 public:
  ScriptedSource(const boost::asio::any_io_executor& executor, Log& log)
      : log_(log), timer_(executor) {}

  boost::asio::awaitable<Result<void>> start(std::vector<SourcePosition> stored) override {
    for (const Log::Stream& stream : log_.streams) {
      Channel channel;
      channel.key = channel.topic = stream.key;
      channel.side = stream.side;
      channel.feed = stream.feed;
      channel.on_bad = stream.on_bad;
      channel.on_empty = stream.on_empty;
      for (const SourcePosition& position : stored) {
        if (position.channel != stream.key) continue;
        channel.next = position.next;
        channel.lost_records = position.lost_records;
        channel.ids_max = position.ids_max;
      }
      channels_.push_back(std::move(channel));
      generations_.push_back(stream.generation);
    }
    skip_removed();
    started = true;
    co_return Result<void>{};
  }

  Result<std::span<const RawRecord>> drain(std::size_t records_max) override {
    if (failure) return *failure;
    ++drains;
    batch_.clear();
    for (std::size_t idle = 0; idle < channels_.size() && batch_.size() < records_max;) {
      idle = take_one() ? 0 : idle + 1;
      turn_ = (turn_ + 1) % channels_.size();
    }
    for (std::size_t i = 0; i < channels_.size(); ++i) note_end(i);
    return std::span<const RawRecord>{batch_};
  }

  boost::asio::awaitable<Result<std::vector<std::optional<RecordCopy>>>> read_again(
      std::vector<RecordPlace> places) override {
    std::vector<std::optional<RecordCopy>> copies;
    if (away) co_return transient("nobody answers");
    for (const RecordPlace& place : places) copies.push_back(copy_at(place));
    co_return copies;
  }

  SourceReset reset(std::string_view topic) override {
    SourceReset reset;
    reset.outcome = SourceReset::Outcome::no_such_source;
    for (std::size_t i = 0; i < channels_.size(); ++i) {
      if (channels_[i].topic != topic) continue;
      reset.outcome = SourceReset::Outcome::nothing_to_reset;
      if (!stands_still(i)) continue;
      const auto unread = known_end(i) - channels_[i].next;
      reset.channels.push_back(
          {channels_[i].key, channels_[i].next, static_cast<std::uint64_t>(unread)});
      if (unread > 0) {
        gaps_.push_back({static_cast<std::uint32_t>(i), channels_[i].next, known_end(i),
                         InputGap::Cause::begun_anew});
      }
      channels_[i].next = Channel::kNowhere;
      generations_[i] = log_.streams[i].generation;
    }
    if (!reset.channels.empty()) reset.outcome = SourceReset::Outcome::done;
    return reset;
  }

  std::vector<InputGap> take_gaps() override { return std::exchange(gaps_, {}); }

  boost::asio::awaitable<void> wait(std::chrono::milliseconds at_most) override {
    timer_.expires_after(at_most);
    co_await timer_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  }
  void wake() { timer_.cancel(); }

  const std::vector<Channel>& channels() const override { return channels_; }
  void committed(const std::vector<SourcePosition>& positions) override {
    commits.push_back(positions);
  }
  boost::asio::awaitable<void> stop() override {
    stopped = true;
    co_return;
  }

  bool started = false;
  bool stopped = false;
  std::size_t drains = 0;
  std::optional<Failure> failure;  // given by the next drain
  bool away = false;               // nobody answers what is asked
  [[nodiscard]] Channel& channel(std::size_t i) { return channels_[i]; }
  std::vector<std::vector<SourcePosition>> commits;

 private:
  [[nodiscard]] std::int64_t end(std::size_t i) const {
    return log_.streams[i].first + static_cast<std::int64_t>(log_.streams[i].records.size());
  }

  template <class C, class Unit>
  static std::int64_t now_in() {
    return std::chrono::duration_cast<Unit>(C::now().time_since_epoch()).count();
  }

  [[nodiscard]] std::optional<RecordCopy> copy_at(const RecordPlace& place) const {
    for (const Log::Stream& stream : log_.streams) {
      const auto index = static_cast<std::size_t>(place.position - stream.first);
      if (stream.key != place.channel || place.position < stream.first) continue;
      if (index < stream.records.size()) return RecordCopy{stream.records[index], 0};
    }
    return std::nullopt;
  }

  [[nodiscard]] bool stands_still(std::size_t i) const {
    return generations_[i] != log_.streams[i].generation;
  }
  [[nodiscard]] std::int64_t known_end(std::size_t i) const {
    return channels_[i].end.value_or(channels_[i].next);
  }

  void note_end(std::size_t i) {
    channels_[i].error = stands_still(i) ? "created anew" : "";
    if (away || stands_still(i)) return;  // the last answers stay as they are
    channels_[i].end = end(i);
    channels_[i].end_asked_ms = now_in<std::chrono::system_clock, std::chrono::milliseconds>();
    channels_[i].end_asked_us = now_in<std::chrono::steady_clock, std::chrono::microseconds>();
  }

  bool take_one() {
    Channel& channel = channels_[turn_];
    const Log::Stream& stream = log_.streams[turn_];
    if (stands_still(turn_)) return false;
    if (channel.next == Channel::kNowhere) channel.next = stream.first;
    if (channel.next >= end(turn_)) return false;
    RawRecord record;
    record.payload = stream.records[static_cast<std::size_t>(channel.next - stream.first)];
    if (const auto at = stream.written_at_ms.find(channel.next); at != stream.written_at_ms.end())
      record.timestamp_ms = at->second;
    record.position = channel.next++;
    record.channel = static_cast<std::uint32_t>(turn_);
    batch_.push_back(record);
    return true;
  }

  void skip_removed() {
    for (std::size_t i = 0; i < channels_.size(); ++i) {
      const std::int64_t first = log_.streams[i].first;
      if (channels_[i].next >= first) continue;
      gaps_.push_back({static_cast<std::uint32_t>(i), channels_[i].next, first});
      channels_[i].lost_records += static_cast<std::uint64_t>(first - channels_[i].next);
      channels_[i].next = first;
    }
  }

  Log& log_;
  boost::asio::steady_timer timer_;
  std::vector<Channel> channels_;
  std::vector<RawRecord> batch_;
  std::vector<InputGap> gaps_;
  std::vector<int> generations_;  // that are read
  std::size_t turn_ = 0;
};

}  // namespace rollcall::fakes
