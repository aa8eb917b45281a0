#pragma once

#include "daemon/metrics.hpp"
#include "pipeline/flow/reconciler.hpp"

namespace rollcall {

// Hands the totals of the flow over to the metrics, all but what single batches have. Called for each scrape, behind
// picture_batches(), which brings them up to date; costs a pass over channels and none over batches.
void collect(const Reconciler& reconciler, Metrics& metrics);

}  // namespace rollcall
