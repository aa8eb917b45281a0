#include "connectors/http/hosts.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <cctype>

namespace rollcall::http {
namespace {

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [lower](char x, char y) { return lower(x) == lower(y); });
}

// "name:80" without its port, "[::1]:80" without it and the brackets.
std::string_view name_in(std::string_view host) {
  if (host.starts_with('[')) {
    const auto end = host.find(']');
    return end == std::string_view::npos ? std::string_view{} : host.substr(1, end - 1);
  }
  std::string_view name = host.substr(0, host.find(':'));
  if (name.ends_with('.')) name.remove_suffix(1);
  return name;
}

bool is_loopback_name(std::string_view name) {
  constexpr std::string_view kLocalhost = "localhost";
  if (name.size() < kLocalhost.size()) return false;
  const auto end = name.size() - kLocalhost.size();
  return equal_ignoring_case(name.substr(end), kLocalhost) && (end == 0 || name[end - 1] == '.');
}

// Nobody can let an address point elsewhere.
bool is_address(std::string_view name) {
  boost::system::error_code error;
  boost::asio::ip::make_address(std::string{name}, error);
  return !error;
}

}  // namespace

bool Hosts::serve(std::string_view host) const {
  const std::string_view name = name_in(host);
  if (is_loopback_name(name) || is_address(name)) return true;
  return std::any_of(hosts_.begin(), hosts_.end(), [host, name](const std::string& listed) {
    return equal_ignoring_case(listed, name) || equal_ignoring_case(listed, host);
  });
}

bool is_own_origin(std::string_view origin, std::string_view host) {
  const auto end = origin.find("://");
  if (end == std::string_view::npos || host.empty()) return false;
  const std::string_view scheme = origin.substr(0, end);
  const bool is_https = equal_ignoring_case(scheme, "https");
  if (!is_https && !equal_ignoring_case(scheme, "http")) return false;
  const std::string_view usual_port = is_https ? ":443" : ":80";
  std::string_view asking = origin.substr(end + 3);
  if (asking.ends_with(usual_port)) asking.remove_suffix(usual_port.size());
  if (host.ends_with(usual_port)) host.remove_suffix(usual_port.size());
  return equal_ignoring_case(asking, host);
}

}  // namespace rollcall::http
