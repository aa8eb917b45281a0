#pragma once

#include <boost/asio/awaitable.hpp>
#include <span>
#include <string>
#include <string_view>

#include "connectors/http/options.hpp"
#include "connectors/http/request.hpp"
#include "connectors/http/response.hpp"
#include "pipeline/ports/answers.hpp"

namespace rollcall::http {

// What a handler may ask. Owner: the server; outlives every request. Runs on: the loop.
struct Service {
  Answers& answers;
  const Options& options;
};

// A pure function of the request and of what the answers are at this moment.
using Handler = Response (*)(const Request&, const Service&);
// For the few that wait for the store. The request and the service outlive the wait.
using WaitingHandler = boost::asio::awaitable<Response> (*)(const Request&, const Service&);

// One row of the table: HEAD comes with GET, OPTIONS with every path. Exactly one of the two
// handlers is set.
struct Route {
  Method method = Method::get;
  // Its segments are literal but for one placeholder: "/api/v1/batches/{batch}/missing".
  std::string_view path;
  Handler handle = nullptr;
  WaitingHandler handle_waiting = nullptr;
};

// Either a route to run, or the answer that tells why there is none.
struct Routed {
  const Route* route = nullptr;
  std::string_view label = "unmatched";  // the template, for metrics
  Response response;
};

// The table of everything this server answers to; the first row that fits wins.
[[nodiscard]] std::span<const Route> routes();

// Finds the row for a request and decodes the path's argument into it. 404, 405 with Allow, OPTIONS
// and paths that cannot be decoded are answered here.
[[nodiscard]] Routed find_route(Request& request, std::span<const Route> table);

}  // namespace rollcall::http
