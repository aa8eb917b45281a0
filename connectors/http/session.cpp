#include "connectors/http/session.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <optional>
#include <utility>

#include "connectors/http/counted.hpp"
#include "connectors/http/json_writer.hpp"
#include "connectors/http/offload.hpp"
#include "connectors/http/piece.hpp"
#include "connectors/http/problem.hpp"

namespace rollcall::http {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::size_t kReadBytes = std::size_t{64} << 10U;  // taken from the socket at once
Response internal_error(std::string_view request_id) {
  const Problem problem{500, "internal", "The server could not answer; its log says more.", {}, {}};
  return to_response(problem, request_id);
}

void append_chunk_size(std::string& out, std::size_t size) {
  char digits[16];
  const auto end = std::to_chars(digits, digits + sizeof digits, size, 16).ptr;
  out.append(digits, end).append("\r\n");
}

}  // namespace

Session::Session(std::shared_ptr<ServerState> state, asio::ip::tcp::socket socket)
    : state_(std::move(state)),
      socket_(std::move(socket)),
      in_(std::max(state_->options.header_bytes_max * 2, kReadBytes)),
      parser_(request_, state_->options.header_bytes_max) {
  error_code ignored;
  socket_.set_option(asio::ip::tcp::no_delay{true}, ignored);
  socket_.non_blocking(true, ignored);
  client_ = socket_.remote_endpoint(ignored).address();
  state_->sessions.insert(this);
}

Session::~Session() { state_->sessions.erase(this); }

asio::awaitable<void> Session::run() {
  for (;;) {
    // Named, because a co_await in the condition breaks this frame (connectors/README.md).
    const bool complete = co_await read_request();
    if (!complete) break;
    co_await answer();
    if (!keep_alive_ || gone_) break;
  }
  co_await close();
}

asio::awaitable<void> Session::turn_away() {
  const Counted counted{state_->refused};
  Problem problem{
      503, "too_many_connections", "This server has as many connections as it takes.", {}, {}};
  request_.id = state_->make_request_id();
  keep_alive_ = false;
  linger_ = true;
  append(unavailable(std::move(problem), request_.id, state_->options.retry_after));
  co_await close();
}

// True: there is a request to answer. Its body may be unread, where it is streamed or refused.
asio::awaitable<bool> Session::read_request() {
  parser_.restart();
  body_room_.release();
  for (;;) {
    const auto progress = parse();
    if (progress == RequestParser::Progress::complete) co_return true;
    if (progress == RequestParser::Progress::failed) {
      refuse(parser_.failure());
      co_return false;
    }
    if (progress == RequestParser::Progress::header) {
      if (!admit_body()) co_return true;
      const bool room = co_await reserve_body();
      if (!room) co_return true;
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
  const auto [error, bytes] =
      co_await socket_.async_read_some(room, asio::as_tuple(asio::use_awaitable));
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
  try {
    if (const auto* at_once = std::get_if<Handler>(&route.handle))
      co_return (*at_once)(request_, state_->service);
    if (const auto* waiting = std::get_if<WaitingHandler>(&route.handle)) {
      auto answering = (*waiting)(request_, state_->service);
      co_return co_await std::move(answering);
    }
    const Counted counted{state_->streams};
    auto answering = std::get<StreamHandler>(route.handle)(request_, *this, state_->service);
    co_return co_await std::move(answering);
  } catch (const std::exception& exception) {
    failure = exception.what();
  }
  state_->report_failure(failure);
  co_return internal_error(request_.id);
}

asio::awaitable<void> Session::answer_list(Response& response) {
  if (request_.method == Method::head) {  // its length is not known without making it
    Framing head = framing();
    append_head(out_, response, head);
    body_bytes_ = 0;
    co_return;
  }
  std::size_t& count = response.whole_list ? state_->streams : state_->pages;
  if (count >= (response.whole_list ? state_->options.streams_max : state_->options.pages_max)) {
    Problem problem{503,
                    "too_many_lists",
                    "As many lists are being read as this server takes at once.",
                    {},
                    {}};
    response = unavailable(std::move(problem), request_.id, state_->options.retry_after);
    append(response);
    co_return;
  }
  const Counted counted{count};
  Piece piece{*response.producer, {}, {}, true};
  co_await run_on(state_->service.query, piece);
  if (!piece.failure.empty()) {
    state_->report_failure(piece.failure);
    response = internal_error(request_.id);
    append(response);
  } else if (piece.more) {
    co_await stream(response, piece);
  } else {
    response.body = std::move(piece.bytes);
    append(response);
    // Sent while it is still counted, so that clients who do not read hold a limited number of
    // pages.
    if (response.body.size() > kFlushBytes) static_cast<void>(co_await flush());
  }
}

// Sends the first piece and makes the others one by one, each only when the client has taken the
// one before.
asio::awaitable<void> Session::stream(Response& response, Piece& piece) {
  Framing head = framing();
  head.chunked = !request_.http_1_0;
  if (!head.chunked)
    head.keep_alive = keep_alive_ = false;  // the end of the connection ends the list
  append_head(out_, response, head);
  body_bytes_ = 0;
  for (;;) {
    if (!piece.bytes.empty()) {
      body_bytes_ += piece.bytes.size();
      std::array<asio::const_buffer, 3> buffers{};
      if (head.chunked) {
        append_chunk_size(out_, piece.bytes.size());
        buffers[2] = asio::buffer("\r\n", 2);
      }
      buffers[0] = asio::buffer(out_);
      buffers[1] = asio::buffer(piece.bytes);
      const bool written = co_await write(buffers);
      if (!written) co_return;
      out_.clear();
    }
    if (!piece.more) break;
    co_await run_on(state_->service.query, piece);
    if (!piece.failure.empty()) {
      state_->report_failure(piece.failure);
      gone_ = true;  // cut, so that half a list is not taken for a whole one
      co_return;
    }
  }
  if (head.chunked) out_ += "0\r\n\r\n";
}

asio::awaitable<bool> Session::flush() {
  // Mostly the kernel takes all of it at once: no need to wait for anything.
  error_code error;
  const std::size_t taken = socket_.write_some(asio::buffer(out_), error);
  bool written = taken == out_.size();
  if (!written) {
    std::array<asio::const_buffer, 3> buffers{};
    buffers[0] = asio::buffer(out_) + taken;
    written = co_await write(buffers);
  }
  constexpr std::size_t kKept =
      kFlushBytes;  // a page of a list must not stay with an idle connection
  out_.clear();
  if (out_.capacity() > kKept * 2) out_.shrink_to_fit();
  co_return written;
}

asio::awaitable<bool> Session::write(std::array<asio::const_buffer, 3> buffers) {
  while (asio::buffer_size(buffers) > 0) {
    await_until(Waiting::for_client_to_take, state_->options.write_stall);
    const auto [error, taken] =
        co_await socket_.async_write_some(buffers, asio::as_tuple(asio::use_awaitable));
    if (error) {
      gone_ = true;
      waiting_ = Waiting::for_nothing;
      co_return false;
    }
    std::size_t rest = taken;
    for (asio::const_buffer& buffer : buffers) {
      const std::size_t of_this = std::min(rest, buffer.size());
      buffer += of_this;
      rest -= of_this;
    }
  }
  waiting_ = Waiting::for_nothing;
  co_return true;
}

asio::awaitable<void> Session::close() {
  if (!gone_ && !out_.empty()) static_cast<void>(co_await flush());
  error_code ignored;
  if (gone_) {
    cut();
    co_return;
  }
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  // Closing with unread bytes resets the connection, and the client may lose the answer that tells
  // what was wrong.
  if (linger_) await_until(Waiting::for_client_to_leave, state_->options.linger);
  while (linger_) {
    in_.consume(in_.data().size());
    const auto [error, bytes] =
        co_await socket_.async_read_some(in_.room(), asio::as_tuple(asio::use_awaitable));
    static_cast<void>(bytes);
    if (error) break;
  }
  waiting_ = Waiting::for_nothing;
  socket_.close(ignored);
}

void Session::refuse(const Problem& problem) {
  if (request_.id.empty()) request_.id = state_->make_request_id();
  keep_alive_ = false;
  linger_ = true;
  append(to_response(problem, request_.id));
  report("unmatched", problem.status, Clock::now());
}

void Session::append(const Response& response) {
  Framing head = framing();
  head.content_length = response.body.size();
  append_head(out_, response, head);
  body_bytes_ = 0;
  if (request_.method == Method::head || response.status == 204 || response.status == 304) return;
  out_ += response.body;
  body_bytes_ = response.body.size();
}

Framing Session::framing() const {
  Framing head;
  head.date = state_->date;
  head.request_id = request_.id;
  head.browser = &state_->browser_headers;
  head.origin = request_.origin;
  head.keep_alive = keep_alive_;
  head.http_1_0 = request_.http_1_0;
  return head;
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
  error_code ignored;
  if (waiting_ == Waiting::for_client_to_take) {
    cut();
  } else {
    socket_.cancel(ignored);
  }
}

void Session::drain() {
  error_code ignored;
  if (waiting_ == Waiting::for_request) socket_.cancel(ignored);
}

void Session::abort() { cut(); }

// A reset rather than an orderly end, which an old client would take for the end of its list. It
// also gives back at once what the kernel holds for a client that does not read.
void Session::cut() {
  gone_ = true;
  error_code ignored;
  socket_.set_option(asio::socket_base::linger{true, 0}, ignored);
  socket_.close(ignored);
}

}  // namespace rollcall::http
