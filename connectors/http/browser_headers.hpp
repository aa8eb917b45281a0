#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "connectors/http/cors.hpp"

namespace rollcall::http {

// What every answer tells browsers, made once: an answer only copies a block of it.
// Owner: the server.
class BrowserHeaders {
 public:
  // hsts_max_age: zero says nothing; otherwise that this host is to be asked over TLS only.
  BrowserHeaders(const Origins& origins, std::chrono::seconds hsts_max_age);

  // Lines for an answer to a page of `origin`, which is empty where no page asks.
  void append(std::string& out, std::string_view origin) const;

 private:
  const Origins& origins_;
  std::string same_origin_;
  std::string other_origin_;
};

}  // namespace rollcall::http
