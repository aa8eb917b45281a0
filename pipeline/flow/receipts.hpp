#pragma once

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "pipeline/ports/store.hpp"

namespace rollcall {

// The receipts of repeatable writes: all of them in memory, changes on their way into checkpoints.
// Owner:  Slice. Runs on: the loop.
// Limits: a receipt is kept for `kept_for`, and no more than `count_max` of them: the oldest go
//         first.
class Receipts {
 public:
  struct Options {
    std::chrono::milliseconds kept_for{std::chrono::hours{24}};
    std::size_t count_max = 100'000;
  };

  Receipts() = default;
  explicit Receipts(Options options) : options_(options) {}

  void restore(std::vector<Receipt> oldest_first) {
    clear();
    for (Receipt& receipt : oldest_first) {
      by_time_.emplace_back(receipt.at_ms, receipt.key);
      std::string key = receipt.key;
      by_key_.insert_or_assign(std::move(key), Entry{std::move(receipt), false});
    }
  }
  void clear() {
    by_key_.clear();
    by_time_.clear();
    changed_keys_.clear();
    expired_ms_.reset();
  }

  [[nodiscard]] const Receipt* find(const std::string& key) const {
    const auto found = by_key_.find(key);
    return found == by_key_.end() ? nullptr : &found->second.receipt;
  }

  // Keeps a receipt, in the place of an older one of its key.
  void put(Receipt receipt) {
    expire(receipt.at_ms);
    insert(std::move(receipt));
  }

  [[nodiscard]] bool changed() const { return !changed_keys_.empty() || expired_ms_; }
  [[nodiscard]] std::size_t size() const { return by_key_.size(); }

  void cut(Checkpoint& checkpoint) {
    for (const std::string& key : std::exchange(changed_keys_, {})) {
      const auto found = by_key_.find(key);
      if (found == by_key_.end()) continue;  // let go since
      found->second.changed = false;
      checkpoint.receipts.push_back(found->second.receipt);
    }
    checkpoint.receipts_expired_ms = std::exchange(expired_ms_, std::nullopt);
  }

 private:
  struct Entry {
    Receipt receipt;
    bool changed = false;  // since the last cut; its key is among changed_keys_
  };

  void insert(Receipt receipt) {
    by_time_.emplace_back(receipt.at_ms, receipt.key);
    Entry& entry = by_key_[receipt.key];
    if (!std::exchange(entry.changed, true)) changed_keys_.push_back(receipt.key);
    entry.receipt = std::move(receipt);
  }

  // Lets go of what is too old, and of a tenth where there are too many, so that the store is told
  // about it once in a while and not each time.
  void expire(std::int64_t now_ms) {
    std::int64_t before_ms = now_ms - options_.kept_for.count();
    if (by_time_.size() >= options_.count_max)
      before_ms = std::max(before_ms, by_time_[options_.count_max / 10].first);
    const bool overdue = !by_time_.empty() && by_time_.front().first + kSlack.count() < before_ms;
    if (!overdue && by_time_.size() < options_.count_max) return;
    while (!by_time_.empty() && by_time_.front().first <= before_ms) {
      const auto found = by_key_.find(by_time_.front().second);
      if (found != by_key_.end() && found->second.receipt.at_ms <= before_ms) by_key_.erase(found);
      by_time_.pop_front();
    }
    expired_ms_ = before_ms;
  }

  static constexpr std::chrono::milliseconds kSlack{std::chrono::minutes{10}};

  Options options_;
  boost::unordered_flat_map<std::string, Entry> by_key_;
  std::deque<std::pair<std::int64_t, std::string>> by_time_;  // one for each time it was put
  std::vector<std::string> changed_keys_;
  std::optional<std::int64_t> expired_ms_;
};

}  // namespace rollcall
