#include "connectors/http/router.hpp"

#include <array>
#include <optional>

#include "connectors/http/percent.hpp"
#include "connectors/http/problem.hpp"

namespace rollcall::http {
namespace {

// The raw text under the placeholder; empty where the template has none. Nothing: the path does not
// fit the template. An empty segment fits no placeholder.
std::optional<std::string_view> fit(std::string_view path, std::string_view pattern) {
  std::string_view argument;
  const auto brace = pattern.find('{');
  if (brace == std::string_view::npos)
    return path == pattern ? std::optional{argument} : std::nullopt;
  if (!path.starts_with(pattern.substr(0, brace))) return std::nullopt;
  const std::string_view rest = path.substr(brace);
  const std::string_view tail = pattern.substr(pattern.find('}') + 1);
  argument = rest.substr(0, rest.find('/'));
  if (argument.empty() || rest.substr(argument.size()) != tail) return std::nullopt;
  return argument;
}

class AllowedMethods {
 public:
  void add(Method method) {
    allowed_.at(static_cast<std::size_t>(method)) = true;
    if (method == Method::get) add(Method::head);
  }
  [[nodiscard]] std::string header() const {
    std::string out;
    for (std::size_t at = 0; at < allowed_.size(); ++at) {
      if (!allowed_.at(at)) continue;
      if (!out.empty()) out += ", ";
      out += to_string(static_cast<Method>(at));
    }
    return out;
  }

 private:
  std::array<bool, kMethods> allowed_{};
};

Response allow(const AllowedMethods& methods) {
  Response response;
  response.status = 204;
  response.headers.emplace_back("Allow", methods.header());
  return response;
}

bool serves(const Route& route, Method method) {
  return route.method == method || (method == Method::head && route.method == Method::get);
}

Response bad_target(const Request& request, std::string detail) {
  const Problem problem{400, "bad_target", std::move(detail), {}, {}};
  return to_response(problem, request.id);
}

Response not_allowed(const Request& request, const AllowedMethods& methods) {
  const Problem problem{
      405, "method_not_allowed", "This path does not take that method; see Allow.", {}, {}};
  Response response = to_response(problem, request.id);
  response.headers.emplace_back("Allow", methods.header());
  return response;
}

}  // namespace

Routed find_route(Request& request, std::span<const Route> table) {
  Routed routed;
  if (!request.split_target()) {
    routed.response =
        bad_target(request, "The request target must be a path that begins with '/'.");
    return routed;
  }
  AllowedMethods allowed;
  allowed.add(Method::options);
  bool path_known = request.path == "*";
  for (const Route& route : table) {
    const auto argument = fit(request.path, route.path);
    if (!argument) continue;
    if (!path_known) routed.label = route.path;
    path_known = true;
    allowed.add(route.method);
    if (!serves(route, request.method)) continue;
    auto decoded = percent_decode(*argument, PlusSign::is_itself);
    if (!decoded) {
      routed.response =
          bad_target(request, "A '%' in the path must be followed by two hexadecimal digits.");
      return routed;
    }
    request.argument.text = std::move(*decoded);
    request.argument.is_name = route.path.find("{name}") != std::string_view::npos;
    routed.label = route.path;
    routed.route = &route;
    return routed;
  }
  if (!path_known) {
    routed.response =
        not_found(request, "There is nothing at this path; GET / lists what there is.");
  } else if (request.method == Method::options) {
    routed.response = allow(allowed);
  } else {
    routed.response = not_allowed(request, allowed);
  }
  return routed;
}

}  // namespace rollcall::http
