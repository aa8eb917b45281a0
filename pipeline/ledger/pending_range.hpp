#pragma once

#include <cstddef>

#include "pipeline/ledger/record_id.hpp"

namespace rollcall {

// A range on its way into a ledger, a bounded piece at a time. Until it is done nothing else may be added there.
struct PendingRange {
  explicit PendingRange(IntegerRange range) : whole(range), rest(range) {}

  IntegerRange whole;
  IntegerRange rest;  // not named yet; of no meaning once done
  bool done = false;
  bool gathered = false;        // none of its ids is in the table of spread ones any more
  std::size_t next_bucket = 0;  // of that table, to be looked through first
};

// Takes `cost` from what a turn may still spend.
inline void spend(std::size_t& budget, std::size_t cost) {
  budget -= cost < budget ? cost : budget;
}

}  // namespace rollcall
