#include "config/mask.hpp"

#include <algorithm>
#include <array>

namespace rollcall::config {
namespace {

// libpq takes these as parameters behind '?'.
constexpr std::array<std::string_view, 2> kSecretParameters = {"password=", "sslpassword="};

std::string mask_parameters(std::string_view query) {
  std::string masked;
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const auto parameter = query.substr(0, end);
    const auto* const secret =
        std::find_if(kSecretParameters.begin(), kSecretParameters.end(),
                     [&](std::string_view name) { return parameter.starts_with(name); });
    masked += secret == kSecretParameters.end() ? parameter : *secret;
    if (secret != kSecretParameters.end()) masked += kMask;
    if (end < query.size()) masked += '&';
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return masked;
}

// Whoever forgot to encode an '@', '/' or '?' in the password would see a part of it: the last '@'
// counts.
std::string mask_user_info(std::string_view url) {
  const auto scheme = url.find("://");
  const auto at = url.rfind('@');
  if (scheme == std::string_view::npos || at == std::string_view::npos) return std::string(url);
  const auto colon = url.find(':', scheme + 3);
  if (colon >= at) return std::string(url);
  return std::string(url.substr(0, colon + 1)).append(kMask).append(url.substr(at));
}

}  // namespace

std::string mask_url(std::string_view url) {
  auto masked = mask_user_info(url);
  const auto query = masked.find('?');
  if (query == std::string::npos) return masked;
  return masked.substr(0, query + 1) + mask_parameters(std::string_view(masked).substr(query + 1));
}

std::string mask_whole(std::string_view secret) {
  return std::string{secret.empty() ? secret : kMask};
}

bool is_secret_property(std::string_view name) {
  constexpr std::array<std::string_view, 7> kSecrets = {"sasl.password",
                                                        "ssl.key.password",
                                                        "ssl.keystore.password",
                                                        "ssl.key.pem",
                                                        "ssl_key",
                                                        "sasl.oauthbearer.client.secret",
                                                        "sasl.oauthbearer.config"};
  return std::find(kSecrets.begin(), kSecrets.end(), name) != kSecrets.end();
}

}  // namespace rollcall::config
