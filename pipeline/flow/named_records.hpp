#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "pipeline/ledger/ledger.hpp"
#include "pipeline/ports/writes.hpp"

namespace rollcall {

// The id of a record that is no range; a text lives as long as `texts`.
[[nodiscard]] RecordId id_of(const NamedRecord& record, const std::string& texts);

// Names records [begin, end) of a write in a ledger, as far as the budget reaches; returns where it stopped. `range` is
// what is left of the record there. Counts what became of them in the receipt, and for each side how many named it.
std::size_t add_records(Ledger& ledger, const std::vector<Side>& sides, const AddRecords& change,
                        std::pair<std::size_t, std::size_t> piece,
                        std::optional<PendingRange>& range, std::size_t& budget, Receipt& receipt,
                        std::array<std::uint64_t, kSidesMax>& named);

}  // namespace rollcall
