#pragma once

#include <boost/json.hpp>
#include <string>
#include <vector>

namespace rollcall::test {

// One method of one path.
struct Operation {
  std::string method;  // "get"
  std::string path;    // "/api/v1/batches/{batch}"
  std::string id;      // its operationId
  const boost::json::object* text = nullptr;
};

// An OpenAPI description, to be asked what it says.
// Owner: the test; outlives every pointer and reference it gives out.
class Specification {
 public:
  explicit Specification(const std::string& text);
  Specification(const Specification&) = delete;
  Specification& operator=(const Specification&) = delete;

  [[nodiscard]] const boost::json::value& root() const { return root_; }
  [[nodiscard]] const std::vector<Operation>& operations() const { return operations_; }
  [[nodiscard]] const Operation* find(const std::string& id) const;
  [[nodiscard]] const Operation* find(const std::string& method, const std::string& path) const;

  // The value itself, or what its $ref points at; throws where that is nothing.
  [[nodiscard]] const boost::json::value& resolve(const boost::json::value& value) const;
  // What the operation says of a status; null where it says nothing.
  [[nodiscard]] const boost::json::object* response(const Operation& operation,
                                                    unsigned status) const;
  // The statuses that the operation says it may answer.
  [[nodiscard]] static std::vector<unsigned> statuses(const Operation& operation);

 private:
  boost::json::value root_;
  std::vector<Operation> operations_;
};

// A member of an object by name; null where there is none.
[[nodiscard]] const boost::json::value* member(const boost::json::object& object,
                                               const std::string& name);

}  // namespace rollcall::test
