#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <vector>

namespace rollcall::test {

// Where an instance breaks its JSON schema, one sentence for each place; none: it is valid. A $ref
// of the schema points into `root`.
[[nodiscard]] std::vector<std::string> schema_violations(const boost::json::value& root,
                                                         const boost::json::value& schema,
                                                         const boost::json::value& instance);

}  // namespace rollcall::test
