#pragma once

#include <string>
#include <vector>

namespace rollcall::test {

// A payload that no reader of the contract accepts, and the reason that must be given for it.
struct BadPayload {
  std::string payload;
  std::string reason;
  bool only_where_events_name_sides = false;
};

// At least one for every reason that a payload can be refused for.
const std::vector<BadPayload>& bad_payloads();

// The reason for this very payload; null where it is none of bad_payloads().
const std::string* reason_of(const std::string& payload, bool events_name_sides);

}  // namespace rollcall::test
