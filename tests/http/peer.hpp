#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "tests/http/peer_tls.hpp"

namespace rollcall::http {

// One answer as it came over the wire.
struct WireAnswer {
  unsigned status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;                            // chunks joined
  bool complete = false;                       // ended as its framing said it would

  [[nodiscard]] std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string{} : found->second;
  }
};

// A client that sends exactly the bytes a test says, over a blocking socket of its own. Every read
// has a deadline, so a server that says nothing fails the test rather than hangs it.
class Peer {
 public:
  static constexpr std::chrono::seconds kPatience{30};

  enum class Transport { plain, tls };
  explicit Peer(std::uint16_t port, int receive_buffer_bytes = 0,
                Transport transport = Transport::plain, const char* from = "127.0.0.1");
  ~Peer();
  Peer(Peer&& other) noexcept;
  Peer(const Peer&) = delete;

  // Speaks TLS from here on; throws where the server does not.
  PeerTls& begin_tls(PeerTls::Newest newest = PeerTls::Newest::tls_1_3);

  void send(std::string_view bytes);
  void send_no_more();                                            // half-close
  [[nodiscard]] WireAnswer receive(bool to_head = false);         // the next answer
  [[nodiscard]] std::size_t receive_some(std::size_t bytes_max);  // drops what comes; 0: closed
  [[nodiscard]] bool closed();  // waits for the server to close, dropping what comes

  // Sends one GET and receives its answer.
  [[nodiscard]] WireAnswer get(const std::string& target);

 private:
  long read_once(char* into, std::size_t bytes_max);  // what one read gives; 0 or less: the end
  bool fill();                                        // more bytes; false: closed or too late
  std::optional<std::string> line();
  bool take(std::size_t bytes, std::string& into);

  int socket_ = -1;
  std::unique_ptr<PeerTls> tls_;  // null: plain
  std::string in_;
};

}  // namespace rollcall::http
