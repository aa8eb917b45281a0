#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::http {

// What there is to say about one answered request: for the access log and for the metrics. The
// views live for the call.
struct RequestReport {
  std::string_view route;   // "/api/v1/batches/{batch}"; "unmatched" where no route took it
  std::string_view method;  // one of a closed set, "OTHER" beyond it, so that it may become a label
  unsigned status = 0;
  std::chrono::nanoseconds took{};  // from the request read to the answer made; of a list, sent
  std::string_view request_id;
  std::string_view target;  // as the client wrote it: for logs, never for labels
  std::uint64_t body_bytes = 0;
};

// Every limit of the HTTP side in one place.
struct Options {
  std::string address = "127.0.0.1";  // an IP address, or "localhost"
  std::uint16_t port = 8000;          // 0: any free port, told by Server::port()

  std::size_t header_bytes_max = std::size_t{16} << 10U;    // more is 431
  std::uint64_t body_bytes_max = std::uint64_t{16} << 20U;  // more is 413
  // Of bodies that are held whole, as far as they have come; who has no room is not read meanwhile.
  std::uint64_t bodies_bytes_max = std::uint64_t{256} << 20U;
  std::size_t connections_max = 1024;  // the next one is told 503 and closed
  // Reading and writing have places of their own, so that neither can take the other's.
  std::size_t streams_max = 32;  // bodies being read piece by piece at once; the next is 503
  std::size_t lists_max = 16;    // whole lists being sent at once; the next is 503
  std::size_t pages_max = 256;   // pages of lists being read or sent at once; the next is 503
  // Of each of the five above, what one client address may have, in percent; beyond it 429. 100: all of it.
  std::uint64_t client_share = 50;
  // Requests of one client address in a second, beyond a burst; more is 429. 0: no limit.
  std::uint64_t rate_limit = 0;
  std::uint64_t rate_burst = 50;
  // Lines of `read TOKEN` or `write TOKEN`; with neither this nor api_key everybody may do
  // everything.
  std::string tokens_file;
  std::string api_key;          // one more token that may write
  bool metrics_public = false;  // /metrics needs no token
  // Whose pages may ask from a browser: "https://app.example", or "*" for everybody's.
  std::vector<std::string> cors_origins;
  // Names by which the server may be asked where it asks for no token, beside loopback names and
  // addresses: "rollcall.internal".
  std::vector<std::string> hosts;
  // For so long browsers shall ask over TLS only; said over TLS only. 0: not said.
  std::chrono::seconds hsts_max_age{0};
  // In PEM: the certificate with those that signed it, and its key. Both or neither.
  std::string tls_certificate_file;
  std::string tls_key_file;
  std::uint64_t list_limit_default = 1000;
  std::uint64_t list_limit_max = 50000;

  // Between two requests of a connection.
  std::chrono::milliseconds idle{std::chrono::seconds{75}};
  // From the first byte to the last of one request.
  std::chrono::milliseconds request{std::chrono::seconds{30}};
  // For a write to become durable; then 503.
  std::chrono::milliseconds commit{std::chrono::seconds{30}};
  // Without the client taking a single byte.
  std::chrono::milliseconds write_stall{std::chrono::seconds{30}};
  // For a refused client to read why.
  std::chrono::milliseconds linger{std::chrono::seconds{1}};
  // For what is under way when the server stops.
  std::chrono::milliseconds drain{std::chrono::seconds{10}};
  std::chrono::seconds retry_after{1};  // what a 503 suggests

  std::uint64_t numbers = 100;  // 1..N of the missing number

  std::string version = "0";  // shown by GET /
  // The text of GET /metrics; without it the route answers 404.
  std::function<boost::asio::awaitable<std::string>()> metrics;
  // After each answer, on the loop; must not throw.
  std::function<void(const RequestReport&)> finished;
  // An error of ours in one sentence, for the log.
  std::function<void(std::string_view)> failed;
  // What works and should not stay as it is, in one sentence, for the log.
  std::function<void(std::string_view)> warned;
};

}  // namespace rollcall::http
