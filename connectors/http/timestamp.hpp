#pragma once

#include <cstdint>
#include <string>

namespace rollcall::http {

// "2026-11-21T10:00:08.123Z". Years outside 0 to 9999, which RFC 3339 cannot write, become the
// nearest it can.
void append_rfc3339(std::string& out, std::int64_t unix_ms);

// "Sat, 21 Nov 2026 10:00:08 GMT", as HTTP's Date wants it.
[[nodiscard]] std::string http_date(std::int64_t unix_ms);

}  // namespace rollcall::http
