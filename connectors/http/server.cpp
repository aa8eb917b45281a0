#include "connectors/http/server.hpp"

#include <algorithm>
#include <chrono>
#include <random>
#include <utility>

#include "connectors/http/credentials.hpp"
#include "connectors/http/session.hpp"
#include "connectors/http/timestamp.hpp"

namespace rollcall::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::size_t kRefusedMax =
    64;  // connections over the limit that are told so at once; others are just closed
constexpr std::chrono::milliseconds kAcceptPause{100};

// Fine enough for the shortest limit, and never so fine that it costs anything.
std::chrono::milliseconds sweep_interval(const Options& options) {
  const auto shortest =
      std::min({options.idle, options.request, options.write_stall, options.linger});
  return std::clamp(shortest / 4, std::chrono::milliseconds{5}, std::chrono::milliseconds{250});
}

asio::awaitable<void> serve(std::unique_ptr<Session> session) { co_await session->run(); }
asio::awaitable<void> turn_away(std::unique_ptr<Session> session, Response why,
                                std::string request_id) {
  co_await session->turn_away(std::move(why), std::move(request_id));
}

Failure cannot_listen(const Options& options, const error_code& error) {
  const std::string where = options.address + " port " + std::to_string(options.port);
  std::string advice = "Choose another address or port for HTTP.";
  if (error == asio::error::address_in_use)
    advice = "Stop the process that listens there, or choose another port for HTTP.";
  if (error == asio::error::access_denied)
    advice = "Choose a port above 1023 for HTTP, or grant the right to bind this one.";
  return misconfigured("cannot listen for HTTP on " + where + ": " + error.message(),
                       std::move(advice));
}

}  // namespace

ServerState::ServerState(Answers& answers, Writes& writes, Replays& replays,
                         asio::thread_pool& query, Options options_)
    : options(std::move(options_)),
      service{answers, writes, replays, options, query},
      origins(options.cors_origins),
      browser_headers(origins, options.tls_certificate_file.empty() ? std::chrono::seconds{0}
                                                                    : options.hsts_max_age),
      admission(options, origins),
      bodies({options.bodies_bytes_max, share_of(options.bodies_bytes_max)}) {
  std::random_device random;
  next_request_ = (std::uint64_t{random()} << 32U) | random();
  refresh_date();
}

std::uint64_t ServerState::share_of(std::uint64_t limit) const {
  return std::max<std::uint64_t>(
      limit / 100 * options.client_share + limit % 100 * options.client_share / 100, 1);
}

std::optional<Response> ServerState::refuse_one_more(std::size_t own, std::size_t all,
                                                     std::size_t limit, Problem full,
                                                     std::string_view request_id) const {
  if (all >= limit) return unavailable(std::move(full), request_id, options.retry_after);
  if (own < share_of(limit)) return std::nullopt;
  return too_many_of_client(request_id, options.retry_after);
}

void ServerState::refresh_date() {
  const std::int64_t now_ms = service.answers.now_ms();
  if (now_ms / 1000 == date_second_) return;
  date_second_ = now_ms / 1000;
  date = http_date(now_ms);
}

std::string ServerState::make_request_id() {
  // splitmix64: a permutation of the counter, so no two are alike.
  std::uint64_t mixed = next_request_ += 0x9E3779B97F4A7C15U;
  mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
  mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
  mixed ^= mixed >> 31U;
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string id(16, '0');
  for (auto digit = id.rbegin(); digit != id.rend(); ++digit, mixed >>= 4U)
    *digit = kHex[mixed & 0xFU];
  return id;
}

void ServerState::warn(std::string_view message) const {
  if (options.warned) options.warned(message);
}

void ServerState::report_failure(std::string_view message) const {
  if (options.failed) options.failed(message);
}

Server::Server(asio::io_context& loop, asio::thread_pool& query, Answers& answers, Writes& writes,
               Replays& replays, Options options)
    : state_(std::make_shared<ServerState>(answers, writes, replays, query, std::move(options))),
      acceptor_(loop),
      pause_(loop),
      next_sweep_(loop),
      sessions_(loop.get_executor(), state_->options.failed),
      own_tasks_(loop.get_executor(), state_->options.failed) {}

Server::~Server() = default;

Result<void> Server::listen() {
  if (const auto loaded = reload(); !loaded) return loaded.error();
  const Options& options = state_->options;
  error_code error;
  const auto address =
      asio::ip::make_address(options.address == "localhost" ? "127.0.0.1" : options.address, error);
  if (error) {
    return misconfigured("\"" + options.address + "\" is not an IP address to listen on",
                         "Give an IP address such as 127.0.0.1, or 0.0.0.0 for every network.");
  }
  const tcp::endpoint endpoint{address, options.port};
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(tcp::acceptor::reuse_address{true}, error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    error_code ignored;
    acceptor_.close(ignored);
    return cannot_listen(options, error);
  }
  warn_if_open();
  own_tasks_.start(accept_connections());
  own_tasks_.start(sweep());
  return boost::system::in_place_value;
}

Result<void> Server::reload() {
  auto credentials = load_credentials(state_->options);
  if (!credentials) return credentials.error();
  for (const std::string& warning : credentials->warnings) state_->warn(warning);
  state_->admission.use(std::move(credentials->tokens));
  state_->tls = std::move(credentials->tls);
  return boost::system::in_place_value;
}

void Server::warn_if_open() const {
  error_code ignored;
  const tcp::endpoint endpoint = acceptor_.local_endpoint(ignored);
  if (endpoint.address().is_loopback() || state_->admission.asks_for_tokens()) return;
  state_->warn("whoever reaches " + endpoint.address().to_string() +
               " may read and change everything: give http.tokens_file, or listen on 127.0.0.1");
}

std::uint16_t Server::port() const {
  error_code ignored;
  return acceptor_.local_endpoint(ignored).port();
}

std::size_t Server::connections() const { return state_->sessions.size(); }

asio::awaitable<void> Server::accept_connections() {
  while (!state_->draining) {
    auto [error, socket] = co_await acceptor_.async_accept(asio::as_tuple(asio::use_awaitable));
    if (state_->draining) co_return;
    if (!error) {
      admit(std::move(socket));
    } else if (error != asio::error::connection_aborted) {
      // Out of descriptors, most likely: wait for some to be closed rather than spin.
      state_->report_failure("cannot accept a connection: " + error.message());
      pause_.expires_after(kAcceptPause);
      static_cast<void>(co_await pause_.async_wait(asio::as_tuple(asio::use_awaitable)));
    }
  }
}

void Server::admit(tcp::socket socket) {
  error_code ignored;
  const auto address = socket.remote_endpoint(ignored).address();
  Problem full{
      503, "too_many_connections", "This server has as many connections as it takes.", {}, {}};
  std::string id = state_->make_request_id();
  auto refused = state_->refuse_one_more(state_->clients.connections_of(address),
                                         state_->use.connections - state_->use.refused,
                                         state_->options.connections_max, std::move(full), id);
  if (refused && state_->use.refused >= kRefusedMax) return;
  auto session = std::make_unique<Session>(state_, std::move(socket));
  if (refused) {
    sessions_.start(turn_away(std::move(session), std::move(*refused), std::move(id)));
  } else {
    sessions_.start(serve(std::move(session)));
  }
}

// One timer for all deadlines: a timer for each read and each write costs more than the answer to a
// small request.
asio::awaitable<void> Server::sweep() {
  const auto interval = sweep_interval(state_->options);
  for (;;) {
    next_sweep_.expires_after(interval);
    const auto [error] = co_await next_sweep_.async_wait(asio::as_tuple(asio::use_awaitable));
    if (error || stopped_) co_return;  // a timer that has just run out cannot be cancelled any more
    state_->refresh_date();
    const auto now = Session::Clock::now();
    for (Session* session : state_->sessions) session->sweep(now);
  }
}

asio::awaitable<void> Server::stop() {
  state_->draining = true;
  error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
  for (Session* session : state_->sessions) session->drain();
  const bool drained = co_await sessions_.join(Session::Clock::now() + state_->options.drain);
  if (!drained) {
    for (Session* session : state_->sessions) session->abort();
    static_cast<void>(co_await sessions_.join());
  }
  stopped_ = true;
  next_sweep_.cancel();
  static_cast<void>(co_await own_tasks_.join());
}

}  // namespace rollcall::http
