#include <algorithm>

#include "pipeline/ports/store.hpp"

namespace rollcall {

bool changes_letters(const Checkpoint& checkpoint) {
  return !checkpoint.acknowledgements.empty() || !checkpoint.still_bad.empty() ||
         checkpoint.letters_expired_ms.has_value();
}

void encode(Checkpoint& checkpoint) {
  if (checkpoint.encoded) return;
  for (LedgerChange& change : checkpoint.changes) {
    change.run = encode(change.delta);
    change.delta = LedgerDelta{};
  }
  std::vector<BatchNumber>& deleted = checkpoint.deleted_batches;
  std::sort(deleted.begin(), deleted.end());
  if (!deleted.empty()) {
    std::erase_if(checkpoint.details, [&deleted](const RecordDetail& detail) {
      return std::binary_search(deleted.begin(), deleted.end(), detail.batch);
    });
  }
  checkpoint.garbage.clear();
  checkpoint.encoded = true;
}

}  // namespace rollcall
