#pragma once

#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "connectors/http/connection.hpp"
#include "connectors/http/input_buffer.hpp"
#include "connectors/http/request.hpp"
#include "connectors/http/request_parser.hpp"
#include "connectors/http/response.hpp"
#include "connectors/http/server_state.hpp"
#include "connectors/http/unpacker.hpp"

namespace rollcall::http {

// One connection: reads a request, answers it, reads the next.
// Owner:   the coroutine that runs it. Runs on: the loop; lists are read and formatted on the query
//          threads.
// Limits:  every wait has a deadline, looked after by the server's sweep. Requests that were sent
//          ahead are answered in order, and the answers collected up to kFlushBytes. While a list
//          is sent it holds one piece of it.
// Fails:   a connection that breaks or stalls is closed; an error of ours is a 500, reported, and
//          goes on.
class Session final : private BodyStream {
 public:
  using Clock = std::chrono::steady_clock;

  Session(std::shared_ptr<ServerState> state, boost::asio::ip::tcp::socket socket);
  ~Session() override;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  boost::asio::awaitable<void> run();
  // Tells a connection over a limit to come back later.
  boost::asio::awaitable<void> turn_away(Response why, std::string request_id);

  // Ends whatever waits past its deadline.
  void sweep(Clock::time_point now);
  // Closes the connection as soon as nothing is under way on it.
  void drain();
  // Closes it now.
  void abort();

 private:
  enum class Waiting {
    for_nothing,
    for_request,
    for_rest_of_request,
    for_client_to_take,
    for_client_to_leave
  };

  boost::asio::awaitable<bool> greet(std::chrono::milliseconds limit);
  boost::asio::awaitable<bool> read_request();
  // Finds the route and says what becomes of the body. False: the answer is due before it.
  [[nodiscard]] bool admit_body();
  [[nodiscard]] std::optional<Response> refuse_body(const Route& route) const;
  boost::asio::awaitable<bool> make_body_room();
  boost::asio::awaitable<bool> grow_body_room(std::uint64_t bytes);
  boost::asio::awaitable<bool> more() override;
  boost::asio::awaitable<bool> more_as_sent();
  // Puts what a packed body means in its place. A response: why that cannot be.
  boost::asio::awaitable<std::optional<Response>> unpack_body();
  const std::optional<Problem>& failure() const override { return stream_failure_; }
  boost::asio::awaitable<bool> tell_expectation();
  boost::asio::awaitable<void> answer();
  boost::asio::awaitable<void> answer_list(Response& response);
  boost::asio::awaitable<void> stream(Response& response, struct Piece& piece);
  boost::asio::awaitable<bool> read_some();
  boost::asio::awaitable<bool> flush();
  boost::asio::awaitable<bool> write(std::array<boost::asio::const_buffer, 3> buffers);
  boost::asio::awaitable<void> close();

  RequestParser::Progress parse();
  boost::asio::awaitable<Response> handle(const Route& route);
  void refuse(const Problem& problem);
  void append(const Response& response);
  [[nodiscard]] Framing framing() const;
  // Whether a handler reads the body: what goes wrong then is its to answer.
  [[nodiscard]] bool in_stream() const {
    return routed_.route != nullptr && std::holds_alternative<StreamHandler>(routed_.route->handle);
  }
  void report(std::string_view route, unsigned status, Clock::time_point began);
  void cut();
  void await_until(Waiting waiting, std::chrono::milliseconds limit);

  static constexpr std::size_t kFlushBytes = std::size_t{64} << 10U;

  std::shared_ptr<ServerState> state_;  // shared with the server and the other sessions
  Connection connection_;
  boost::asio::ip::address client_;
  ClientUses::Visit visit_;
  InputBuffer in_;
  std::string out_;
  Request request_;
  RequestParser parser_;
  Routed routed_;
  BodyRoom::Lease body_room_;
  std::optional<Problem> stream_failure_;
  std::optional<Unpacker> unpacker_;  // of a body that comes packed
  std::string packed_;                // of a stream: what has come and is not yet unpacked
  bool unpacker_full_ = false;        // there may be more of what was taken
  Waiting waiting_ = Waiting::for_nothing;
  Clock::time_point deadline_;
  std::uint64_t body_bytes_ = 0;  // of the answer at hand
  bool keep_alive_ = true;
  bool timed_out_ = false;
  bool gone_ = false;    // the connection is broken or must be cut: nothing more can be said
  bool linger_ = false;  // bytes of the client may be unread: it shall see our answer first
};

}  // namespace rollcall::http
