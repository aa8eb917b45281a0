#include "pipeline/verdict/outcome.hpp"

namespace rollcall {

std::string_view outcome_of(const BatchSummary& batch) {
  if (!names_missing(batch.row->kind)) return "open";
  if (batch.missing > 0) return "incomplete";
  if (batch.unexpected > 0) return "unexpected_only";
  return !batch.totals.empty() && batch.totals.front() > 0 ? "complete" : "empty";
}

}  // namespace rollcall
