#pragma once

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cstdlib>
#include <future>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "connectors/http/server.hpp"
#include "tests/fakes/fake_answers.hpp"
#include "tests/fakes/refusing_writes.hpp"
#include "tests/http/certificate.hpp"
#include "tests/http/peer.hpp"

namespace rollcall::http {

// On a free port. With ROLLCALL_TEST_TLS in the environment servers speak TLS, and so do their
// peers: the same tests hold in both forms.
inline Options test_options(Options options) {
  options.port = 0;
  if (options.hosts.empty()) options.hosts = {"x", "test"};  // as the tests' requests call it
  if (options.tls_certificate_file.empty() && std::getenv("ROLLCALL_TEST_TLS") != nullptr) {
    options.tls_certificate_file = certificate_files().certificate;
    options.tls_key_file = certificate_files().key;
  }
  return options;
}

inline Peer::Transport transport_of(const Options& options) {
  return options.tls_certificate_file.empty() ? Peer::Transport::plain : Peer::Transport::tls;
}

// A server on a free port with a loop thread and a query thread of its own, stopped in order at the
// end.
class RunningServer {
 public:
  explicit RunningServer(fakes::FakeAnswers& answers, Options options = {})
      : options_(test_options(std::move(options))),
        server_(loop_, query_, answers, writes_, replays_, options_) {
    server_.listen().value();
    thread_ = std::thread{[this] { loop_.run(); }};
  }
  ~RunningServer() {
    if (thread_.joinable()) stop();
    query_.join();
  }

  [[nodiscard]] std::uint16_t port() const { return port_ != 0 ? port_ : server_.port(); }
  [[nodiscard]] Peer connect(int receive_buffer_bytes = 0, const char* from = "127.0.0.1") const {
    return Peer{port(), receive_buffer_bytes, transport_of(options_), from};
  }

  // Runs on the loop and waits for it.
  template <class Work>
  auto on_loop(Work work) {
    std::packaged_task<decltype(work())()> task{std::move(work)};
    auto result = task.get_future();
    boost::asio::post(loop_, std::move(task));
    return result.get();
  }
  [[nodiscard]] std::size_t connections() {
    return on_loop([this] { return server_.connections(); });
  }

  [[nodiscard]] Result<void> reload() { return server_.reload(); }
  void begin_stop() {
    port_ = server_.port();
    boost::asio::co_spawn(loop_, server_.stop(), [](const std::exception_ptr&) {});
  }
  void wait_for_stop() { thread_.join(); }  // the loop ends by itself: nothing is left to run
  void stop() {
    on_loop([this] { begin_stop(); });
    wait_for_stop();
  }

 private:
  Options options_;
  boost::asio::io_context loop_{1};
  boost::asio::thread_pool query_{1};
  fakes::RefusingWrites writes_;
  fakes::RefusingReplays replays_;
  Server server_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

}  // namespace rollcall::http
