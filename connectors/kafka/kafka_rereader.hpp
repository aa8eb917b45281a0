#pragma once

#include <atomic>
#include <optional>
#include <vector>

#include "connectors/kafka/kafka_options.hpp"
#include "pipeline/ports/record_source.hpp"

namespace rollcall::kafka {

// What now stands at the places, as RecordSource::read_again, with a client of its own for this one call: whatever becomes
// of it, the source's own reading does not notice. Blocks.
// Limits:  Options::ask_timeout for each answer of a broker; soon after `stopping` is set it gives up.
// Fails:   transient.
[[nodiscard]] Result<std::vector<std::optional<RecordCopy>>> read_again(
    const Options& options, const std::vector<RecordPlace>& places,
    const std::atomic<bool>& stopping);

}  // namespace rollcall::kafka
