#pragma once

#include "config/load.hpp"
#include "config/problem.hpp"

namespace rollcall {

// What only the connectors' libraries can tell about a configuration that reads well: properties
// that librdkafka does not know, values that it refuses. Talks to nobody.
[[nodiscard]] config::Problems connector_problems(const config::Loaded& loaded);

}  // namespace rollcall
