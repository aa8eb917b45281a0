#include "tests/api/specification.hpp"

#include <algorithm>
#include <stdexcept>

namespace rollcall::test {

namespace json = boost::json;

const json::value* member(const json::object& object, const std::string& name) {
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &found->value();
}

Specification::Specification(const std::string& text) : root_(json::parse(text)) {
  for (const auto& [path, methods] : root_.at("paths").as_object()) {
    for (const auto& [method, operation] : methods.as_object()) {
      const json::object& object = operation.as_object();
      operations_.push_back({std::string{method}, std::string{path},
                             object.at("operationId").as_string().c_str(), &object});
    }
  }
}

const Operation* Specification::find(const std::string& id) const {
  const auto found = std::find_if(operations_.begin(), operations_.end(),
                                  [&id](const Operation& one) { return one.id == id; });
  return found == operations_.end() ? nullptr : &*found;
}

const Operation* Specification::find(const std::string& method, const std::string& path) const {
  const auto found =
      std::find_if(operations_.begin(), operations_.end(),
                   [&](const Operation& one) { return one.method == method && one.path == path; });
  return found == operations_.end() ? nullptr : &*found;
}

const json::value& Specification::resolve(const json::value& value) const {
  const json::value* at = &value;
  while (at->is_object()) {
    const json::value* reference = member(at->as_object(), "$ref");
    if (reference == nullptr) break;
    const std::string pointer = reference->as_string().c_str();
    if (!pointer.starts_with("#/")) throw std::runtime_error("a reference elsewhere: " + pointer);
    at = &root_.at_pointer(pointer.substr(1));
  }
  return *at;
}

const json::object* Specification::response(const Operation& operation, unsigned status) const {
  const json::value* found =
      member(operation.text->at("responses").as_object(), std::to_string(status));
  return found == nullptr ? nullptr : &resolve(*found).as_object();
}

std::vector<unsigned> Specification::statuses(const Operation& operation) {
  std::vector<unsigned> found;
  for (const auto& response : operation.text->at("responses").as_object())
    found.push_back(static_cast<unsigned>(std::stoul(std::string{response.key()})));
  return found;
}

}  // namespace rollcall::test
