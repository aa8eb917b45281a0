#pragma once

#include <set>
#include <string>

namespace rollcall::test {

// Operations that are described and have no route yet.
inline const std::set<std::string>& not_built() {
  static const std::set<std::string> kOperations{
      "addCustomer",     "addCustomers",  "analyzeDuplicates",     "compareSources",
      "deleteCustomers", "listCustomers", "listCustomersOfSource",
  };
  return kOperations;
}

inline bool is_built(const std::string& id) { return !not_built().contains(id); }

}  // namespace rollcall::test
