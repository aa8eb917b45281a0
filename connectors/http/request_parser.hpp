#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "connectors/http/problem.hpp"
#include "connectors/http/request.hpp"

namespace rollcall::http {

// Turns the bytes of a connection into requests. Strict where leniency lets two parties see
// different messages: both lengths at once, transfer codings that we do not undo, no or several
// hosts are refused.
// Owner:   a session, for the life of its connection. Runs on: the loop; does no I/O.
// Limits:  header_bytes_max for request line and fields together; for a body what take_body() says.
// Fails:   with the problem to answer; the connection cannot be used after it, because where the
//          next request begins is unknown.
class RequestParser {
 public:
  // header: the header is complete, and what becomes of the body is to be said before feeding goes on.
  enum class Progress { need_more, header, complete, failed };
  enum class Body { drop, keep };

  RequestParser(Request& request, std::size_t header_bytes_max);
  ~RequestParser();

  // Clears the request and begins the next one.
  void restart();
  // Takes what it can of the bytes and adds it to `consumed`; offer the rest again together with
  // what follows it.
  [[nodiscard]] Progress feed(std::string_view bytes, std::size_t& consumed);
  // Whether the body goes to Request::body, and how long it may be; more is 413.
  void take_body(Body body, std::uint64_t bytes_max);
  // True once the first byte of the request was consumed or looked at.
  [[nodiscard]] bool started() const;
  // Whether the whole request has been taken, its body too.
  [[nodiscard]] bool done() const;
  // True once for each request whose client waits for "100 Continue" before it sends the body.
  [[nodiscard]] bool take_expectation();
  [[nodiscard]] const Problem& failure() const;

 private:
  class Beast;
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace rollcall::http
