// The description of the API is whole in itself, and describes exactly the paths that there are.
#include "tests/api/specification.hpp"

#include <doctest/doctest.h>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include "connectors/http/router.hpp"
#include "tests/api/schema_check.hpp"

namespace rollcall::test {
namespace {

namespace json = boost::json;

const Specification& specification() {
  static const Specification kSpecification = [] {
    std::ifstream file(ROLLCALL_SOURCE_DIR "/connectors/http/docs/openapi.json");
    return Specification{std::string{std::istreambuf_iterator<char>(file), {}}};
  }();
  return kSpecification;
}

std::string lower_case(std::string_view text) {
  std::string out;
  for (const char c : text) out += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return out;
}

template <class Visit>
void walk(const json::value& value, const std::string& place, const Visit& visit) {
  visit(value, place);
  if (value.is_object()) {
    for (const auto& [key, inner] : value.as_object())
      walk(inner, place + '/' + std::string{key}, visit);
  } else if (value.is_array()) {
    for (std::size_t at = 0; at < value.as_array().size(); ++at)
      walk(value.as_array()[at], place + '/' + std::to_string(at), visit);
  }
}

TEST_CASE("every route is described, and every description has a route") {
  std::set<std::string> routed;
  for (const http::Route& route : http::routes()) {
    const std::string method = lower_case(http::to_string(route.method));
    routed.insert(method + ' ' + std::string{route.path});
    CHECK_MESSAGE(specification().find(method, std::string{route.path}) != nullptr, method, " ",
                  route.path, " is not described");
  }
  for (const Operation& operation : specification().operations()) {
    const bool is_routed = routed.contains(operation.method + ' ' + operation.path);
    CHECK_MESSAGE(is_routed, operation.method, " ", operation.path, " has no route");
  }
}

TEST_CASE("every reference leads somewhere, and everything that is shared is used") {
  std::set<std::string> used;
  walk(specification().root(), "", [&](const json::value& value, const std::string& place) {
    if (!value.is_object()) return;
    const json::value* reference = member(value.as_object(), "$ref");
    if (reference == nullptr) return;
    CAPTURE(place);
    CHECK(value.as_object().size() == 1);  // what stands beside a reference would be ignored
    CHECK_NOTHROW(static_cast<void>(specification().resolve(value)));
    used.insert(reference->as_string().c_str());
  });
  for (const auto& [kind, members] : specification().root().at("components").as_object()) {
    if (kind == "securitySchemes") continue;
    for (const auto& [name, component] : members.as_object()) {
      const std::string pointer = "#/components/" + std::string{kind} + '/' + std::string{name};
      CHECK_MESSAGE((used.contains(pointer) || name == "Event"), pointer, " is not used");
    }
  }
}

TEST_CASE("every link leads to an operation") {
  std::size_t links = 0;
  for (const Operation& operation : specification().operations()) {
    for (const auto& [status, response] : operation.text->at("responses").as_object()) {
      const json::value* linked = member(response.as_object(), "links");
      if (linked == nullptr) continue;
      for (const auto& link : linked->as_object()) {
        const std::string id = link.value().at("operationId").as_string().c_str();
        CHECK_MESSAGE(specification().find(id) != nullptr, operation.id, " links to ", id);
        ++links;
      }
    }
  }
  CHECK(links > 20);
}

TEST_CASE("operations have names of their own, tags that exist and all their path's parameters") {
  std::set<std::string> tags;
  for (const json::value& tag : specification().root().at("tags").as_array())
    tags.insert(tag.at("name").as_string().c_str());
  std::set<std::string> ids;
  for (const Operation& operation : specification().operations()) {
    CAPTURE(operation.id);
    CHECK(ids.insert(operation.id).second);
    CHECK(operation.text->at("tags").as_array().size() == 1);
    CHECK(tags.contains(operation.text->at("tags").at(0).as_string().c_str()));
    CHECK(operation.text->at("summary").as_string().size() > 3);
    std::set<std::string> in_path;
    if (const json::value* parameters = member(*operation.text, "parameters")) {
      for (const json::value& parameter : parameters->as_array()) {
        const json::value& resolved = specification().resolve(parameter);
        if (resolved.at("in") != "path") continue;
        CHECK(resolved.at("required") == true);
        in_path.insert(std::string{"{"} + resolved.at("name").as_string().c_str() + "}");
      }
    }
    static const std::regex kPlaceholder{R"(\{[^}]*\})"};
    std::set<std::string> named;
    for (std::sregex_iterator at(operation.path.begin(), operation.path.end(), kPlaceholder), end;
         at != end; ++at)
      named.insert(at->str());
    CHECK(named == in_path);
  }
}

TEST_CASE("every answer carries a request id, and every error is a problem") {
  for (const Operation& operation : specification().operations()) {
    for (const unsigned status : Specification::statuses(operation)) {
      CAPTURE(operation.id);
      CAPTURE(status);
      const json::object& response = *specification().response(operation, status);
      CHECK(response.at("headers").as_object().contains("X-Request-Id"));
      CHECK(response.contains("content") == (status != 204 && status != 304));
      if (status < 400) continue;
      const json::object& content = response.at("content").as_object();
      CHECK(content.size() == 1);
      if (operation.id == "getHealth")
        continue;  // says in one form that it is well and that it is not
      CHECK(content.contains("application/problem+json"));
    }
  }
}

TEST_CASE("every example is valid by its own schema, and answers leave no room for more") {
  std::size_t examples = 0;
  for (const auto& [name, schema] :
       specification().root().at("components").at("schemas").as_object()) {
    const json::value* example = member(schema.as_object(), "example");
    if (example == nullptr) continue;
    ++examples;
    for (const std::string& violation : schema_violations(specification().root(), schema, *example))
      FAIL_CHECK(std::string{name} << " at " << violation);
  }
  CHECK(examples > 30);
  const json::value& problem = specification().root().at("components").at("schemas").at("Problem");
  json::value more = problem.at("example");
  more.as_object()["stack_trace"] = "at 0xdeadbeef";
  CHECK(schema_violations(specification().root(), problem, more).size() >= 1);
  more = problem.at("example");
  more.as_object()["status"] = "404";
  CHECK(schema_violations(specification().root(), problem, more).size() >= 1);
  more.as_object().erase("status");
  CHECK(schema_violations(specification().root(), problem, more).size() >= 1);
}

}  // namespace
}  // namespace rollcall::test
