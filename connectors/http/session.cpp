#include "connectors/http/session.hpp"

#include <algorithm>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <optional>
#include <utility>

#include "connectors/http/counted.hpp"
#include "connectors/http/fresh_look.hpp"
#include "connectors/http/problem.hpp"

namespace rollcall::http {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::size_t kReadBytes = std::size_t{64} << 10U;  // taken from the socket at once

}  // namespace

Session::Session(std::shared_ptr<ServerState> state, asio::ip::tcp::socket socket)
    : state_(std::move(state)),
      connection_(std::move(socket), state_->tls),
      client_(connection_.client()),
      visit_(state_->clients, state_->use, client_),
      in_(std::max(state_->options.header_bytes_max * 2, kReadBytes)),
      parser_(request_, state_->options.header_bytes_max) {
  state_->sessions.insert(this);
}

Session::~Session() { state_->sessions.erase(this); }

asio::awaitable<void> Session::run() {
  bool understood = true;
  if (connection_.has_tls()) understood = co_await greet(state_->options.request);
  while (understood) {
    // Named, because a co_await in the condition breaks this frame (connectors/README.md).
    const bool complete = co_await read_request();
    if (!complete) break;
    co_await answer();
    if (!keep_alive_ || gone_) break;
  }
  co_await close();
}

// False: there is nobody to talk to.
asio::awaitable<bool> Session::greet(std::chrono::milliseconds limit) {
  if (state_->draining) co_return false;
  await_until(Waiting::for_request, limit);
  auto greeting = connection_.greet();
  const auto outcome = co_await std::move(greeting);
  waiting_ = Waiting::for_nothing;
  if (outcome == Connection::Greeting::speaks_no_tls) {
    refuse({400, "tls_expected", "This port speaks TLS: ask with https://.", {}, {}});
  }
  const bool agreed = outcome == Connection::Greeting::agreed;
  // The client shall see why it was refused.
  linger_ = !agreed && !timed_out_ && !state_->draining;
  co_return agreed;
}

asio::awaitable<void> Session::turn_away(Response why, std::string request_id) {
  const Counted counted{state_->use.refused, visit_.client().use.refused};
  bool understood = true;
  if (connection_.has_tls()) understood = co_await greet(state_->options.linger);
  if (!understood) {
    co_await close();
    co_return;
  }
  request_.id = std::move(request_id);
  keep_alive_ = false;
  linger_ = true;
  append(why);
  co_await close();
}

// True: there is a request to answer. Its body may be unread, where it is streamed or refused.
asio::awaitable<bool> Session::read_request() {
  parser_.restart();
  body_room_.release();
  routed_.route = nullptr;
  unpacker_.reset();
  for (;;) {
    const bool room = co_await make_body_room();
    if (!room) co_return true;
    const auto progress = parse();
    if (progress == RequestParser::Progress::complete) co_return true;
    if (progress == RequestParser::Progress::failed) {
      refuse(parser_.failure());
      co_return false;
    }
    if (progress == RequestParser::Progress::header) {
      if (!admit_body()) co_return true;
      continue;
    }
    const bool told = co_await tell_expectation();
    if (!told) co_return false;
    if (state_->draining && !parser_.started()) co_return false;
    const bool arrived = co_await read_some();
    if (!arrived) co_return false;
  }
}

RequestParser::Progress Session::parse() {
  std::size_t consumed = 0;
  const auto progress = parser_.feed(in_.data(), consumed);
  in_.consume(consumed);
  return progress;
}

// Waits for the next bytes. The deadline of a request counts from its first byte, so that a drip
// cannot extend it.
asio::awaitable<bool> Session::read_some() {
  if (!parser_.started()) {
    await_until(Waiting::for_request, state_->options.idle);
  } else if (waiting_ != Waiting::for_rest_of_request) {
    await_until(Waiting::for_rest_of_request, state_->options.request);
  }
  const auto room = in_.room();
  if (room.size() == 0) {
    refuse({431,
            "header_too_large",
            "A line of this request is longer than this server takes.",
            {},
            {}});
    co_return false;
  }
  auto reading = connection_.read_some(room);
  const auto [error, bytes] = co_await std::move(reading);
  if (!error) {
    in_.commit(bytes);
    co_return true;
  }
  waiting_ = Waiting::for_nothing;
  if (in_stream()) {
    gone_ = !timed_out_ && error != asio::error::eof;
  } else if (timed_out_ && parser_.started()) {
    refuse({408, "request_timeout", "The request took too long to arrive.", {}, {}});
  } else if (error != asio::error::operation_aborted) {
    gone_ = error != asio::error::eof;  // a client that sends no more may still read
  }
  co_return false;
}

asio::awaitable<void> Session::answer() {
  waiting_ = Waiting::for_nothing;
  const Clock::time_point began = Clock::now();
  keep_alive_ = request_.keep_alive && !state_->draining;
  stream_failure_.reset();

  Response response = std::move(routed_.response);
  if (routed_.route != nullptr) {
    auto handling = handle(*routed_.route);
    response = co_await std::move(handling);
  }
  if (!parser_.done()) {  // where the next request begins is unknown
    keep_alive_ = false;
    linger_ = true;
  }
  if (response.producer != nullptr) {
    co_await answer_list(response);
  } else {
    append(response);
  }
  report(routed_.label, response.status, began);
  body_room_.release();
  if (out_.size() > kFlushBytes && !gone_) static_cast<void>(co_await flush());
}

asio::awaitable<Response> Session::handle(const Route& route) {
  std::string failure;
  std::optional<Counted> counted;  // from where it was decided that there is a place for it
  if (in_stream()) counted.emplace(state_->use.streams, visit_.client().use.streams);
  try {
    if (!request_.query.empty()) {
      auto looking = look_if_asked(route, request_, state_->service);
      co_await std::move(looking);
    }
    if (const auto* at_once = std::get_if<Handler>(&route.handle))
      co_return (*at_once)(request_, state_->service);
    if (unpacker_ && !in_stream()) {
      auto unpacked = co_await unpack_body();
      if (unpacked) co_return std::move(*unpacked);
    }
    if (const auto* waiting = std::get_if<WaitingHandler>(&route.handle)) {
      auto answering = (*waiting)(request_, state_->service);
      co_return co_await std::move(answering);
    }
    auto answering = std::get<StreamHandler>(route.handle)(request_, *this, state_->service);
    co_return co_await std::move(answering);
  } catch (const std::exception& exception) {
    failure = exception.what();
  }
  state_->report_failure(failure);
  co_return internal_error(request_.id);
}

asio::awaitable<void> Session::close() {
  if (!gone_ && !out_.empty()) static_cast<void>(co_await flush());
  if (gone_) {
    cut();
    co_return;
  }
  if (connection_.has_tls()) {
    await_until(Waiting::for_client_to_leave, state_->options.linger);
    co_await connection_.say_goodbye();
    waiting_ = Waiting::for_nothing;
  }
  connection_.send_no_more();
  // Closing with unread bytes resets the connection, and the client may lose the answer that tells
  // what was wrong.
  if (linger_) await_until(Waiting::for_client_to_leave, state_->options.linger);
  while (linger_) {
    in_.consume(in_.data().size());
    auto dropping = connection_.drop_some(in_.room());
    const auto [error, bytes] = co_await std::move(dropping);
    static_cast<void>(bytes);
    if (error) break;
  }
  waiting_ = Waiting::for_nothing;
  connection_.close();
}

void Session::refuse(const Problem& problem) {
  if (request_.id.empty()) request_.id = state_->make_request_id();
  keep_alive_ = false;
  linger_ = true;
  append(to_response(problem, request_.id));
  report("unmatched", problem.status, Clock::now());
}

void Session::report(std::string_view route, unsigned status, Clock::time_point began) {
  if (!state_->options.finished) return;
  const RequestReport report{route,       to_string(request_.method),
                             status,      Clock::now() - began,
                             request_.id, request_.target,
                             body_bytes_};
  state_->options.finished(report);
}

void Session::await_until(Waiting waiting, std::chrono::milliseconds limit) {
  waiting_ = waiting;
  timed_out_ = false;
  deadline_ = Clock::now() + limit;
}

void Session::sweep(Clock::time_point now) {
  if (waiting_ == Waiting::for_nothing || now < deadline_) return;
  timed_out_ = true;
  if (waiting_ == Waiting::for_client_to_take) {
    cut();
  } else {
    connection_.cancel();
  }
}

void Session::drain() {
  if (waiting_ == Waiting::for_request) connection_.cancel();
}

void Session::abort() { cut(); }

void Session::cut() {
  gone_ = true;
  connection_.reset();
}

}  // namespace rollcall::http
