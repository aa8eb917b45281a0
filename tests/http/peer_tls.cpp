#include "tests/http/peer_tls.hpp"

#include <array>
#include <openssl/ssl.h>
#include <stdexcept>
#include <sys/socket.h>

namespace rollcall::http {

PeerTls::PeerTls(int socket, Newest newest)
    : socket_(socket),
      context_(SSL_CTX_new(TLS_client_method()), SSL_CTX_free),
      tls_(nullptr, SSL_free),
      in_(BIO_new(BIO_s_mem())),
      out_(BIO_new(BIO_s_mem())) {
  SSL_CTX_set_security_level(context_.get(), 0);  // so that the server is who refuses
  SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(context_.get(), newest == Newest::tls_1_1   ? TLS1_1_VERSION
                                                : newest == Newest::tls_1_2 ? TLS1_2_VERSION
                                                                            : TLS1_3_VERSION);
  tls_.reset(SSL_new(context_.get()));
  SSL_set_bio(tls_.get(), in_, out_);
  SSL_set_connect_state(tls_.get());
  for (;;) {
    const int done = SSL_do_handshake(tls_.get());
    const std::lock_guard lock{mutex_};
    if (!push_out()) throw std::runtime_error("the server ended the connection");
    if (done == 1) return;
    if (SSL_get_error(tls_.get(), done) != SSL_ERROR_WANT_READ || !pull_in())
      throw std::runtime_error("the server does not agree on TLS");
  }
}

PeerTls::~PeerTls() = default;

bool PeerTls::send(std::string_view bytes) {
  const std::lock_guard lock{mutex_};
  std::size_t written = 0;
  if (!bytes.empty() && SSL_write_ex(tls_.get(), bytes.data(), bytes.size(), &written) != 1)
    return false;
  return push_out();
}

bool PeerTls::push_out() {
  std::array<char, 16384> piece{};
  for (;;) {
    const int got = BIO_read(out_, piece.data(), static_cast<int>(piece.size()));
    if (got <= 0) return true;
    for (int sent = 0; sent < got;) {
      const auto took =
          ::send(socket_, piece.data() + sent, static_cast<std::size_t>(got - sent), MSG_NOSIGNAL);
      if (took <= 0) return false;
      sent += static_cast<int>(took);
    }
  }
}

bool PeerTls::pull_in() {
  std::array<char, 16384> piece{};
  const auto got = ::recv(socket_, piece.data(), piece.size(), 0);
  if (got <= 0) return false;
  BIO_write(in_, piece.data(), static_cast<int>(got));
  return true;
}

long PeerTls::receive(char* into, std::size_t bytes_max) {
  std::array<char, 16384> piece{};
  for (;;) {
    {
      const std::lock_guard lock{mutex_};
      std::size_t got = 0;
      const int done = SSL_read_ex(tls_.get(), into, bytes_max, &got);
      if (done == 1) return static_cast<long>(got);
      const int reason = SSL_get_error(tls_.get(), done);
      if (reason == SSL_ERROR_ZERO_RETURN) return 0;
      if (reason != SSL_ERROR_WANT_READ) return -1;
    }
    // Without the lock, or a sender would wait for an answer.
    const auto got = ::recv(socket_, piece.data(), std::min(piece.size(), bytes_max + 64), 0);
    if (got <= 0) return -1;
    const std::lock_guard lock{mutex_};
    BIO_write(in_, piece.data(), static_cast<int>(got));
  }
}

void PeerTls::say_goodbye() {
  const std::lock_guard lock{mutex_};
  SSL_shutdown(tls_.get());
  static_cast<void>(push_out());
}

std::string PeerTls::version() const {
  const std::lock_guard lock{mutex_};
  return SSL_get_version(tls_.get());
}

bool PeerTls::heard_goodbye() const {
  const std::lock_guard lock{mutex_};
  return (SSL_get_shutdown(tls_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
}

}  // namespace rollcall::http
