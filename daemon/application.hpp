#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "config/config.hpp"
#include "connectors/http/server.hpp"
#include "daemon/clock.hpp"
#include "daemon/daemon_telemetry.hpp"
#include "daemon/exit_code.hpp"
#include "daemon/heap_trim.hpp"
#include "daemon/loop_watch.hpp"
#include "daemon/metrics.hpp"
#include "pipeline/flow/reconciler.hpp"

namespace rollcall::postgres {
class PostgresStore;
}

namespace rollcall {

// The daemon: one loop with a store, a source, the reconciler between them and HTTP in front. `serve` and `demo` differ
// only in the configuration and in what they run beside it.
//
//   signal or failure ─► reconciler makes its last checkpoint ─► HTTP finishes what is under way ─► store closes ─► end
//
// Owner: the subcommand's function. Runs on: the calling thread, which becomes the loop.
class Application {
 public:
  explicit Application(const Config& config);
  ~Application();
  Application(const Application&) = delete;
  Application& operator=(const Application&) = delete;

  // Until SIGTERM (ok), SIGINT (interrupted), stop() (ok) or a failure, which it has logged.
  [[nodiscard]] ExitCode run();
  void stop();

  // Runs `task` on the loop from run() on; it must end soon after stopping() turns true.
  void spawn(boost::asio::awaitable<void> task);
  [[nodiscard]] bool stopping() const { return stopping_; }

  [[nodiscard]] boost::asio::io_context& loop() { return loop_; }
  [[nodiscard]] Reconciler& reconciler() { return *reconciler_; }
  // Only after run() has begun: the port that HTTP was given.
  [[nodiscard]] std::uint16_t http_port() const { return server_->port(); }

 private:
  void make_store();
  void make_source();
  void make_server();
  void await_signal();
  void await_reload_signal();
  void on_reconciler_ended(const std::exception_ptr& thrown, const Result<void>& outcome);
  boost::asio::awaitable<void> shut_down();
  void report(const Failure& failure);
  boost::asio::awaitable<std::string> metrics_text();

  const Config& config_;
  boost::asio::io_context loop_{1};  // one thread: no locks inside
  boost::asio::thread_pool query_{1};
  HeapTrim heap_trim_;
  SystemClock clock_;
  Metrics metrics_;
  DaemonTelemetry telemetry_;
  LoopWatch watch_;
  boost::asio::signal_set signals_;
  boost::asio::signal_set reload_signal_;
  std::unique_ptr<Store> store_;
  const postgres::PostgresStore* postgres_ = nullptr;  // the same, where it is one
  std::vector<std::unique_ptr<Decoder>> decoders_;
  std::unique_ptr<RecordSource> source_;
  std::optional<Reconciler> reconciler_;
  std::optional<http::Server> server_;
  ExitCode exit_code_ = ExitCode::ok;
  bool stopping_ = false;
};

}  // namespace rollcall
