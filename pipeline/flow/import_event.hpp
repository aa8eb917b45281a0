#pragma once

#include <cstddef>
#include <cstdint>

#include "pipeline/flow/slice.hpp"
#include "pipeline/ports/writes.hpp"

namespace rollcall {

// Begins or ends an import in the eyes of its batch. The place in CommitStats::acknowledged of how many letters of
// earlier imports of the same name are closed by that.
[[nodiscard]] std::size_t apply_import(Slice& slice, const ImportEvent& event, std::int64_t now_ms);

}  // namespace rollcall
