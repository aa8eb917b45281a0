#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace rollcall {

// How often each of the recent keys was seen, in a few kilobytes whatever their number. Keys share
// slots; in each slot the most frequent one prevails, so a crowd of random keys cannot hide one
// that comes again and again.
// Source:  majority vote (Boyer & Moore 1981) in each slot of a direct-mapped table.
template <std::size_t slots>
class Census {
 public:
  // Notes that `key` came by; returns a count that it has reached at least, counting from its last
  // defeat.
  std::uint32_t note(std::uint64_t key) {
    Slot& slot = slots_[(key * 0x9e3779b97f4a7c15U >> 32U) % slots];
    if (slot.key == key) return ++slot.count;
    if (slot.count > 0) {
      --slot.count;
      return 0;
    }
    slot = {key, 1};
    return 1;
  }

 private:
  struct Slot {
    std::uint64_t key = 0;
    std::uint32_t count = 0;
  };
  std::array<Slot, slots> slots_{};
};

}  // namespace rollcall
