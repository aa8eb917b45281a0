#pragma once

#include <string_view>

#include "pipeline/ports/answers.hpp"

namespace rollcall {

// A batch's state in the words of a verdict on what is here now: open (nothing can be missing in it), empty, complete,
// incomplete or unexpected_only. The batch is open, so records may still come.
[[nodiscard]] std::string_view outcome_of(const BatchSummary& batch);

}  // namespace rollcall
