#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rollcall::http {

// The methods that a route may have; everything else is `other`.
enum class Method : std::uint8_t { get, head, options, post, put, patch, del, other };
inline constexpr std::size_t kMethods = 8;
[[nodiscard]] std::string_view to_string(Method method);

// What a path names in a template's placeholder, percent-decoded.
struct PathArgument {
  std::string text;
  bool is_name = false;  // the template says {name}: digits are a name too
};

// One request as the handlers see it: what they may ask about and nothing else.
// Owner: its session, reused from request to request. Limits: all of it fits header_bytes_max plus
//        body_bytes_max.
struct Request {
  Method method = Method::other;
  std::string target;      // as the client wrote it
  std::string_view path;   // into target
  std::string_view query;  // into target, without the '?'
  std::string host;        // as the client wrote it; empty where HTTP/1.0 names none
  std::string accept;
  std::string accept_encoding;
  std::string if_none_match;
  std::string content_type;
  std::string content_encoding;
  std::string idempotency_key;
  std::string authorization;  // a secret
  std::string origin;
  std::string client;  // who asks: the name of its token, else its address
  std::string id;      // X-Request-Id, taken or made
  std::string body;    // whole, or of a streamed one what has arrived and not been taken
  std::optional<std::uint64_t> content_length;  // none: chunked, or there is no body
  bool chunked = false;
  PathArgument argument;        // set by the router
  std::string second_argument;  // of the few paths that have one
  bool http_1_0 = false;
  bool keep_alive = true;  // what the client asks for
  bool expects_continue = false;
  bool asks_preflight = false;  // Access-Control-Request-Method is there
  bool cross_site = false;      // the browser says that a page of another origin asks

  Request() = default;
  Request(const Request&) = delete;  // path and query point into target
  Request& operator=(const Request&) = delete;

  // Makes room for the next one and keeps the memory.
  void clear();
  // Finds path and query in the target. False: not a target that this server answers to.
  [[nodiscard]] bool split_target();
};

}  // namespace rollcall::http
