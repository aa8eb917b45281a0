#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <tuple>
#include <vector>

#include "connectors/memory/memory_store.hpp"
#include "pipeline/ledger/compaction_policy.hpp"
#include "pipeline/ports/store.hpp"

namespace rollcall::memory {

struct StoredRun {
  RunInfo info;
  SegmentRun chunks;
};
struct StoredLedger {
  LedgerSummary summary;
  std::vector<StoredRun> runs;
};
struct StoredSlice {
  Epoch epoch = 0;
  std::uint64_t sequence = 0;
  std::map<std::string, SourcePosition> positions;
  std::map<BatchNumber, StoredLedger> ledgers;
  BatchNumber next_batch = 1;
  std::vector<std::uint64_t> last_commit;  // what its acknowledgements closed
  std::map<std::string, Receipt> receipts;
};

struct SharedState {
  std::mutex mutex;  // guards all of it: each call of a store is one transaction
  Seed seed = 0;
  Epoch first_epoch = 0;  // of each slice, before it is taken for the first time
  std::map<SliceId, StoredSlice> slices;
  std::map<BatchNumber, BatchRow> batches;
  std::map<std::string, BatchNumber> names;
  std::map<std::tuple<BatchNumber, OwnedRecordId, Side>, std::string> details;
  std::vector<DeadLetter> dead_letters;  // by ascending number
  std::int64_t next_letter = 1;
  std::size_t faults = 0;
  Fault fault = Fault::transient;
};

}  // namespace rollcall::memory
