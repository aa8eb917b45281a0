#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/child_process.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/temporary_directory.hpp"

namespace rollcall::test {

// `rollcall serve` as its users run it: a configuration file, a port, a log on stderr. It can be started again and
// again on the same port; everything it ever said is in one log.
class DaemonProcess {
 public:
  struct Options {
    std::string program = ROLLCALL_PROGRAM;
    std::string configuration;               // TOML, without [http]
    int port = 0;                            // 0: a free one is chosen
    std::vector<std::string> environment{};  // NAME=value
  };

  explicit DaemonProcess(Options options);

  void start(const std::vector<std::string>& more_environment = {});
  void signal(int number) const { process_->signal(number); }
  void kill();  // SIGKILL, and waits for the end
  // SIGTERM, and waits for the end; throws where it does not come.
  ProcessEnd stop(milliseconds at_most = seconds{60});
  std::optional<ProcessEnd> wait(milliseconds at_most) { return process_->wait(at_most); }
  [[nodiscard]] bool running() const { return process_ && process_->running(); }

  [[nodiscard]] std::optional<HttpAnswer> get(const std::string& target,
                                              milliseconds at_most = seconds{10}) const {
    return http_get(options_.port, target, at_most);
  }
  [[nodiscard]] std::optional<HttpAnswer> ask(const HttpQuestion& question,
                                              milliseconds at_most = seconds{10}) const {
    return http_ask(options_.port, question, at_most);
  }
  [[nodiscard]] bool ready() const;
  // Throws, with the end of the log, where it is not ready in time or has ended.
  void wait_until_ready(milliseconds at_most = seconds{60});

  [[nodiscard]] int port() const { return options_.port; }
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port()); }
  [[nodiscard]] std::string log() const;  // all of stderr
  [[nodiscard]] std::string log_tail() const;
  [[nodiscard]] bool log_has(const std::string& text) const {
    return log().find(text) != std::string::npos;
  }
  [[nodiscard]] std::string configuration_path() const;

 private:
  Options options_;
  TemporaryDirectory directory_;
  std::unique_ptr<ChildProcess> process_;
};

}  // namespace rollcall::test
