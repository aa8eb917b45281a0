#pragma once

#include <cstdint>
#include <vector>

#include "connectors/postgres/connection.hpp"
#include "connectors/postgres/options.hpp"
#include "pipeline/ports/store.hpp"

// The tables `dead_letter` and `acknowledgement`.
namespace rollcall::postgres {

// Writes a checkpoint's letters and what it acknowledges, in the order in which both came about, and lets old ones go.
void write_dead_letters(Transaction& transaction, const PostgresOptions& options,
                        const Checkpoint& checkpoint);

// What a commit of such a checkpoint tells, once it is written; nothing where it closed no letter.
void tell_doubts(Transaction& transaction, const Checkpoint& checkpoint, CommitStats& stats);

// How many letters there are, and what the open ones put in doubt.
[[nodiscard]] Result<CommitStats::Doubts> read_doubts(Transaction& transaction, SliceId slice);

[[nodiscard]] Result<DeadLetterPage> read_dead_letters(Connection& connection,
                                                       const DeadLetterQuery& query);

}  // namespace rollcall::postgres
