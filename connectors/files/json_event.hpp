#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "connectors/files/mapping.hpp"
#include "connectors/files/record_sink.hpp"

namespace rollcall::files {

// Makes an event of one JSON text: a bare id, an object with an id, or an event as it goes through
// Kafka, which passes as it is. Values keep their spelling. The refusal's message is empty where
// `event` holds an event.
[[nodiscard]] Refusal json_event(std::uint64_t line, std::string_view text, const Mapping& mapping,
                                 std::string& event);

}  // namespace rollcall::files
