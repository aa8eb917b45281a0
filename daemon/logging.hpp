#pragma once

#include <initializer_list>
#include <string_view>

#include "daemon/log_line.hpp"

namespace rollcall {

// Sets what is written and how. Before it is called, and for programs that never call it: info and
// above, as text. Runs on: start-up, before any thread that logs.
void start_logging(LogLevel least, LogFormat format);

// Whether a line of this level is written; for callers that would have to compute what they say.
[[nodiscard]] bool is_logged(LogLevel level);

// Writes one line to stderr, with wall time. Any thread; lines never mix. A line that cannot be
// written is lost, because the daemon's work must not depend on whoever reads its log.
void log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {});

}  // namespace rollcall
