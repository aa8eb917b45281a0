#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "pipeline/verdict/verdict.hpp"

namespace rollcall::http {

// What an answer depends on. The epoch is part of it because a crash takes revisions back that were
// never durable: the same number may come again with other records behind it.
struct Version {
  std::int64_t epoch = 0;
  std::uint64_t revision = 0;
  std::optional<std::uint64_t> lag_records = 0;
  const Verdict* verdict = nullptr;
  std::string_view form;  // whatever else selects the representation: format and query
  std::int64_t
      batch{};  // its number: one made anew under the same name is another; 0 for a list of them
};

// Weak, because the time of the answer, which is part of the body, does not count.
[[nodiscard]] std::string make_etag(const Version& version);

// Whether an If-None-Match header names this tag (weak comparison) or is "*".
[[nodiscard]] bool etag_matches(std::string_view if_none_match, std::string_view etag);

}  // namespace rollcall::http
