#pragma once

#include "daemon/metrics.hpp"
#include "pipeline/flow/reconciler.hpp"

namespace rollcall {

// Hands the totals of the flow over to the metrics. Called for each scrape; costs a pass over batches and channels.
void collect(const Reconciler& reconciler, Metrics& metrics);

}  // namespace rollcall
