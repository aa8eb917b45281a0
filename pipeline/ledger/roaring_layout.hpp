#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <roaring/roaring.hh>

// What the ledger needs of CRoaring 0.2.66 and its interface does not offer: one look-up for
// several questions, cutting a bitmap in two without copying, runs in order. The only place that
// knows the layout of its bitmaps: sorted 16-bit keys and, for each, a container of up to 65,536
// values as sorted array, bitset or runs. Copy-on-write inside CRoaring is never switched on, so no
// container is ever a shared one.
namespace rollcall::roaring_layout {

inline std::int32_t container_count(const Roaring& set) {
  return set.roaring.high_low_container.size;
}

inline std::uint16_t key_at(const Roaring& set, std::int32_t index) {
  return set.roaring.high_low_container.keys[index];
}

// Index of the container in which `value` would be; negative when there is none. In a set without
// gaps the key's distance from the first one is the index; only where that misses, the keys are
// searched.
inline std::int32_t find_container(const Roaring& set, std::uint32_t value) {
  const roaring_array_t& array = set.roaring.high_low_container;
  if (array.size == 0) return -1;
  const auto key = static_cast<std::uint16_t>(value >> 16U);
  const std::int32_t guess = std::int32_t{key} - array.keys[0];
  if (guess < 0) return -1;
  if (guess < array.size && array.keys[guess] == key) return guess;
  return ra_get_index(&array, key);
}

// Where the last search in a set ended. The next id is often a close neighbour of the last one.
using Finger = std::int32_t;

// How many values of a sorted array are smaller. Looks around the finger first; beyond, each
// halving is arithmetic instead of a jump that no predictor could learn.
inline std::int32_t values_below(const array_container_t& array, std::uint16_t value,
                                 Finger& finger) {
  constexpr std::int32_t kNear = 16;
  const std::uint16_t* first = array.array;
  std::int32_t length = array.cardinality;
  if (length == 0 || first[length - 1] < value) return finger = length;
  if (finger < length && (finger == 0 || first[finger - 1] < value) &&
      first[std::min(finger + kNear, length) - 1] >= value) {
    first += finger;
    length = std::min(kNear, length - finger);
  }
  while (length > 1) {
    const std::int32_t half = length / 2;
    first += std::ptrdiff_t{first[half - 1] < value} * half;
    length -= half;
  }
  finger =
      static_cast<std::int32_t>(first - array.array) + static_cast<std::int32_t>(*first < value);
  return finger;
}

inline bool array_has(const array_container_t& array, std::int32_t at, std::uint16_t value) {
  return at < array.cardinality && array.array[at] == value;
}

inline bool container_has(const Roaring& set, std::int32_t index, std::uint32_t value,
                          Finger& finger) {
  const roaring_array_t& array = set.roaring.high_low_container;
  if (array.typecodes[index] == ARRAY_CONTAINER_TYPE_CODE) {
    const auto& values = *static_cast<const array_container_t*>(array.containers[index]);
    const auto low = static_cast<std::uint16_t>(value);
    return array_has(values, values_below(values, low, finger), low);
  }
  return container_contains(array.containers[index], static_cast<std::uint16_t>(value),
                            array.typecodes[index]);
}

inline bool contains(const Roaring& set, std::uint32_t value) {
  const std::int32_t index = find_container(set, value);
  Finger finger = 0;
  return index >= 0 && container_has(set, index, value, finger);
}

struct Added {
  bool fresh = false;        // it was not there before
  std::ptrdiff_t bytes = 0;  // by which the set has grown, or shrunk
};
// Adds a value whose container is there.
Added add_to_container_slowly(Roaring& set, std::int32_t index, std::uint32_t value);
inline Added add_to_container(Roaring& set, std::int32_t index, std::uint32_t value,
                              Finger& finger) {
  const roaring_array_t& array = set.roaring.high_low_container;
  if (array.typecodes[index] == BITSET_CONTAINER_TYPE_CODE) {
    auto* bits = static_cast<bitset_container_t*>(array.containers[index]);
    const bool fresh = bitset_container_add(bits, static_cast<std::uint16_t>(value));
    if (!fresh || bits->cardinality < (1 << 16)) return {fresh, 0};
  } else if (array.typecodes[index] == ARRAY_CONTAINER_TYPE_CODE) {
    auto& values = *static_cast<array_container_t*>(array.containers[index]);
    const auto low = static_cast<std::uint16_t>(value);
    const std::int32_t at = values_below(values, low, finger);
    if (array_has(values, at, low)) return {false, 0};
    if (values.cardinality < std::min<std::int32_t>(values.capacity, DEFAULT_MAX_SIZE)) {
      std::uint16_t* place = values.array + at;
      std::copy_backward(place, values.array + values.cardinality,
                         values.array + values.cardinality + 1);
      *place = low;
      ++values.cardinality;
      return {true, 0};
    }
  }
  return add_to_container_slowly(set, index, value);
}
// Adds a value whose container may be missing.
Added add(Roaring& set, std::uint32_t value);

// Memory that the set holds, allocator's rounding left out.
[[nodiscard]] std::size_t bytes(const Roaring& set);

// Moves every container from that of `value` on out of `set` into the result.
[[nodiscard]] Roaring cut(Roaring& set, std::uint32_t value);

// Reads the runs of consecutive values from `from` on, container by container: a run that crosses a
// border comes in pieces that touch.
class RunReader {
 public:
  RunReader(const Roaring& set, std::uint32_t from);
  // False at the end. The set must not have changed.
  bool next(std::uint32_t& lo, std::uint32_t& hi);

 private:
  bool next_in_array(const array_container_t& array, std::uint32_t& lo, std::uint32_t& hi);
  bool next_in_runs(const run_container_t& runs, std::uint32_t& lo, std::uint32_t& hi);
  bool next_in_bits(const bitset_container_t& bits, std::uint32_t& lo, std::uint32_t& hi);

  const roaring_array_t& array_;
  std::int32_t index_ = 0;
  std::uint32_t low_ = 0;      // within the container: everything below has been read
  std::int32_t position_ = 0;  // where in an array or among runs
};

}  // namespace rollcall::roaring_layout
