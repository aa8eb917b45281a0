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
  // Unsupported: it is JSON, but some value of it is none that we can hold: a number beyond 64 bits.
  enum class Syntax { object, malformed, not_an_object, unsupported };
  Syntax syntax = Syntax::malformed;
  std::vector<Customer> customers;
  BodyErrors errors;
};

// {"customers":[{"customer_id":101,"name":"…","email":"…","source":"salesforce"}]}. Runs on any thread.
[[nodiscard]] CustomersBody read_customers(std::string_view body);
// One of them alone.
[[nodiscard]] CustomersBody read_customer(std::string_view body);

// Whether a text is an e-mail address as browsers take it (WHATWG HTML, "valid e-mail address"),
// with a dot in its domain and within the lengths of RFC 5321.
[[nodiscard]] bool is_email_address(std::string_view text);

}  // namespace rollcall::json
