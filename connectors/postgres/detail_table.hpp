#pragma once

#include <vector>

#include "connectors/postgres/connection.hpp"
#include "connectors/postgres/options.hpp"
#include "pipeline/failure.hpp"
#include "pipeline/ports/store.hpp"

namespace rollcall::postgres {

// Writes details, each in the place of an older one of its record and side; of several in one call
// the last one wins. Their batches must be there.
void upsert_details(Transaction& transaction, const PostgresOptions& options,
                    const std::vector<RecordDetail>& details);

[[nodiscard]] Result<std::vector<RecordDetail>> read_details(Connection& connection,
                                                             const DetailQuery& query);

}  // namespace rollcall::postgres
