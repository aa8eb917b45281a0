#pragma once

#include "config/load.hpp"
#include "config/problem.hpp"

namespace rollcall {

// What only the connectors' libraries can tell about a configuration that reads well: properties
// that librdkafka does not know, values that it refuses. Talks to nobody.
[[nodiscard]] config::Problems connector_problems(const config::Loaded& loaded);

// Of the files that the HTTP side reads, for what is about to listen.
[[nodiscard]] config::Problems http_file_problems(const config::Loaded& loaded);

}  // namespace rollcall
