#include "connectors/http/response.hpp"

#include "connectors/http/browser_headers.hpp"
#include "connectors/http/json_writer.hpp"

namespace rollcall::http {

std::string_view Response::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return {};
}

std::string_view reason_phrase(unsigned status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 204:
      return "No Content";
    case 304:
      return "Not Modified";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 421:
      return "Misdirected Request";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Unknown";
  }
}

namespace {
void append_header(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}
}  // namespace

void append_head(std::string& out, const Response& response, const Framing& framing) {
  if (response.status == 200) {
    out += "HTTP/1.1 200 OK\r\n";
  } else {
    out += "HTTP/1.1 ";
    append_integer(out, response.status);
    out.append(" ").append(reason_phrase(response.status)).append("\r\n");
  }
  out += "Server: rollcall\r\n";
  append_header(out, "Date", framing.date);
  append_header(out, "X-Request-Id", framing.request_id);
  if (framing.browser != nullptr) framing.browser->append(out, framing.origin);
  const bool has_content = response.status != 204 && response.status != 304;
  if (has_content) {
    append_header(out, "Content-Type", response.content_type);
    if (framing.content_length) {
      out += "Content-Length: ";
      append_integer(out, *framing.content_length);
      out += "\r\n";
    } else if (framing.chunked) {
      out += "Transfer-Encoding: chunked\r\n";
    }
  }
  for (const auto& [name, value] : response.headers) append_header(out, name, value);
  if (!framing.keep_alive) {
    out += "Connection: close\r\n";
  } else if (framing.http_1_0) {
    out += "Connection: keep-alive\r\n";
  }
  out += "\r\n";
}

}  // namespace rollcall::http
