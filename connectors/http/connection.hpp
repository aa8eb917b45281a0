#pragma once

#include <array>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <memory>
#include <tuple>

#include "connectors/http/tls.hpp"

namespace rollcall::http {

// The bytes to and from one client, over TLS or plainly. Every wait ends with cancel().
// Owner: the session. Runs on: the loop; one read or write at a time.
// Limits: with TLS some 70 KiB for each connection, from its first byte on.
class Connection {
 public:
  using Outcome = std::tuple<boost::system::error_code, std::size_t>;
  using Buffers = std::array<boost::asio::const_buffer, 3>;
  enum class Greeting { agreed, speaks_no_tls, failed };

  // tls: null for a plain connection.
  Connection(boost::asio::ip::tcp::socket socket, TlsContext tls);
  ~Connection();

  [[nodiscard]] bool has_tls() const { return tls_ != nullptr; }
  [[nodiscard]] boost::asio::ip::address client() const;
  [[nodiscard]] boost::asio::any_io_executor executor() { return socket_.get_executor(); }

  // With TLS before everything else: agrees on keys. A client that speaks no TLS may be answered
  // plainly.
  boost::asio::awaitable<Greeting> greet();

  boost::asio::awaitable<Outcome> read_some(boost::asio::mutable_buffer room);
  boost::asio::awaitable<Outcome> write_some(const Buffers& buffers);
  // As much as goes without waiting.
  [[nodiscard]] std::size_t write_at_once(boost::asio::const_buffer bytes);

  // With TLS: tells the client that this is the end, so that it knows it has everything.
  boost::asio::awaitable<void> say_goodbye();
  void send_no_more();
  // Bytes that the client still sends and nobody wants; read into `room` and worth nothing.
  boost::asio::awaitable<Outcome> drop_some(boost::asio::mutable_buffer room);

  void cancel();
  void close();
  // A reset rather than an orderly end, which an old client would take for the end of its list. It
  // also gives back at once what the kernel holds for a client that does not read.
  void reset();

 private:
  struct Stream;

  boost::asio::ip::tcp::socket socket_;
  TlsContext tls_;                  // shared with the server
  std::unique_ptr<Stream> stream_;  // once the client has begun to speak TLS
  bool agreed_ = false;
};

}  // namespace rollcall::http
