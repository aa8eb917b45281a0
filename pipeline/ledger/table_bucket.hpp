#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "pipeline/ledger/fingerprint.hpp"

namespace rollcall {

// What a table needs to know of a key: a hash whose order is the keys' order, and the greatest key.
inline std::uint64_t hash_of(std::uint64_t key) { return key; }
inline std::uint64_t hash_of(const Fingerprint& key) { return key.high; }
template <class Key>
inline constexpr Key kGreatestKey = {};
template <>
inline constexpr std::uint64_t kGreatestKey<std::uint64_t> =
    std::numeric_limits<std::uint64_t>::max();
template <>
inline constexpr Fingerprint kGreatestKey<Fingerprint> = {
    std::numeric_limits<std::uint64_t>::max(), std::numeric_limits<std::uint64_t>::max()};

// The entries of an ExtendibleTable whose hashes begin with the same `depth` bits, as two flat
// arrays sorted by key with gaps between. A key's home is a monotone function of its hash, and keys
// stand in order at or behind their homes, so a search ends at the first key that is not smaller,
// and growing or splitting is one pass from left to right. A gap holds the greatest key and the
// value 0: values of entries are never 0.
// Source:  ordered linear probing (Amble & Knuth 1974), homes as in linear probing sort (Gonnet &
//          Munro 1984).
template <class Key, class Value>
class TableBucket {
 public:
  // Room for `entries` at a comfortable load. `place` is the owner's name for this bucket.
  TableBucket(std::size_t entries, unsigned depth, std::uint32_t place, std::uint32_t generation)
      : place_(place), generation_(generation), depth_(depth) {
    std::size_t homes = std::max<std::size_t>(entries * 100 / kLoadAfterGrowth + 1, kHomesMin);
    std::size_t slots = homes + spare(homes);
    // A large array takes whole pages of the allocator anyway: use them.
    constexpr std::size_t kPage = 8192 / sizeof(Key);
    if (slots > 4 * kPage) slots = (slots + kPage - 1) / kPage * kPage;
    homes_ = static_cast<std::uint32_t>(slots - spare(homes));
    keys_.assign(slots, kGreatestKey<Key>);
    values_.assign(slots, Value{});
  }

  // Where the key is, or else where it belongs.
  [[nodiscard]] std::size_t seek(const Key& key) const {
    std::size_t slot = home(key);
    while (keys_[slot] < key) ++slot;  // the last slot is always a gap
    return slot;
  }
  [[nodiscard]] bool holds(std::size_t slot, const Key& key) const {
    return keys_[slot] == key && values_[slot] != Value{};
  }
  [[nodiscard]] const Value& value(std::size_t slot) const { return values_[slot]; }
  [[nodiscard]] Value& value(std::size_t slot) { return values_[slot]; }

  // Puts a key that is absent where seek() said. False, and nothing done, when the bucket has no
  // room left.
  bool insert(std::size_t slot, const Key& key, const Value& value) {
    if (full()) return false;
    if (values_[slot] != Value{}) {
      std::size_t gap = slot + 1;
      while (values_[gap] != Value{}) ++gap;
      if (gap + 1 >= keys_.size()) return false;
      const auto from = static_cast<std::ptrdiff_t>(slot);
      const auto to = static_cast<std::ptrdiff_t>(gap);
      std::move_backward(keys_.begin() + from, keys_.begin() + to, keys_.begin() + to + 1);
      std::move_backward(values_.begin() + from, values_.begin() + to, values_.begin() + to + 1);
    } else if (slot + 1 >= keys_.size()) {
      return false;
    }
    keys_[slot] = key;
    values_[slot] = value;
    ++size_;
    return true;
  }

  // Closes the gap that an entry leaves: whatever stood behind its home because of it moves up.
  void erase(std::size_t slot) {
    for (; values_[slot + 1] != Value{} && home(keys_[slot + 1]) <= slot; ++slot) {
      keys_[slot] = keys_[slot + 1];
      values_[slot] = values_[slot + 1];
    }
    keys_[slot] = kGreatestKey<Key>;
    values_[slot] = Value{};
    --size_;
  }

  // Lays sorted distinct keys into an empty bucket. False, when they do not fit: try a larger one.
  bool fill(std::span<const Key> keys, std::span<const Value> values) {
    std::size_t slot = 0;
    for (std::size_t i = 0; i < keys.size(); ++i, ++slot) {
      slot = std::max(slot, home(keys[i]));
      if (slot + 1 >= keys_.size()) return false;
      keys_[slot] = keys[i];
      values_[slot] = values[i];
    }
    size_ = static_cast<std::uint32_t>(keys.size());
    return true;
  }

  template <class Visit>
  void for_each(const Visit& visit) const {
    for (std::size_t slot = 0; slot < keys_.size(); ++slot) {
      if (values_[slot] != Value{}) visit(keys_[slot], values_[slot]);
    }
  }

  void prefetch(const Key& key) const {
    const std::size_t slot = home(key);
    __builtin_prefetch(&keys_[slot]);
    __builtin_prefetch(&values_[slot]);
    // g++ 12 takes a function that only prefetches for one without effect and drops the calls to
    // it.
    asm volatile("");
  }

  [[nodiscard]] bool full() const {
    return std::uint64_t{size_} * 100 >= std::uint64_t{homes_} * kLoadMax;
  }
  // What to ask of a constructor for as many homes as here, and for the next size.
  [[nodiscard]] std::size_t room() const { return std::size_t{homes_} * kLoadAfterGrowth / 100; }
  [[nodiscard]] std::size_t room_after_growth() const {
    return std::size_t{homes_} * kLoadMax / 100 + 1;
  }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] unsigned depth() const { return depth_; }
  [[nodiscard]] std::uint32_t place() const { return place_; }
  [[nodiscard]] std::uint32_t generation() const { return generation_; }
  void set_generation(std::uint32_t generation) { generation_ = generation; }
  [[nodiscard]] std::size_t bytes() const {
    return sizeof(*this) + keys_.size() * (sizeof(Key) + sizeof(Value));
  }

 private:
  // In per cent. Between growth and growth the load goes from the one to the other: a factor of
  // 1.3, so that memory for each entry never exceeds its bytes / 0.65.
  static constexpr std::size_t kLoadAfterGrowth = 65;
  static constexpr std::size_t kLoadMax = 85;
  static constexpr std::size_t kHomesMin = 8;

  // Slots behind the last home, for what is displaced there. At full load a displacement of k has a
  // probability of about exp(-k / 3); one beyond the spare slots makes the bucket grow early.
  static std::size_t spare(std::size_t homes) { return 8 + std::min<std::size_t>(homes / 32, 56); }

  [[nodiscard]] std::size_t home(const Key& key) const {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::size_t>((static_cast<Wide>(hash_of(key) << depth_) * homes_) >> 64U);
  }

  std::vector<Key> keys_;
  std::vector<Value> values_;
  std::uint32_t homes_ = 0;
  std::uint32_t size_ = 0;
  std::uint32_t place_;
  std::uint32_t generation_;
  unsigned depth_;
};

}  // namespace rollcall
