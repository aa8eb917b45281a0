#pragma once

#include <algorithm>
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "tests/flow/process.hpp"
#include "tests/http/running_server.hpp"

namespace rollcall::http {

// Asks for the first batch again and again over one connection, and remembers how long each answer
// took.
class HonestClient {
 public:
  explicit HonestClient(Peer peer) : peer_(std::move(peer)), thread_([this] { ask(); }) {}
  ~HonestClient() { stop(); }
  HonestClient(const HonestClient&) = delete;

  // Until so many more answers have come, which also is how a siege passes time.
  void wait_for(std::size_t answers) const {
    const auto wanted = answers_.load() + answers;
    const auto deadline = Clock::now() + std::chrono::seconds{60};
    while (answers_.load() < wanted && !failed_.load() && Clock::now() < deadline)
      std::this_thread::yield();
    CHECK_FALSE(failed_.load());
    CHECK(answers_.load() >= wanted);
  }

  void stop() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
  }

  // After stop().
  [[nodiscard]] std::string summary() {
    if (took_.empty()) return "no answers";
    std::sort(took_.begin(), took_.end());
    const auto at = [this](std::size_t per_mille) {
      return std::to_string(took_[(took_.size() - 1) * per_mille / 1000].count() / 1000) + " us";
    };
    return std::to_string(took_.size()) + " answers, median " + at(500) + ", p99 " + at(990) +
           ", longest " + at(1000);
  }

 private:
  using Clock = std::chrono::steady_clock;

  void ask() {
    while (!stopping_) {
      const auto began = Clock::now();
      if (peer_.get("/api/v1/batches/1").status != 200) {
        failed_ = true;
        return;
      }
      took_.emplace_back(Clock::now() - began);
      ++answers_;
    }
  }

  Peer peer_;
  std::vector<std::chrono::nanoseconds> took_;
  std::atomic<std::size_t> answers_{0};
  std::atomic<bool> failed_{false};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

// A server over a real reconciler with a store in memory, stopped in order at the end. Batch 1 has
// ten million ids missing.
class Besieged {
  // Runs on the loop and waits for it. First, because its type is deduced.
  template <class Work>
  auto on_loop(Work work) {
    std::packaged_task<decltype(work())()> task{std::move(work)};
    auto result = task.get_future();
    boost::asio::post(process_.loop, std::move(task));
    return result.get();
  }

 public:
  explicit Besieged(Options options = {})
      : options_(watched(test_options(std::move(options)))),
        server_(process_.loop, query_, *process_.reconciler, process_.reconciler->writes(),
                process_.reconciler->replays(), options_) {
    server_.listen().value();
    loop_ = std::thread{[this] {
      const auto work = boost::asio::make_work_guard(process_.loop);
      process_.loop.run();
    }};
    Peer peer = connect();
    while (peer.get("/readyz").status != 200) std::this_thread::yield();
    const std::string event = R"({"batch":"orders","side":"expected","range":[1,10000000]})";
    peer.send("POST /api/v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n" +
              ("Content-Length: " + std::to_string(event.size())) + "\r\n\r\n" + event);
    const auto stored = peer.receive();
    REQUIRE_MESSAGE(stored.status == 201, stored.body);
    honest_.emplace(connect());
    honest_->wait_for(1);
  }

  ~Besieged() {
    honest_->wait_for(20);  // it is still answered after whatever came
    honest_->stop();
    MESSAGE(honest_->summary());
    on_loop([this] { process_.reconciler->stop(); });
    while (!on_loop([this] { return process_.outcome.has_value(); })) std::this_thread::yield();
    on_loop([this] {
      boost::asio::co_spawn(process_.loop, server_.stop(),
                            [this](const std::exception_ptr&) { process_.loop.stop(); });
    });
    loop_.join();
    query_.join();
    CHECK(failures_.empty());
  }

  [[nodiscard]] std::uint16_t port() const { return server_.port(); }
  [[nodiscard]] Peer connect(int receive_buffer_bytes = 0, const char* from = "127.0.0.1") const {
    return Peer{port(), receive_buffer_bytes, transport_of(options_), from};
  }
  [[nodiscard]] bool speaks_tls() const { return !options_.tls_certificate_file.empty(); }
  [[nodiscard]] HonestClient& honest() { return *honest_; }
  [[nodiscard]] std::size_t connections() {
    return on_loop([this] { return server_.connections(); });
  }

 private:
  Options watched(Options options) {
    options.failed = [this](std::string_view what) { failures_ += std::string{what} + "\n"; };
    return options;
  }
  std::string failures_;  // errors of ours; none are expected, whoever asks
  test::World world_;
  test::Process process_{world_};
  boost::asio::thread_pool query_{1};
  Options options_;
  Server server_;
  std::thread loop_;
  std::optional<HonestClient> honest_;
};

}  // namespace rollcall::http
