#include "connectors/http/admission.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include "connectors/http/problem.hpp"

namespace rollcall::http {

namespace ip = boost::asio::ip;

namespace {

// What watches over the daemon must see it just when too much is asked of it.
bool is_operation(std::string_view label) {
  constexpr std::array<std::string_view, 4> kOperations{"/livez", "/readyz", "/health", "/metrics"};
  return std::find(kOperations.begin(), kOperations.end(), label) != kOperations.end();
}

bool reads(Method method) {
  return method == Method::get || method == Method::head || method == Method::options;
}

// What tells nothing of anybody's records: whether the daemon lives, and how it is asked.
bool is_open(std::string_view label) {
  if (label.starts_with("/docs") || label.starts_with("/redoc") || label == "/openapi.json")
    return true;
  return is_operation(label) && label != "/metrics";
}

}  // namespace

Admission::Admission(const Options& options, const Origins& origins)
    : origins_(origins), hosts_(options.hosts), metrics_public_(options.metrics_public) {
  if (options.rate_limit > 0)
    rates_.emplace(TokenBucket::Rate{options.rate_limit, options.rate_burst});
}

std::optional<Response> Admission::refuse(const Request& request, std::string_view label,
                                          const ip::address& client) {
  if (rates_) {
    if (auto refused = refuse_rate(request, label, client)) return refused;
  }
  if (!asks_for_tokens()) {
    if (auto refused = refuse_host(request)) return refused;
  }
  if (is_preflight(request) && origins_.allow(request.origin)) return preflight_answer();
  if (auto refused = refuse_page(request)) return refused;
  if (asks_for_tokens()) return refuse_access(request, label);
  return std::nullopt;
}

std::string Admission::name_of(const Request& request, const ip::address& client) const {
  const auto token = AccessTokens::bearer(request.authorization);
  std::string name = token ? tokens_.name_of(*token) : std::string{};
  return name.empty() ? client.to_string() : name;
}

std::optional<Response> Admission::refuse_rate(const Request& request, std::string_view label,
                                               const ip::address& client) {
  if (is_operation(label)) return std::nullopt;
  const auto wait = rates_->take(client, std::chrono::steady_clock::now());
  if (wait == TokenBucket::Duration::zero()) return std::nullopt;
  const Problem problem{
      429, "too_many_requests", "This address asks more often than it may.", {}, {}};
  Response response = to_response(problem, request.id);
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait);
  response.headers.emplace_back("Retry-After", std::to_string(seconds.count()));
  return response;
}

// No browser speaks HTTP/1.0, and checks of health that do name no host.
std::optional<Response> Admission::refuse_host(const Request& request) const {
  if (request.http_1_0 && request.host.empty()) return std::nullopt;
  if (hosts_.serve(request.host)) return std::nullopt;
  const Problem problem{
      421,
      "misdirected",
      "Without tokens this server answers only to loopback names and addresses in Host; list this "
      "name in http.hosts, or ask for tokens with http.tokens_file.",
      {},
      {}};
  return to_response(problem, request.id);
}

// Any page that somebody looks at may send a form to an address that only he can reach. Browsers
// tell of which origin a page is that asks, and no page can hide it; older ones tell it only in
// Origin, and a page in a sandbox says "null" there.
std::optional<Response> Admission::refuse_page(const Request& request) const {
  const bool foreign = request.cross_site ||
                       (!request.origin.empty() && !is_own_origin(request.origin, request.host));
  if (!foreign || reads(request.method) || origins_.allow(request.origin)) return std::nullopt;
  const Problem problem{403,
                        "cross_site",
                        "Pages of other origins may not change anything here; list the page's "
                        "origin in http.cors_origins.",
                        {},
                        {}};
  return to_response(problem, request.id);
}

Role Admission::needed_for(const Request& request, std::string_view label) const {
  if (is_open(label)) return Role::none;
  if (label == "/metrics" && metrics_public_) return Role::none;
  return reads(request.method) ? Role::read : Role::write;
}

std::optional<Response> Admission::refuse_access(const Request& request,
                                                 std::string_view label) const {
  const Role needed = needed_for(request, label);
  if (needed == Role::none) return std::nullopt;
  const auto token = AccessTokens::bearer(request.authorization);
  const Role role = token ? tokens_.role_of(*token) : Role::none;
  if (role >= needed) return std::nullopt;
  Problem problem{401, "no_token", "Send a token: `Authorization: Bearer TOKEN`.", {}, {}};
  std::string challenge = "Bearer realm=\"rollcall\"";
  if (role != Role::none) {
    problem = {
        403, "read_only_token", "This token may read; a change needs one that may write.", {}, {}};
    challenge += ", error=\"insufficient_scope\", scope=\"write\"";
  } else if (!request.authorization.empty()) {
    problem = {401, "unknown_token", "This token is not one that the server knows.", {}, {}};
    challenge += ", error=\"invalid_token\"";
  }
  Response response = to_response(problem, request.id);
  response.headers.emplace_back("WWW-Authenticate", std::move(challenge));
  return response;
}

}  // namespace rollcall::http
