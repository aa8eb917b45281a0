#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>

#include "pipeline/ports/store.hpp"

namespace rollcall {

// What was said about outstanding records, in memory only. What is kept of a record that has been
// matched since is let go a little later: each new one looks at the two oldest.
// Owner:  Slice. Runs on: the loop.
// Limits: bytes_max; above it nothing new is kept, and counted.
class Attributes {
 public:
  explicit Attributes(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  // `outstanding` tells of a batch's number and an id whether they still are.
  template <class Outstanding>
  void put(BatchNumber batch, OwnedRecordId id, std::string_view json,
           const Outstanding& outstanding) {
    for (int looks = 0; looks < kLooks && !oldest_.empty(); ++looks) look_at_oldest(outstanding);
    Key key{batch, std::move(id)};
    const auto found = kept_.find(key);
    if (found != kept_.end()) {
      replace(found->second, json);
      return;
    }
    const std::size_t bytes = cost(key, json);
    if (bytes_ + bytes > bytes_max_) {
      ++not_kept_;
      return;
    }
    bytes_ += bytes;
    oldest_.push_back(key);
    kept_.emplace(std::move(key), json);
  }

  // Null where nothing is kept.
  [[nodiscard]] const std::string* find(BatchNumber batch, const OwnedRecordId& id) const {
    const auto found = kept_.find(Key{batch, id});
    return found == kept_.end() || found->second.empty() ? nullptr : &found->second;
  }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] std::uint64_t not_kept() const { return not_kept_; }

  void clear() {
    kept_.clear();
    oldest_.clear();
    bytes_ = 0;
  }

 private:
  static constexpr int kLooks = 2;
  static constexpr std::size_t kOverheadBytes = 192;  // of the map's and the queue's entries

  using Key = std::pair<BatchNumber, OwnedRecordId>;

  static std::size_t cost(const Key& key, std::string_view json) {
    const auto* text = std::get_if<std::string>(&key.second);
    return kOverheadBytes + json.size() + (text != nullptr ? 2 * text->size() : 0);
  }

  // What was said before is no longer true, so where the new finds no room nothing is kept.
  void replace(std::string& kept, std::string_view json) {
    bytes_ -= kept.size();
    if (bytes_ + json.size() > bytes_max_) {
      ++not_kept_;
      kept = std::string{};
      return;
    }
    bytes_ += json.size();
    kept = json;
  }

  template <class Outstanding>
  void look_at_oldest(const Outstanding& outstanding) {
    Key key = std::move(oldest_.front());
    oldest_.pop_front();
    if (outstanding(key.first, key.second)) {
      oldest_.push_back(std::move(key));
      return;
    }
    const auto found = kept_.find(key);
    if (found == kept_.end()) return;
    bytes_ -= cost(key, found->second);
    kept_.erase(found);
  }

  std::size_t bytes_max_;
  std::size_t bytes_ = 0;
  std::uint64_t not_kept_ = 0;
  boost::unordered_flat_map<Key, std::string> kept_;  // empty: there was no room
  std::deque<Key> oldest_;                            // each key of kept_ once
};

}  // namespace rollcall
