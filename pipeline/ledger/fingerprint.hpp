#pragma once

#include <compare>
#include <cstdint>
#include <string_view>
#include <xxhash.h>

namespace rollcall {

// Secret of one deployment, drawn once and kept in the store, so that nobody outside can search for collisions.
using Seed = std::uint64_t;

// 128-bit seeded xxh3 of a text id. Among 10^9 ids two collide with probability 1.5e-21 (n^2 / 2^129).
struct Fingerprint {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  friend auto operator<=>(const Fingerprint&, const Fingerprint&) = default;
};

inline Fingerprint fingerprint(std::string_view text, Seed seed) {
  const XXH128_hash_t hash = XXH3_128bits_withSeed(text.data(), text.size(), seed);
  return {hash.high64, hash.low64};
}

}  // namespace rollcall
