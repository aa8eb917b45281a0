#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace rollcall::test {

enum class Target { expected, processed, events };  // of TopicSet

struct WorkloadRecord {
  Target target = Target::expected;
  std::string payload;
  bool null = false;
};

// An endless stream of events such as producers write, all from one seed: several batches with ids of every kind, most
// of them on both sides, in either order, some missing, unexpected or repeated; arrays and ranges; and records that
// nobody can read.
class Workload {
 public:
  explicit Workload(std::uint64_t seed);
  WorkloadRecord next();
  // An event whose id no other event has: for transactions that are given up.
  WorkloadRecord phantom();

 private:
  enum Side { kExpectedSide, kProcessedSide };
  // What stands for the ids of an event, as JSON members: `"id":17`.
  struct Claim {
    std::string batch;  // JSON text, quoted
    std::string ids;
  };

  std::uint64_t below(std::uint64_t limit) { return random_() % limit; }
  bool one_in(std::uint64_t n) { return below(n) == 0; }
  Claim new_claim();
  std::string mixed_ids();
  std::string range();
  std::string uuid();
  std::string long_text();
  WorkloadRecord event(const Claim& claim, Side side);
  WorkloadRecord bad();
  std::string decoration();

  std::mt19937_64 random_;
  std::uint64_t serial_ = 0;
  std::vector<std::pair<Claim, Side>> pending_;  // the other half of a pair, to come
  std::array<Claim, 512> recent_{};              // may be repeated
  std::size_t recent_count_ = 0;
};

}  // namespace rollcall::test
