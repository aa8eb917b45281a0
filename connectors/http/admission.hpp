#pragma once

#include <boost/asio/ip/address.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "connectors/http/access_tokens.hpp"
#include "connectors/http/client_rates.hpp"
#include "connectors/http/cors.hpp"
#include "connectors/http/hosts.hpp"
#include "connectors/http/options.hpp"
#include "connectors/http/request.hpp"
#include "connectors/http/response.hpp"

namespace rollcall::http {

// Who may ask what. Decides by the header alone, before anything of a body is read.
// Owner: the server. Runs on: the loop.
class Admission {
 public:
  Admission(const Options& options, const Origins& origins);

  void use(AccessTokens tokens) { tokens_ = std::move(tokens); }
  [[nodiscard]] bool asks_for_tokens() const { return !tokens_.empty(); }

  // The answer to a request that goes no further, or nothing. `label` is the template that the
  // router found: a path is judged by the row that takes it, not by how a client spells it.
  [[nodiscard]] std::optional<Response> refuse(const Request& request, std::string_view label,
                                               const boost::asio::ip::address& client);

  // Who asks, for what is kept of it: the name of its token, else its address.
  [[nodiscard]] std::string name_of(const Request& request,
                                    const boost::asio::ip::address& client) const;

 private:
  [[nodiscard]] std::optional<Response> refuse_rate(const Request& request, std::string_view label,
                                                    const boost::asio::ip::address& client);
  [[nodiscard]] std::optional<Response> refuse_access(const Request& request,
                                                      std::string_view label) const;
  [[nodiscard]] std::optional<Response> refuse_host(const Request& request) const;
  [[nodiscard]] std::optional<Response> refuse_page(const Request& request) const;
  [[nodiscard]] Role needed_for(const Request& request, std::string_view label) const;

  const Origins& origins_;
  Hosts hosts_;
  AccessTokens tokens_;
  bool metrics_public_;
  std::optional<ClientRates> rates_;  // none: no limit
};

}  // namespace rollcall::http
