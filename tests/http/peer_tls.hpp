#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

struct ssl_st;
struct ssl_ctx_st;
struct bio_st;

namespace rollcall::http {

// TLS over a peer's blocking socket: only memory in between, so that one thread may send while
// another one waits for what comes.
class PeerTls {
 public:
  // Agrees on keys; throws where the server does not. The newest version that the client offers.
  enum class Newest { tls_1_1, tls_1_2, tls_1_3 };
  explicit PeerTls(int socket, Newest newest = Newest::tls_1_3);
  ~PeerTls();
  PeerTls(const PeerTls&) = delete;

  [[nodiscard]] bool send(std::string_view bytes);
  // 0: the server said goodbye, -1: the connection ended without it.
  [[nodiscard]] long receive(char* into, std::size_t bytes_max);
  void say_goodbye();
  [[nodiscard]] std::string version() const;
  [[nodiscard]] bool heard_goodbye() const;

 private:
  [[nodiscard]] bool push_out();  // what TLS wants sent; called with the lock held
  [[nodiscard]] bool pull_in();   // more of what the server sent

  int socket_;
  mutable std::mutex mutex_;
  std::unique_ptr<ssl_ctx_st, void (*)(ssl_ctx_st*)> context_;
  std::unique_ptr<ssl_st, void (*)(ssl_st*)> tls_;
  bio_st* in_;   // owned by tls_
  bio_st* out_;  // owned by tls_
};

}  // namespace rollcall::http
