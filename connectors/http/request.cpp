#include "connectors/http/request.hpp"

#include <array>

namespace rollcall::http {

std::string_view to_string(Method method) {
  static constexpr std::array<std::string_view, kMethods> kNames{
      "GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "OTHER"};
  return kNames.at(static_cast<std::size_t>(method));
}

void Request::clear() {
  constexpr std::size_t kBodyBytesKept =
      std::size_t{64} << 10U;  // a large one must not stay with an idle connection
  method = Method::other;
  target.clear();
  path = {};
  query = {};
  host.clear();
  accept.clear();
  accept_encoding.clear();
  if_none_match.clear();
  content_type.clear();
  content_encoding.clear();
  idempotency_key.clear();
  authorization.clear();
  origin.clear();
  client.clear();
  id.clear();
  body.clear();
  if (body.capacity() > kBodyBytesKept) body.shrink_to_fit();
  content_length.reset();
  chunked = false;
  second_argument.clear();
  argument.text.clear();
  argument.is_name = false;
  http_1_0 = false;
  keep_alive = true;
  expects_continue = false;
  asks_preflight = false;
  cross_site = false;
}

bool Request::split_target() {
  std::string_view rest = target;
  if (const auto scheme = rest.find("://");
      scheme != std::string_view::npos && !rest.starts_with('/')) {
    // The absolute form, which a server must understand: only its path concerns us.
    const auto slash = rest.find_first_of("/?", scheme + 3);
    rest = slash == std::string_view::npos ? std::string_view{"/"} : rest.substr(slash);
    if (rest.starts_with('?')) return false;
  }
  if (rest == "*" && method == Method::options) {
    path = rest;
    return true;
  }
  if (!rest.starts_with('/') || rest.find('#') != std::string_view::npos) return false;
  const auto mark = rest.find('?');
  path = rest.substr(0, mark);
  if (mark != std::string_view::npos) query = rest.substr(mark + 1);
  return true;
}

}  // namespace rollcall::http
