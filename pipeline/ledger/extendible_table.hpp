#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "pipeline/ensure.hpp"
#include "pipeline/ledger/sole_owner.hpp"
#include "pipeline/ledger/table_bucket.hpp"

namespace rollcall {

// A hash table from evenly spread keys to small non-zero values that never stops to rehash: a
// directory over buckets of at most a few thousand entries, each of which grows by 1.3 and then
// splits on its own, so an insertion moves at most one bucket. Snapshots share the buckets; a
// bucket that is shared is copied before it changes.
// Owner:   integer_ids or text_ids; a snapshot is owned by its view. Runs on: its owner's thread; a
//          snapshot on any.
// Limits:  (sizeof key + sizeof value) / 0.65 bytes an entry; an insertion moves at most
//          kBucketEntriesMax entries.
// Source:  extendible hashing (Fagin, Nievergelt, Pippenger & Strong 1979).
template <class Key, class Value>
class ExtendibleTable {
 public:
  ExtendibleTable() = default;
  ExtendibleTable(ExtendibleTable&&) noexcept = default;
  ExtendibleTable& operator=(ExtendibleTable&&) noexcept = default;
  ExtendibleTable& operator=(const ExtendibleTable&) = delete;

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::size_t bytes() const {
    return bytes_ + directory_.capacity() * sizeof(Bucket*) +
           buckets_.capacity() * sizeof(std::shared_ptr<Bucket>);
  }

  // The value of a key; 0 when it is absent.
  [[nodiscard]] Value get(const Key& key) const {
    if (size_ == 0) return {};
    const Bucket& bucket = *directory_[index_of(key)];
    const std::size_t slot = bucket.seek(key);
    return bucket.holds(slot, key) ? bucket.value(slot) : Value{};
  }

  // The value of a key to change, or null. It must not become 0. Valid until the next call.
  [[nodiscard]] Value* find(const Key& key) {
    if (size_ == 0) return nullptr;
    Bucket* bucket = directory_[index_of(key)];
    const std::size_t slot = bucket->seek(key);
    if (!bucket->holds(slot, key)) return nullptr;
    if (bucket->generation() != generation_) bucket = make_own(bucket, hash_of(key));
    return &bucket->value(slot);
  }

  // Puts a key that is absent.
  void insert(const Key& key, const Value& value) {
    if (directory_.empty()) lay_out({}, {}, 0, {}, add_place());
    for (;;) {
      Bucket* bucket = directory_[index_of(key)];
      if (bucket->generation() != generation_) bucket = make_own(bucket, hash_of(key));
      if (bucket->insert(bucket->seek(key), key, value)) break;
      make_room(*bucket, hash_of(key));
    }
    ++size_;
  }

  void prefetch(const Key& key) const {
    if (size_ != 0) directory_[index_of(key)]->prefetch(key);
  }

  template <class Visit>
  void for_each(const Visit& visit) const {  // visit(key, value), in no order that means anything
    for (const auto& bucket : buckets_) bucket->for_each(visit);
  }

  // For each key, in order: merge(index, value) changes its value, which is 0 when the key was
  // absent. Keys ascend strictly. Many keys to a bucket make one pass over it.
  template <class Merge>
  void merge_sorted(std::span<const Key> keys, const Merge& merge);

  // Takes a key out; returns its value, 0 when it was absent.
  Value take(const Key& key);
  // Takes out every entry of one bucket for which `condemned(key, value)` is true. Buckets are
  // numbered from 0.
  template <class Condemned>
  void erase_if(std::size_t bucket, const Condemned& condemned);
  [[nodiscard]] std::size_t buckets() const { return buckets_.size(); }

  // A copy that shares every bucket. Costs a pointer for each.
  [[nodiscard]] ExtendibleTable snapshot() {
    ++generation_;
    return *this;
  }

 private:
  using Bucket = TableBucket<Key, Value>;
  struct Entries {
    std::vector<Key> keys;
    std::vector<Value> values;
    void reserve(std::size_t n) {
      keys.reserve(n);
      values.reserve(n);
    }
    void push(const Key& key, const Value& value) {
      keys.push_back(key);
      values.push_back(value);
    }
  };
  struct Prefix {  // the hashes of one bucket: those that share the first `depth` bits with `first`
    std::uint64_t first = 0;
    unsigned depth = 0;
  };
  static constexpr std::size_t kBucketEntriesMax = 8192;
  static constexpr std::size_t kCrowdMin = 256;
  static constexpr unsigned kDepthMax =
      20;  // a bucket that deep grows instead: only a broken hash gets there

  ExtendibleTable(const ExtendibleTable&) = default;

  [[nodiscard]] std::size_t index_of_hash(std::uint64_t hash) const {
    return (hash >> 1U) >> (63U - depth_);
  }
  [[nodiscard]] std::size_t index_of(const Key& key) const { return index_of_hash(hash_of(key)); }
  static Prefix prefix_of(std::uint64_t hash, unsigned depth) {
    return {depth == 0 ? 0 : hash >> (64U - depth) << (64U - depth), depth};
  }
  static Entries entries_of(const Bucket& bucket) {
    Entries entries;
    entries.reserve(bucket.size());
    bucket.for_each([&](const Key& key, const Value& value) { entries.push(key, value); });
    return entries;
  }

  std::uint32_t add_place() {
    buckets_.emplace_back();
    return static_cast<std::uint32_t>(buckets_.size() - 1);
  }
  Bucket* make_own(Bucket* bucket, std::uint64_t hash);
  void make_room(const Bucket& bucket, std::uint64_t hash);
  void lay_out(std::span<const Key> keys, std::span<const Value> values, std::size_t room,
               Prefix prefix, std::uint32_t place);
  void install(std::shared_ptr<Bucket> bucket, std::uint64_t first);
  void double_directory();

  std::vector<std::shared_ptr<Bucket>>
      buckets_;                     // owned by this table and by the snapshots taken of it
  std::vector<Bucket*> directory_;  // by the first depth_ bits of the hash
  unsigned depth_ = 0;
  std::uint32_t generation_ = 0;  // a bucket of an older one may be shared with a snapshot
  std::size_t size_ = 0;
  std::size_t bytes_ = 0;
};

template <class Key, class Value>
auto ExtendibleTable<Key, Value>::make_own(Bucket* bucket, std::uint64_t hash) -> Bucket* {
  std::shared_ptr<Bucket>& held = buckets_[bucket->place()];
  if (sole_owner(held)) {
    bucket->set_generation(generation_);
    return bucket;
  }
  auto copy = std::make_shared<Bucket>(*bucket);
  copy->set_generation(generation_);
  install(copy, prefix_of(hash, bucket->depth()).first);
  return copy.get();
}

template <class Key, class Value>
void ExtendibleTable<Key, Value>::make_room(const Bucket& bucket, std::uint64_t hash) {
  const Entries entries = entries_of(bucket);
  lay_out(entries.keys, entries.values, bucket.room_after_growth(), prefix_of(hash, bucket.depth()),
          bucket.place());
}

// Puts the entries whose hashes begin with the `depth` bits of `first` into one bucket with room
// for `room`, or into several when they are too many or, in a half-filled table that is restored in
// order, too crowded on one side.
template <class Key, class Value>
void ExtendibleTable<Key, Value>::lay_out(std::span<const Key> keys, std::span<const Value> values,
                                          std::size_t room, Prefix prefix, std::uint32_t place) {
  if (keys.size() < kBucketEntriesMax || prefix.depth == kDepthMax) {
    for (;;) {
      auto bucket = std::make_shared<Bucket>(room, prefix.depth, place, generation_);
      if (bucket->fill(keys, values)) return install(std::move(bucket), prefix.first);
      if (keys.size() >= kCrowdMin && prefix.depth < kDepthMax) break;
      room += room / 4 + 8;
    }
  }
  if (prefix.depth == depth_) double_directory();
  const std::uint64_t middle = prefix.first | (std::uint64_t{1} << (63U - prefix.depth));
  const auto before_middle = [&](const Key& key) { return hash_of(key) < middle; };
  const auto cut = static_cast<std::size_t>(
      std::partition_point(keys.begin(), keys.end(), before_middle) - keys.begin());
  const std::uint32_t right = add_place();
  const unsigned depth = prefix.depth + 1;
  lay_out(keys.first(cut), values.first(cut), cut, {prefix.first, depth}, place);
  lay_out(keys.subspan(cut), values.subspan(cut), keys.size() - cut, {middle, depth}, right);
}

template <class Key, class Value>
void ExtendibleTable<Key, Value>::install(std::shared_ptr<Bucket> bucket, std::uint64_t first) {
  if (directory_.empty()) directory_.resize(1);
  const std::size_t copies = std::size_t{1} << (depth_ - bucket->depth());
  std::fill_n(directory_.begin() + static_cast<std::ptrdiff_t>(index_of_hash(first)), copies,
              bucket.get());
  std::shared_ptr<Bucket>& held = buckets_[bucket->place()];
  bytes_ += bucket->bytes();
  if (held) bytes_ -= held->bytes();
  held = std::move(bucket);
}

template <class Key, class Value>
void ExtendibleTable<Key, Value>::double_directory() {
  std::vector<Bucket*> doubled;
  doubled.reserve(directory_.size() * 2);
  for (Bucket* bucket : directory_) doubled.insert(doubled.end(), 2, bucket);
  if (doubled.empty()) doubled.resize(2);
  directory_ = std::move(doubled);
  ++depth_;
}

template <class Key, class Value>
template <class Merge>
void ExtendibleTable<Key, Value>::merge_sorted(std::span<const Key> keys, const Merge& merge) {
  if (directory_.empty()) lay_out({}, {}, 0, {}, add_place());
  for (std::size_t begin = 0; begin < keys.size();) {
    const Bucket& bucket = *directory_[index_of(keys[begin])];
    const Prefix prefix = prefix_of(hash_of(keys[begin]), bucket.depth());
    std::size_t end = begin + 1;
    while (end < keys.size() && prefix_of(hash_of(keys[end]), prefix.depth).first == prefix.first)
      ++end;
    Entries merged;
    merged.reserve(bucket.size() + end - begin);
    std::size_t i = begin;
    const auto take_key = [&](Value value) {
      merge(i, value);
      merged.push(keys[i++], value);
    };
    bucket.for_each([&](const Key& key, const Value& value) {
      while (i < end && keys[i] < key) take_key(Value{});
      if (i < end && keys[i] == key) {
        take_key(value);
      } else {
        merged.push(key, value);
      }
    });
    while (i < end) take_key(Value{});  // NOLINT(bugprone-infinite-loop): take_key moves i
    size_ += merged.keys.size() - bucket.size();
    const std::size_t room = std::max(merged.keys.size(), bucket.room());
    lay_out(merged.keys, merged.values, room, prefix, bucket.place());
    begin = end;
  }
}

template <class Key, class Value>
Value ExtendibleTable<Key, Value>::take(const Key& key) {
  const Value* found = find(key);  // makes the bucket ours
  if (found == nullptr) return {};
  const Value value = *found;
  Bucket& bucket = *directory_[index_of(key)];
  bucket.erase(bucket.seek(key));
  --size_;
  return value;
}

template <class Key, class Value>
template <class Condemned>
void ExtendibleTable<Key, Value>::erase_if(std::size_t place, const Condemned& condemned) {
  const Bucket& bucket = *buckets_[place];
  Entries kept;
  kept.reserve(bucket.size());
  std::uint64_t hash = 0;
  bucket.for_each([&](const Key& key, const Value& value) {
    hash = hash_of(key);
    if (!condemned(key, value)) kept.push(key, value);
  });
  if (kept.keys.size() == bucket.size()) return;
  size_ -= bucket.size() - kept.keys.size();
  lay_out(kept.keys, kept.values, kept.keys.size(), prefix_of(hash, bucket.depth()),
          bucket.place());
}

}  // namespace rollcall
