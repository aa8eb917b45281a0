#include "connectors/http/cors.hpp"

#include <algorithm>

namespace rollcall::http {

Origins::Origins(const std::vector<std::string>& origins)
    : origins_(origins),
      everybody_(std::find(origins.begin(), origins.end(), "*") != origins.end()) {}

bool Origins::allow(std::string_view origin) const {
  if (origin.empty()) return false;
  return everybody_ || std::find(origins_.begin(), origins_.end(), origin) != origins_.end();
}

bool is_preflight(const Request& request) {
  return request.method == Method::options && request.asks_preflight;
}

Response preflight_answer() {
  Response response;
  response.status = 204;
  response.headers.emplace_back("Access-Control-Allow-Methods",
                                "GET, HEAD, POST, PUT, PATCH, DELETE");
  response.headers.emplace_back(
      "Access-Control-Allow-Headers",
      "Authorization, Content-Type, Idempotency-Key, If-None-Match, X-Request-Id");
  response.headers.emplace_back("Access-Control-Max-Age", "600");
  return response;
}

}  // namespace rollcall::http
