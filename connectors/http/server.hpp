#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cstdint>
#include <memory>

#include "connectors/http/options.hpp"
#include "connectors/http/server_state.hpp"
#include "connectors/http/task_group.hpp"
#include "pipeline/failure.hpp"
#include "pipeline/ports/answers.hpp"
#include "pipeline/ports/writes.hpp"

namespace rollcall::http {

// Answers over HTTP/1.1 what may be asked of `answers` and done with `writes` and `replays`.
// Owner:   the daemon; outlived by the loop, the query pool, `answers`, `writes` and `replays`. The pool is stopped
//          after this server.
// Runs on: the loop, one thread. Only the bodies of lists are made on threads of `query`.
// Limits:  all in Options.
// Fails:   listen() with `misconfigured` where the address cannot be used; after that nothing ends
//          it but stop().
class Server {
 public:
  Server(boost::asio::io_context& loop, boost::asio::thread_pool& query, Answers& answers,
         Writes& writes, Replays& replays, Options options);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Takes the address and begins to answer.
  [[nodiscard]] Result<void> listen();
  // Reads the files that the options name again; on a failure those read before stay.
  [[nodiscard]] Result<void> reload();
  // Where it listens; the port it was given where the options said 0.
  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] std::size_t connections() const;

  // Accepts nothing more, closes what is idle, finishes what is under way within Options::drain and
  // cuts the rest.
  boost::asio::awaitable<void> stop();

 private:
  boost::asio::awaitable<void> accept_connections();
  boost::asio::awaitable<void> sweep();
  void warn_if_open() const;
  void admit(boost::asio::ip::tcp::socket socket);

  std::shared_ptr<ServerState> state_;  // shared with the sessions
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;
  boost::asio::steady_timer next_sweep_;
  TaskGroup sessions_;
  TaskGroup own_tasks_;
  bool stopped_ = false;  // all sessions have ended
};

}  // namespace rollcall::http
