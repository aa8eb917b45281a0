#include "tests/http/peer.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cctype>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <utility>

namespace rollcall::http {

Peer::Peer(std::uint16_t port, int receive_buffer_bytes, Transport transport, const char* from)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (receive_buffer_bytes > 0) {
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes,
                 sizeof receive_buffer_bytes);
  }
  const timeval patience{kPatience.count(), 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  ::inet_pton(AF_INET, from, &address.sin_addr);
  static_cast<void>(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address));
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(socket_);
    throw std::runtime_error("cannot connect to the server under test");
  }
  try {
    if (transport == Transport::tls) begin_tls();
  } catch (...) {
    ::close(socket_);
    throw;
  }
}

PeerTls& Peer::begin_tls(PeerTls::Newest newest) {
  tls_ = std::make_unique<PeerTls>(socket_, newest);
  return *tls_;
}

Peer::~Peer() {
  if (socket_ >= 0) ::close(socket_);
}

Peer::Peer(Peer&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)),
      tls_(std::move(other.tls_)),
      in_(std::move(other.in_)) {}

void Peer::send(std::string_view bytes) {
  if (tls_) {
    static_cast<void>(tls_->send(bytes));
    return;
  }
  while (!bytes.empty()) {
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;  // the server closed: what it answered shows in receive()
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void Peer::send_no_more() {
  if (tls_) tls_->say_goodbye();
  ::shutdown(socket_, SHUT_WR);
}

long Peer::read_once(char* into, std::size_t bytes_max) {
  return tls_ ? tls_->receive(into, bytes_max) : ::recv(socket_, into, bytes_max, 0);
}

bool Peer::fill() {
  std::string piece(65536, '\0');
  const auto got = read_once(piece.data(), piece.size());
  if (got <= 0) return false;
  in_.append(piece, 0, static_cast<std::size_t>(got));
  return true;
}

std::optional<std::string> Peer::line() {
  for (;;) {
    if (const auto end = in_.find("\r\n"); end != std::string::npos) {
      std::string found = in_.substr(0, end);
      in_.erase(0, end + 2);
      return found;
    }
    if (!fill()) return std::nullopt;
  }
}

bool Peer::take(std::size_t bytes, std::string& into) {
  while (in_.size() < bytes) {
    if (!fill()) {
      into += in_;
      in_.clear();
      return false;
    }
  }
  into.append(in_, 0, bytes);
  in_.erase(0, bytes);
  return true;
}

WireAnswer Peer::receive(bool to_head) {
  WireAnswer answer;
  const auto status = line();
  if (!status || status->size() < 12) return answer;
  answer.status = static_cast<unsigned>(std::stoul(status->substr(9, 3)));
  for (auto field = line(); field && !field->empty(); field = line()) {
    const auto colon = field->find(':');
    std::string name = field->substr(0, colon);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    answer.headers[name] = field->substr(std::min(colon + 2, field->size()));
  }
  if (to_head || answer.status < 200 || answer.status == 204 || answer.status == 304) {
    answer.complete = true;
  } else if (answer.header("transfer-encoding") == "chunked") {
    for (;;) {
      const auto size = line();
      if (!size) return answer;
      const std::size_t bytes = std::stoul(*size, nullptr, 16);
      if (!take(bytes, answer.body) || !line()) return answer;
      if (bytes == 0) break;
    }
    answer.complete = true;
  } else if (const auto length = answer.header("content-length"); !length.empty()) {
    answer.complete = take(std::stoul(length), answer.body);
  } else {
    while (fill()) {
    }
    answer.body = std::exchange(in_, {});
    answer.complete = true;
  }
  return answer;
}

std::size_t Peer::receive_some(std::size_t bytes_max) {
  std::string piece(bytes_max, '\0');
  const auto got = read_once(piece.data(), piece.size());
  return got > 0 ? static_cast<std::size_t>(got) : 0;
}

bool Peer::closed() {
  std::string piece(65536, '\0');
  for (;;) {
    const auto got = ::recv(socket_, piece.data(), piece.size(), 0);
    if (got > 0) continue;
    return got == 0 || errno == ECONNRESET;
  }
}

WireAnswer Peer::get(const std::string& target) {
  send("GET " + target + " HTTP/1.1\r\nHost: test\r\n\r\n");
  return receive();
}

}  // namespace rollcall::http
