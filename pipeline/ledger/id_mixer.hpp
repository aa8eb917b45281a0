#pragma once

#include <cstdint>

#include "pipeline/ledger/fingerprint.hpp"

namespace rollcall {

// A secret permutation of the 64-bit integers: ids in, evenly spread keys out, and back again. A
// table that stores the key needs neither the id nor its hash besides. Producers choose ids, so the
// multiplier and the offset come from the deployment's seed: who does not know it cannot aim ids at
// one place of a table.
// Source:  the shift-multiply rounds of MurmurHash3's finalizer (Appleby 2011) with a secret first
//          multiplier.
class IdMixer {
 public:
  explicit IdMixer(Seed seed)
      : offset_(scramble(seed)), factor_(scramble(seed + 1) | 1U), inverse_(inverse_of(factor_)) {}

  [[nodiscard]] std::uint64_t mix(std::uint64_t id) const {
    std::uint64_t x = id ^ offset_;
    x ^= x >> 32U;
    x *= factor_;
    x ^= x >> 32U;
    x *= kFactor;
    return x ^ (x >> 32U);
  }
  [[nodiscard]] std::uint64_t unmix(std::uint64_t key) const {
    std::uint64_t x = key ^ (key >> 32U);
    x *= kInverse;
    x ^= x >> 32U;
    x *= inverse_;
    x ^= x >> 32U;
    return x ^ offset_;
  }

 private:
  // Newton's iteration doubles the number of right bits; an odd number is its own inverse in the
  // lowest three.
  static constexpr std::uint64_t inverse_of(std::uint64_t odd) {
    std::uint64_t inverse = odd;
    for (int right_bits = 3; right_bits < 64; right_bits *= 2) inverse *= 2 - odd * inverse;
    return inverse;
  }
  static constexpr std::uint64_t scramble(std::uint64_t x) {  // splitmix64
    x += 0x9e3779b97f4a7c15U;
    x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31U);
  }

  static constexpr std::uint64_t kFactor = 0xd6e8feb86659fd93U;
  static constexpr std::uint64_t kInverse = 0xcfee444d8b59a89bU;
  static_assert(kFactor * kInverse == 1);

  std::uint64_t offset_;
  std::uint64_t factor_;
  std::uint64_t inverse_;
};

}  // namespace rollcall
