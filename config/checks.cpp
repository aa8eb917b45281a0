#include "config/checks.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <string_view>

namespace rollcall::config {
namespace {

bool is_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, port);
  return result.ec == std::errc{} && result.ptr == end;
}

}  // namespace

std::string check_listen(const std::string& text) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0 ||
      !is_port(std::string_view(text).substr(colon + 1))) {
    return "is not address:port";
  }
  const auto host = text.substr(0, colon);
  const bool bracketed = host.front() == '[' && host.back() == ']' && host.size() > 2;
  if (host.find(':') != std::string::npos && !bracketed) {
    return "is an IPv6 address without brackets";
  }
  return {};
}

std::string check_database_url(const std::string& text) {
  const bool known =
      text == "memory" || text.starts_with("postgresql://") || text.starts_with("postgres://");
  return known ? "" : "is neither memory nor a postgresql:// URL";
}

std::string check_schema(const std::string& text) {
  constexpr std::size_t kIdentifierBytesMax = 63;
  const bool plain = std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '_';
  });
  const bool fits = !text.empty() && text.size() <= kIdentifierBytesMax;
  if (!fits || !plain || std::isdigit(static_cast<unsigned char>(text.front())) != 0) {
    return "is not 1 to 63 lower-case letters, digits and '_', beginning with no digit";
  }
  return {};
}

std::string check_brokers(const std::string& text) {
  const bool spaced =
      std::any_of(text.begin(), text.end(), [](unsigned char c) { return std::isspace(c) != 0; });
  if (spaced) return "has white space in it";
  if (text.starts_with(',') || text.ends_with(',') || text.find(",,") != std::string::npos) {
    return "has an empty broker in it";
  }
  return {};
}

std::string check_not_empty(const std::string& text) { return text.empty() ? "is empty" : ""; }

std::string check_api_key(const std::string& text) {
  const bool plain =
      std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
  return plain ? "" : "has a space or a character that no header carries";
}

// As browsers write it, or it would never be found equal.
std::string check_origin(const std::string& text) {
  if (text == "*") return {};
  const auto scheme = text.find("://");
  const auto host = scheme == std::string::npos ? scheme : scheme + 3;
  if (scheme == 0 || host >= text.size())
    return "has an origin that is neither * nor scheme://host";
  const bool plain = std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return c > ' ' && c <= '~' && std::isupper(c) == 0;
  });
  if (!plain || text.find_first_of("/?#@,*", host) != std::string::npos)
    return "has an origin with more than scheme, host and port, or with capitals";
  const bool usual_port = (text.starts_with("https:") && text.ends_with(":443")) ||
                          (text.starts_with("http:") && text.ends_with(":80"));
  return usual_port ? "has an origin with its scheme's own port, which browsers leave out" : "";
}

std::string check_host(const std::string& text) {
  const bool plain = std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '-' || c == '_' || c == ':';
  });
  return plain && !text.empty() && !text.starts_with(':')
             ? ""
             : "has a host that is neither a name nor name:port";
}

std::string check_batch_pattern(const std::string& text) {
  constexpr std::size_t kNameBytesMax = 256;  // as of a batch's name
  return text.empty() || text.size() > kNameBytesMax ? "has a name that is empty or over 256 bytes"
                                                     : "";
}

std::string check_side(const std::string& text) {
  constexpr std::size_t kSideBytesMax = 64;
  if (text.empty() || text.size() > kSideBytesMax)
    return "has a side that is empty or over 64 bytes";
  if (text == "event") return "has the side event, which stands for the side that an event names";
  const bool plain = std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.';
  });
  return plain ? "" : "has a side with other characters than letters, digits, '_', '-' and '.'";
}

}  // namespace rollcall::config
