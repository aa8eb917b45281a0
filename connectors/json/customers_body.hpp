#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "connectors/json/body_error.hpp"
#include "pipeline/ports/writes.hpp"

namespace rollcall::json {

// One customer as a source knows it; what the answer to a single one repeats.
struct Customer {
  OwnedRecordId id;
  std::string source;
  std::string detail;  // {"name":…,"email":…}
};

struct CustomersBody {
  enum class Syntax { object, malformed, not_an_object };
  Syntax syntax = Syntax::malformed;
  std::vector<Customer> customers;
  BodyErrors errors;
};

// {"customers":[{"customer_id":101,"name":"…","email":"…","source":"salesforce"}]}, in one pass with simdjson On-Demand. All
// four are needed, and not empty; null is the same as absent. Runs on any thread.
[[nodiscard]] CustomersBody read_customers(std::string_view body);
// One of them alone.
[[nodiscard]] CustomersBody read_customer(std::string_view body);

}  // namespace rollcall::json
