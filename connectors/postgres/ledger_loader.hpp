#pragma once

#include "connectors/postgres/options.hpp"
#include "connectors/postgres/slice_reader.hpp"
#include "pipeline/failure.hpp"
#include "pipeline/ports/store.hpp"

namespace rollcall::postgres {

// Rebuilds the ledger of every batch of `state` from its stored runs and checks it against the
// batch's summary. Works on options.restore_threads threads with a connection each, whole batches
// to a thread, and joins them before it returns.
[[nodiscard]] Result<void> load_ledgers(const PostgresOptions& options, Cutter& cutter,
                                        SliceId slice, const RunDirectory& runs, SliceState& state);

}  // namespace rollcall::postgres
