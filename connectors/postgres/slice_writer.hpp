#pragma once

#include <vector>

#include "connectors/postgres/connection.hpp"
#include "connectors/postgres/options.hpp"
#include "pipeline/failure.hpp"
#include "pipeline/ports/store.hpp"

namespace rollcall::postgres {

// Where a slice's row stands as seen from the checkpoint (slice, epoch, sequence).
enum class Standing {
  next,     // the row is at the sequence before: the checkpoint is not there and may be written
  written,  // the checkpoint is there
};

// Looks, and waits for a commit of ours that is still under way. Fails: fenced when a newer owner
// has the slice, fatal when the row has gone back behind what was committed before (the database
// was restored from an older copy).
[[nodiscard]] Result<Standing> standing(Connection& connection, SliceId slice, Epoch epoch,
                                        std::uint64_t sequence);

// Writes an encoded checkpoint in one transaction, or finds that it is there already. Throws what
// libpqxx throws, and InDoubt when only the commit's answer is missing.
[[nodiscard]] Result<CommitStats> write_checkpoint(Connection& connection,
                                                   const PostgresOptions& options,
                                                   const Checkpoint& checkpoint);

// What write_checkpoint() wrote, or would have.
[[nodiscard]] CommitStats stats_of(const Checkpoint& checkpoint);

// One row of `segment` with its bytes.
struct SegmentRow {
  BatchNumber batch = 0;
  std::uint64_t sequence = 0;
  std::uint32_t chunk = 0;
  unsigned level = 0;
  const SegmentChunk* content = nullptr;
};
// Inserts rows of one slice, a few statements for all.
void insert_segments(Transaction& transaction, const PostgresOptions& options, SliceId slice,
                     const std::vector<SegmentRow>& rows);

}  // namespace rollcall::postgres
