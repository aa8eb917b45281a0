#include "pipeline/ledger/roaring_layout.hpp"

#include <algorithm>

namespace rollcall::roaring_layout {
namespace {

constexpr std::int32_t kContainerValues = 1 << 16;
// Runs beyond which a bitset is smaller; CRoaring itself would let them grow to 32,768, moving them
// on every insertion.
constexpr std::int32_t kRunsMax = 2048;
constexpr std::size_t kEntryBytes = sizeof(void*) + sizeof(std::uint16_t) + sizeof(std::uint8_t);

std::size_t container_bytes(const roaring_array_t& array, std::int32_t index) {
  const void* container = array.containers[index];
  switch (array.typecodes[index]) {
    case BITSET_CONTAINER_TYPE_CODE:
      return sizeof(bitset_container_t) + kContainerValues / 8;
    case RUN_CONTAINER_TYPE_CODE: {
      const auto capacity = static_cast<const run_container_t*>(container)->capacity;
      return sizeof(run_container_t) + static_cast<std::size_t>(capacity) * sizeof(rle16_t);
    }
    default: {
      const auto capacity = static_cast<const array_container_t*>(container)->capacity;
      return sizeof(array_container_t) + static_cast<std::size_t>(capacity) * sizeof(std::uint16_t);
    }
  }
}

// A full bitset is one run, and many runs are a bitset.
void choose_form(roaring_array_t& array, std::int32_t index) {
  void*& container = array.containers[index];
  std::uint8_t& type = array.typecodes[index];
  if (type == BITSET_CONTAINER_TYPE_CODE) {
    auto* bits = static_cast<bitset_container_t*>(container);
    if (bits->cardinality < kContainerValues) return;
    container = run_container_create_range(0, kContainerValues);
    type = RUN_CONTAINER_TYPE_CODE;
    bitset_container_free(bits);
  } else if (type == RUN_CONTAINER_TYPE_CODE) {
    auto* runs = static_cast<run_container_t*>(container);
    if (runs->n_runs <= kRunsMax) return;
    container = bitset_container_from_run(runs);
    type = BITSET_CONTAINER_TYPE_CODE;
    run_container_free(runs);
  }
}

}  // namespace

Added add_to_container_slowly(Roaring& set, std::int32_t index, std::uint32_t value) {
  roaring_array_t& array = set.roaring.high_low_container;
  const std::size_t before = container_bytes(array, index);
  // A bitset comes here only when the value has just filled it.
  const bool filled = array.typecodes[index] == BITSET_CONTAINER_TYPE_CODE;
  Finger finger = 0;
  const bool fresh = filled || !container_has(set, index, value, finger);
  if (!filled && fresh) {
    std::uint8_t type = 0;
    void* old = array.containers[index];
    void* now =
        container_add(old, static_cast<std::uint16_t>(value), array.typecodes[index], &type);
    if (now != old) container_free(old, array.typecodes[index]);
    array.containers[index] = now;
    array.typecodes[index] = type;
  }
  if (fresh) choose_form(array, index);
  const std::size_t after = container_bytes(array, index);
  return {fresh, static_cast<std::ptrdiff_t>(after) - static_cast<std::ptrdiff_t>(before)};
}

Added add(Roaring& set, std::uint32_t value) {
  const std::int32_t index = find_container(set, value);
  Finger finger = 0;
  if (index >= 0) return add_to_container(set, index, value, finger);
  set.add(value);
  const std::size_t grown =
      container_bytes(set.roaring.high_low_container, find_container(set, value));
  return {true, static_cast<std::ptrdiff_t>(grown + kEntryBytes)};
}

std::size_t bytes(const Roaring& set) {
  const roaring_array_t& array = set.roaring.high_low_container;
  std::size_t sum = static_cast<std::size_t>(array.allocation_size) * kEntryBytes;
  for (std::int32_t i = 0; i < array.size; ++i) sum += container_bytes(array, i);
  return sum;
}

Roaring cut(Roaring& set, std::uint32_t value) {
  roaring_array_t& array = set.roaring.high_low_container;
  const std::uint16_t* end = array.keys + array.size;
  const auto from = static_cast<std::int32_t>(
      std::lower_bound(static_cast<const std::uint16_t*>(array.keys), end, value >> 16U) -
      array.keys);
  Roaring rest;
  for (std::int32_t i = from; i < array.size; ++i) {
    ra_append(&rest.roaring.high_low_container, array.keys[i], array.containers[i],
              array.typecodes[i]);
  }
  ra_downsize(&array, from);
  return rest;
}

RunReader::RunReader(const Roaring& set, std::uint32_t from)
    : array_(set.roaring.high_low_container) {
  const std::uint16_t* keys = array_.keys;
  const auto key = static_cast<std::uint16_t>(from >> 16U);
  index_ = static_cast<std::int32_t>(std::lower_bound(keys, keys + array_.size, key) - keys);
  if (index_ < array_.size && keys[index_] == key) low_ = from & 0xffffU;
}

bool RunReader::next(std::uint32_t& lo, std::uint32_t& hi) {
  for (; index_ < array_.size; ++index_, low_ = 0, position_ = 0) {
    if (low_ >= static_cast<std::uint32_t>(kContainerValues)) continue;
    const void* container = array_.containers[index_];
    bool found = false;
    switch (array_.typecodes[index_]) {
      case BITSET_CONTAINER_TYPE_CODE:
        found = next_in_bits(*static_cast<const bitset_container_t*>(container), lo, hi);
        break;
      case RUN_CONTAINER_TYPE_CODE:
        found = next_in_runs(*static_cast<const run_container_t*>(container), lo, hi);
        break;
      default:
        found = next_in_array(*static_cast<const array_container_t*>(container), lo, hi);
    }
    if (!found) continue;
    low_ = hi + 1;
    const auto base = static_cast<std::uint32_t>(array_.keys[index_]) << 16U;
    lo |= base;
    hi |= base;
    return true;
  }
  return false;
}

bool RunReader::next_in_array(const array_container_t& array, std::uint32_t& lo,
                              std::uint32_t& hi) {
  if (position_ == 0 && low_ > 0) {
    const std::uint16_t* values = array.array;
    position_ = static_cast<std::int32_t>(
        std::lower_bound(values, values + array.cardinality, low_) - values);
  }
  if (position_ >= array.cardinality) return false;
  lo = hi = array.array[position_++];
  while (position_ < array.cardinality && array.array[position_] == hi + 1) ++hi, ++position_;
  return true;
}

bool RunReader::next_in_runs(const run_container_t& runs, std::uint32_t& lo, std::uint32_t& hi) {
  for (; position_ < runs.n_runs; ++position_) {
    const rle16_t run = runs.runs[position_];
    const std::uint32_t last = std::uint32_t{run.value} + run.length;
    if (last < low_) continue;
    lo = std::max<std::uint32_t>(run.value, low_);
    hi = last;
    ++position_;
    return true;
  }
  return false;
}

bool RunReader::next_in_bits(const bitset_container_t& bits, std::uint32_t& lo, std::uint32_t& hi) {
  constexpr std::uint32_t kWords = kContainerValues / 64;
  std::uint32_t word = low_ / 64;
  std::uint64_t rest = bits.array[word] & (~std::uint64_t{0} << (low_ % 64));
  while (rest == 0) {
    if (++word == kWords) return false;
    rest = bits.array[word];
  }
  const auto begin = static_cast<std::uint32_t>(__builtin_ctzll(rest));
  lo = word * 64 + begin;
  std::uint64_t gaps = ~bits.array[word] & (~std::uint64_t{0} << begin);
  while (gaps == 0) {
    if (++word == kWords) break;
    gaps = ~bits.array[word];
  }
  hi = word == kWords ? kContainerValues - 1
                      : word * 64 + static_cast<std::uint32_t>(__builtin_ctzll(gaps)) - 1;
  return true;
}

}  // namespace rollcall::roaring_layout
