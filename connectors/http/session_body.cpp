// What becomes of a request's body: dropped, held whole, or handed on piece by piece.
#include <boost/asio/use_awaitable.hpp>
#include <limits>
#include <optional>
#include <utility>

#include "connectors/http/media_type.hpp"
#include "connectors/http/problem.hpp"
#include "connectors/http/session.hpp"

namespace rollcall::http {

namespace asio = boost::asio;

namespace {

// Of a body that nobody wants, or that needs no permission to be held.
constexpr std::uint64_t kDroppedBytes = std::uint64_t{64} << 10U;

// Read as it comes, a coded body is no JSON, and a client would look for its fault in the wrong place.
std::optional<Response> refuse_coding(const Request& request) {
  if (coding_of(request.content_encoding) != Coding::unknown) return std::nullopt;
  Response response = to_response(
      {415,
       "unsupported_content_encoding",
       "This server unpacks gzip and deflate: send the body in one of these, or as it is.",
       {},
       {}},
      request.id);
  response.headers.emplace_back("Accept-Encoding", "gzip, deflate, identity");
  return response;
}

Problem body_cut() {
  return {408,
          "request_timeout",
          "The body ended or paused for too long before it was complete.",
          {},
          {}};
}

}  // namespace

bool Session::admit_body() {
  if (request_.id.empty()) request_.id = state_->make_request_id();
  routed_ = find_route(request_, routes());
  if (auto refused = state_->admission.refuse(request_, routed_.label, client_)) {
    routed_.route = nullptr;
    routed_.response = std::move(*refused);
  }
  const Route* route = routed_.route;
  if (route != nullptr && !route->consumes.empty())
    request_.client = state_->admission.name_of(request_, client_);
  if (route != nullptr) {
    if (auto refused = refuse_body(*route)) {
      routed_.route = nullptr;
      routed_.response = std::move(*refused);
    }
  }
  if (routed_.route == nullptr) {
    // A short body is passed over, and the connection goes on; of a long one only its sender could want the rest.
    parser_.take_body(RequestParser::Body::drop, kDroppedBytes);
    const bool is_short = !request_.chunked && request_.content_length.value_or(0) <= kDroppedBytes;
    return is_short && !request_.expects_continue;
  }
  const Coding coding = coding_of(request_.content_encoding);
  if (coding != Coding::none && !route->consumes.empty()) {
    unpacker_.emplace(coding);
    packed_.clear();
    unpacker_full_ = false;
  }
  if (in_stream()) {
    parser_.take_body(RequestParser::Body::keep, std::numeric_limits<std::uint64_t>::max());
    return false;
  }
  const bool wanted = !route->consumes.empty();
  parser_.take_body(wanted ? RequestParser::Body::keep : RequestParser::Body::drop,
                    wanted ? state_->options.body_bytes_max : kDroppedBytes);
  return true;
}

std::optional<Response> Session::refuse_body(const Route& route) const {
  const bool has_body = request_.chunked || request_.content_length.value_or(0) > 0;
  const bool streamed = std::holds_alternative<StreamHandler>(route.handle);
  const std::uint64_t bytes_max =
      route.consumes.empty() ? kDroppedBytes : state_->options.body_bytes_max;
  if (!streamed && request_.content_length.value_or(0) > bytes_max) {
    return to_response(body_too_large(bytes_max), request_.id);
  }
  if (!route.consumes.empty() && (has_body || !request_.content_type.empty()) &&
      !is_media_type(request_.content_type, route.consumes)) {
    return to_response({415,
                        "unsupported_media_type",
                        "This path takes a body of type " + std::string{route.consumes} +
                            "; say so in Content-Type.",
                        {},
                        {}},
                       request_.id);
  }
  if (!route.consumes.empty() && has_body) {
    if (auto refused = refuse_coding(request_)) return refused;
  }
  if (!streamed) return std::nullopt;
  return state_->refuse_one_more(
      visit_.client().use.streams, state_->use.streams, state_->options.streams_max,
      {503,
       "too_many_streams",
       "As many long bodies are on their way as this server takes at once.",
       {},
       {}},
      request_.id);
}

// Makes room for the bytes of a body that have come and not yet been taken. False: there is none in time, which is
// answered.
asio::awaitable<bool> Session::make_body_room() {
  const Route* route = routed_.route;
  if (route == nullptr || route->consumes.empty() || in_stream()) co_return true;
  const std::uint64_t whole = request_.content_length.value_or(state_->options.body_bytes_max);
  const std::uint64_t come =
      std::min<std::uint64_t>(request_.body.size() + in_.data().size(), whole);
  if (come <= kDroppedBytes) co_return true;  // bounded by the number of connections
  if (come <= body_room_.bytes()) co_return true;
  // Doubled, as the text that holds it is.
  const std::uint64_t wanted = std::min(std::max(come, 2 * body_room_.bytes()), whole);
  const bool room = co_await grow_body_room(wanted);
  if (room) request_.body.reserve(wanted);
  co_return room;
}

// A wait for room is none of the client's: its deadline moves by as much.
asio::awaitable<bool> Session::grow_body_room(std::uint64_t bytes) {
  const Waiting waiting = std::exchange(waiting_, Waiting::for_nothing);
  const Clock::time_point began = Clock::now();
  auto growing = state_->bodies.grow(body_room_, visit_.client().bodies, bytes,
                                     connection_.executor(), state_->options.request);
  const bool room = co_await std::move(growing);
  if (room) {
    waiting_ = waiting;
    deadline_ += Clock::now() - began;
    co_return true;
  }
  Problem problem{
      503, "too_many_bodies", "As many bodies are being read as this server holds.", {}, {}};
  routed_.route = nullptr;
  routed_.response = unavailable(std::move(problem), request_.id, state_->options.retry_after);
  co_return false;
}

// Tells the client that its body is wanted, where it waits for that, and sends what is due.
asio::awaitable<bool> Session::tell_expectation() {
  if (parser_.take_expectation()) out_ += "HTTP/1.1 100 Continue\r\n\r\n";
  if (out_.empty()) co_return true;
  co_return co_await flush();
}

asio::awaitable<bool> Session::more_as_sent() {
  const std::size_t before = request_.body.size();
  waiting_ = Waiting::for_nothing;  // each wait has its own deadline: the body has no length
  while (!parser_.done() && !stream_failure_) {
    const auto progress = parse();
    if (request_.body.size() > before) break;
    if (progress == RequestParser::Progress::failed) {
      stream_failure_ = parser_.failure();
    } else if (progress == RequestParser::Progress::need_more) {
      bool arrived = co_await tell_expectation();
      if (arrived) arrived = co_await read_some();
      if (!arrived) stream_failure_ = body_cut();
    }
  }
  waiting_ = Waiting::for_nothing;
  co_return request_.body.size() > before;
}

}  // namespace rollcall::http
