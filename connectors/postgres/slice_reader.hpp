#pragma once

#include <map>
#include <string>
#include <vector>

#include "connectors/postgres/connection.hpp"
#include "connectors/postgres/options.hpp"
#include "pipeline/failure.hpp"
#include "pipeline/ledger/compaction_policy.hpp"
#include "pipeline/ports/store.hpp"

namespace rollcall::postgres {

// The stored runs of each ledger of a slice, in order of their sequence.
using RunDirectory = std::map<BatchNumber, std::vector<RunInfo>>;

struct AcquiredSlice {
  SliceState state;
  RunDirectory runs;
};

// Takes the slice under a new epoch and restores what the last commit left, on
// options.restore_threads threads with a connection each beside `connection`. Memory: the ledgers
// and one page for each thread.
// Fails: fenced when a newer owner came while we were reading; fatal for a damaged or missing
// segment, by its key, and for a ledger whose counts are not those that its last commit wrote down.
// Throws what libpqxx throws.
[[nodiscard]] Result<AcquiredSlice> acquire_slice(Connection& connection,
                                                  const PostgresOptions& options, SliceId slice,
                                                  const std::string& owner);

// The stored runs and the sequence of the commit they are of, from one snapshot.
struct StoredRuns {
  std::uint64_t sequence = 0;
  RunDirectory runs;
};
[[nodiscard]] StoredRuns read_runs(Connection& connection, SliceId slice);

[[nodiscard]] std::string name_of(SliceId slice, BatchNumber batch, std::int64_t sequence,
                                  std::int32_t chunk);

// Whether (slice, epoch) still is what the row says; fenced or fatal otherwise.
[[nodiscard]] Result<void> confirm_slice(Connection& connection, SliceId slice, Epoch epoch);
// Fenced, and by whom.
[[nodiscard]] Failure taken_over(SliceId slice, Epoch ours, Epoch now, const std::string& owner);

}  // namespace rollcall::postgres
