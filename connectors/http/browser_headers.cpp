#include "connectors/http/browser_headers.hpp"

namespace rollcall::http {

BrowserHeaders::BrowserHeaders(const Origins& origins, std::chrono::seconds hsts_max_age)
    : origins_(origins) {
  std::string always =
      "X-Content-Type-Options: nosniff\r\n"
      "X-Frame-Options: DENY\r\n"
      "Referrer-Policy: no-referrer\r\n";
  if (hsts_max_age.count() > 0) {
    always += "Strict-Transport-Security: max-age=" + std::to_string(hsts_max_age.count()) + "\r\n";
  }
  if (origins.listed()) always += "Vary: Origin\r\n";
  same_origin_ = always + "Cross-Origin-Resource-Policy: same-origin\r\n";
  other_origin_ = always +
                  "Cross-Origin-Resource-Policy: cross-origin\r\n"
                  "Access-Control-Expose-Headers: ETag, X-Request-Id, X-Revision, X-Confidence, "
                  "Retry-After, Location\r\n"
                  "Access-Control-Allow-Origin: ";
}

void BrowserHeaders::append(std::string& out, std::string_view origin) const {
  if (!origins_.allow(origin)) {
    out += same_origin_;
    return;
  }
  out.append(other_origin_).append(origins_.everybody() ? "*" : origin).append("\r\n");
}

}  // namespace rollcall::http
