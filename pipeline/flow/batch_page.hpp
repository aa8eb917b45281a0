#pragma once

#include <vector>

#include "pipeline/flow/batch_list.hpp"
#include "pipeline/ports/answers.hpp"

namespace rollcall {

// The batches of a page, in its order. By number it reads as far as the page reaches; by name it
// looks at all of them.
[[nodiscard]] std::vector<const Batch*> select(const BatchList& batches, const BatchPage& page);

}  // namespace rollcall
