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

}  // namespace

Admission::Admission(const Options& options) {
  if (options.rate_limit > 0)
    rates_.emplace(TokenBucket::Rate{options.rate_limit, options.rate_burst});
}

std::optional<Response> Admission::refuse(const Request& request, std::string_view label,
                                          const ip::address& client) {
  if (rates_) {
    if (auto refused = refuse_rate(request, label, client)) return refused;
  }
  return std::nullopt;
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

}  // namespace rollcall::http
