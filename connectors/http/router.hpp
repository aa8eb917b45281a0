#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "connectors/http/options.hpp"
#include "connectors/http/problem.hpp"
#include "connectors/http/request.hpp"
#include "connectors/http/response.hpp"
#include "pipeline/ports/answers.hpp"
#include "pipeline/ports/replays.hpp"
#include "pipeline/ports/writes.hpp"

namespace rollcall::http {

// What a handler may ask and do. Owner: the server; outlives every request. Runs on: the loop.
struct Service {
  Answers& answers;
  Writes& writes;
  Replays& replays;
  const Options& options;
  boost::asio::thread_pool& query;  // for what would hold up the loop
};

// The body of a request that is too long to be held whole.
// Owner: the session. Runs on: the loop.
class BodyStream {
 public:
  virtual ~BodyStream() = default;
  // Waits for more of it, which it appends to Request::body. False: there is no more.
  virtual boost::asio::awaitable<bool> more() = 0;
  // Why there is no more: nothing when the body ended as it should.
  [[nodiscard]] virtual const std::optional<Problem>& failure() const = 0;
};

// A pure function of the request and of what the answers are at this moment.
using Handler = Response (*)(const Request&, const Service&);
// For those that wait for the store. The request and the service outlive the wait.
using WaitingHandler = boost::asio::awaitable<Response> (*)(Request&, const Service&);
// For those that read their body piece by piece.
using StreamHandler = boost::asio::awaitable<Response> (*)(Request&, BodyStream&, const Service&);

// One row of the table: HEAD comes with GET, OPTIONS with every path.
struct Route {
  Method method = Method::get;
  // Its segments are literal but for one or two placeholders:
  // "/api/v1/batches/{batch}/records/{id}".
  std::string_view path;
  std::variant<Handler, WaitingHandler, StreamHandler> handle;
  std::string_view consumes{};  // the media type of the body that it wants; empty: none
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
