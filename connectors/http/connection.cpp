#include "connectors/http/connection.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace rollcall::http {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr unsigned char kHandshakeRecord = 22;  // how every TLS connection begins

}  // namespace

struct Connection::Stream {
  Stream(tcp::socket& socket, ssl::context& context) : tls(socket, context) {}
  ssl::stream<tcp::socket&> tls;
};

Connection::Connection(tcp::socket socket, TlsContext tls)
    : socket_(std::move(socket)), tls_(std::move(tls)) {
  error_code ignored;
  socket_.set_option(tcp::no_delay{true}, ignored);
  socket_.non_blocking(true, ignored);
}

Connection::~Connection() = default;

asio::ip::address Connection::client() const {
  error_code ignored;
  return socket_.remote_endpoint(ignored).address();
}

asio::awaitable<Connection::Greeting> Connection::greet() {
  unsigned char first = 0;
  error_code peeked = asio::error::would_block;
  while (peeked == asio::error::would_block) {
    const auto [error] = co_await socket_.async_wait(tcp::socket::wait_read, kAwait);
    if (error) co_return Greeting::failed;
    socket_.receive(asio::buffer(&first, 1), tcp::socket::message_peek, peeked);
  }
  if (peeked) co_return Greeting::failed;
  if (first != kHandshakeRecord) co_return Greeting::speaks_no_tls;
  stream_ = std::make_unique<Stream>(socket_, *tls_);
  const auto [error] = co_await stream_->tls.async_handshake(ssl::stream_base::server, kAwait);
  agreed_ = !error;
  co_return agreed_ ? Greeting::agreed : Greeting::failed;
}

namespace {

// A client that closes without TLS's own goodbye sends no more, just like one that says it. What it
// had not finished sending is not taken for a whole request, so nothing can be cut short unseen.
asio::awaitable<Connection::Outcome> without_truncation(asio::awaitable<Connection::Outcome> read) {
  auto [error, bytes] = co_await std::move(read);
  if (error == ssl::error::stream_truncated) error = asio::error::eof;
  const Connection::Outcome outcome{error, bytes};
  co_return outcome;
}

}  // namespace

asio::awaitable<Connection::Outcome> Connection::read_some(asio::mutable_buffer room) {
  if (!agreed_) return socket_.async_read_some(room, kAwait);
  return without_truncation(stream_->tls.async_read_some(room, kAwait));
}

asio::awaitable<Connection::Outcome> Connection::write_some(const Buffers& buffers) {
  if (!agreed_) return socket_.async_write_some(buffers, kAwait);
  return stream_->tls.async_write_some(buffers, kAwait);
}

std::size_t Connection::write_at_once(asio::const_buffer bytes) {
  if (agreed_) return 0;
  error_code ignored;
  return socket_.write_some(asio::buffer(bytes), ignored);
}

asio::awaitable<void> Connection::say_goodbye() {
  if (!agreed_) co_return;
  // As if the client had said its goodbye already: ours goes out and nothing is waited for.
  SSL* const native = stream_->tls.native_handle();
  SSL_set_shutdown(native, SSL_get_shutdown(native) | SSL_RECEIVED_SHUTDOWN);
  static_cast<void>(co_await stream_->tls.async_shutdown(kAwait));
}

void Connection::send_no_more() {
  error_code ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
}

asio::awaitable<Connection::Outcome> Connection::drop_some(asio::mutable_buffer room) {
  return socket_.async_read_some(room, kAwait);
}

void Connection::cancel() {
  error_code ignored;
  socket_.cancel(ignored);
}

void Connection::close() {
  error_code ignored;
  socket_.close(ignored);
}

void Connection::reset() {
  error_code ignored;
  socket_.set_option(asio::socket_base::linger{true, 0}, ignored);
  socket_.close(ignored);
}

}  // namespace rollcall::http
