#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "pipeline/ledger/record_id.hpp"
#include "pipeline/ledger/segment_assembler.hpp"
#include "pipeline/ledger/segment_planes.hpp"

namespace rollcall::segment {

// Ranges as what IntegerAssembler takes: whatever fills at least kClusterIdsMin ids of a block goes into the sets of its
// upper 32 bits, the rest becomes single ids. Each range gives its ids the value 2^bit; for counts, ranges may overlap
// and the counts of their ids add up. Time grows with the number of ranges and blocks, not of ids.
void split_ranges(const std::vector<IntegerRange>& ranges, unsigned bit, Combine combine,
                  std::vector<IdValue>& ids, std::map<std::uint32_t, Planes>& sets);

}  // namespace rollcall::segment
