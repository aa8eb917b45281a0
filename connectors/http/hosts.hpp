#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rollcall::http {

// The names under which this server may be asked where it asks for no token. A page may let its own
// name point to an address that only its reader can reach (DNS rebinding); to the browser that is
// no other origin then, so the name in Host is all that tells it apart.
// Owner: the server's Admission. Runs on: the loop.
class Hosts {
 public:
  explicit Hosts(std::vector<std::string> hosts) : hosts_(std::move(hosts)) {}

  // Loopback names, addresses, and those that were configured: with or without their port.
  [[nodiscard]] bool serve(std::string_view host) const;

 private:
  std::vector<std::string> hosts_;
};

// Whether an Origin, as browsers write it, names the host that was asked.
[[nodiscard]] bool is_own_origin(std::string_view origin, std::string_view host);

}  // namespace rollcall::http
