#pragma once

#include <functional>
#include <span>

#include "connectors/postgres/connection.hpp"
#include "connectors/postgres/libpq.hpp"
#include "connectors/postgres/options.hpp"
#include "pipeline/failure.hpp"
#include "pipeline/ledger/compaction_policy.hpp"
#include "pipeline/ports/store.hpp"

namespace rollcall::postgres {

// One merge to be done: adjacent runs of one ledger into one of `level`.
struct MergeOrder {
  SliceId slice = 0;
  Epoch epoch = 0;
  BatchNumber batch = 0;
  std::size_t sides = 0;
  unsigned level = 0;
  std::span<const RunInfo> inputs;
};

// Merges stored runs in a stream: chunk by chunk in through `reader`, chunk by chunk out through
// `connection`, where one transaction deletes the inputs, writes the output and holds the fence.
// Commits are not held up: the fence is taken last, and FOR KEY SHARE, which the update of a commit
// does not collide with; a newer owner's FOR UPDATE does. `pause` is called after each chunk.
// Memory: as rollcall::merge. Throws what libpqxx throws.
[[nodiscard]] Result<RunInfo> merge_runs(Connection& connection, SegmentReader& reader,
                                         const PostgresOptions& options, const MergeOrder& order,
                                         const std::function<Result<void>()>& pause);

}  // namespace rollcall::postgres
