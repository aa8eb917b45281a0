#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "connectors/http/request.hpp"
#include "connectors/http/response.hpp"

namespace rollcall::http {

// Whose pages may ask this server from a browser, and read what it answers.
class Origins {
 public:
  // Each as a browser writes it, "https://app.example"; "*" is everybody, none is nobody.
  explicit Origins(const std::vector<std::string>& origins);

  [[nodiscard]] bool everybody() const { return everybody_; }
  // Whether answers differ by who asks, so that a cache must not mix them up.
  [[nodiscard]] bool listed() const { return !everybody_ && !origins_.empty(); }
  [[nodiscard]] bool allow(std::string_view origin) const;

 private:
  std::vector<std::string> origins_;
  bool everybody_ = false;
};

// What a browser asks before it sends a request that a page could not always send. It carries no
// token, so it is answered before one is asked for, and the same for every path.
[[nodiscard]] bool is_preflight(const Request& request);
[[nodiscard]] Response preflight_answer();

}  // namespace rollcall::http
