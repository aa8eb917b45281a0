#pragma once

#include <string>
#include <vector>

#include "tests/crash/oracle.hpp"

namespace rollcall::test {

// What the store would restore, id by id, against the truth: also the ids that no answer lists, because they are on
// both sides. No daemon may run: this takes the slice over.
std::vector<std::string> stored_set_differences(const std::string& database_url,
                                                const Truth& truth);

}  // namespace rollcall::test
