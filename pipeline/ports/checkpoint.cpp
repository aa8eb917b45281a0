#include "pipeline/ports/store.hpp"

namespace rollcall {

void encode(Checkpoint& checkpoint) {
  if (checkpoint.encoded) return;
  for (LedgerChange& change : checkpoint.changes) {
    change.run = encode(change.delta);
    change.delta = LedgerDelta{};
  }
  checkpoint.garbage.clear();
  checkpoint.encoded = true;
}

}  // namespace rollcall
