#pragma once

#include "pipeline/ledger/sides.hpp"

namespace rollcall {

// What was known of an id when a side named it.
struct AddOutcome {
  Mask before = 0;            // the sides that had named it
  bool first_repeat = false;  // this side has now named it for the second time
};

}  // namespace rollcall
