#include "connectors/http/router.hpp"

#include <array>
#include <optional>
#include <utility>

#include "connectors/http/percent.hpp"
#include "connectors/http/problem.hpp"

namespace rollcall::http {
namespace {

// The raw texts under the placeholders.
struct Arguments {
  std::string_view first;
  std::string_view second;
};

// What a path has under one placeholder and the text behind it, both taken off its front; nothing
// where they are not there. An empty segment fits no placeholder.
std::optional<std::string_view> take_argument(std::string_view& path, std::string_view& pattern) {
  const auto brace = pattern.find('{');
  if (!path.starts_with(pattern.substr(0, brace))) return std::nullopt;
  path.remove_prefix(brace);
  pattern.remove_prefix(pattern.find('}') + 1);
  const std::string_view argument = path.substr(0, path.find('/'));
  if (argument.empty()) return std::nullopt;
  path.remove_prefix(argument.size());
  return argument;
}

// Nothing: the path does not fit the template.
std::optional<Arguments> fit(std::string_view path, std::string_view pattern) {
  Arguments arguments;
  for (std::string_view* const argument : {&arguments.first, &arguments.second}) {
    if (pattern.find('{') == std::string_view::npos) break;
    const auto taken = take_argument(path, pattern);
    if (!taken) return std::nullopt;
    *argument = *taken;
  }
  return path == pattern ? std::optional{arguments} : std::nullopt;
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

// Where the path without the slashes at its end is one of ours: to there, with the query. The path
// begins with a row's own text, so the place is always on this server.
std::optional<Routed> move_to_path(const Request& request, std::span<const Route> table) {
  std::string_view path = request.path;
  while (path.ends_with('/')) path.remove_suffix(1);
  if (path.empty() || path.size() == request.path.size()) return std::nullopt;
  for (const Route& route : table) {
    if (!fit(path, route.path)) continue;
    std::string location{path};
    if (!request.query.empty()) location.append("?").append(request.query);
    Routed routed;
    routed.label = route.path;
    routed.response.status = 308;
    routed.response.content_type = kTextType;
    routed.response.body = "This path has no slash at its end; see Location.\n";
    routed.response.headers.emplace_back("Location", std::move(location));
    return routed;
  }
  return std::nullopt;
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
    const auto arguments = fit(request.path, route.path);
    if (!arguments) continue;
    if (!path_known) routed.label = route.path;
    path_known = true;
    allowed.add(route.method);
    if (!serves(route, request.method)) continue;
    auto decoded = percent_decode(arguments->first, PlusSign::is_itself);
    auto second = percent_decode(arguments->second, PlusSign::is_itself);
    if (!decoded || !second) {
      routed.response =
          bad_target(request, "A '%' in the path must be followed by two hexadecimal digits.");
      return routed;
    }
    request.argument.text = std::move(*decoded);
    request.second_argument = std::move(*second);
    request.argument.is_name = route.path.find("{name}") != std::string_view::npos;
    routed.label = route.path;
    routed.route = &route;
    return routed;
  }
  if (!path_known) {
    if (auto moved = move_to_path(request, table)) return std::move(*moved);
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
