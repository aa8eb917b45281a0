#include "tests/support/daemon_process.hpp"

#include <csignal>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

#include "tests/support/servers.hpp"

namespace rollcall::test {
namespace {

constexpr std::size_t kLogTailBytes = 4'000;

}  // namespace

DaemonProcess::DaemonProcess(Options options) : options_(std::move(options)) {
  if (options_.port == 0) options_.port = free_port();
  std::ofstream(configuration_path())
      << options_.configuration << "\n[http]\nlisten = \"127.0.0.1:" << options_.port << "\"\n";
}

std::string DaemonProcess::configuration_path() const {
  return (directory_.path() / "rollcall.toml").string();
}

void DaemonProcess::start(const std::vector<std::string>& more_environment) {
  ChildProcess::Options child;
  child.command = {options_.program, "serve", "-c", configuration_path()};
  child.environment = options_.environment;
  child.environment.insert(child.environment.end(), more_environment.begin(),
                           more_environment.end());
  child.error_path = (directory_.path() / "stderr").string();
  process_ = std::make_unique<ChildProcess>(child);
}

void DaemonProcess::kill() {
  process_->signal(SIGKILL);
  if (!process_->wait(seconds{10})) throw std::runtime_error("the daemon outlived SIGKILL");
}

ProcessEnd DaemonProcess::stop(milliseconds at_most) {
  process_->signal(SIGTERM);
  const auto end = process_->wait(at_most);
  if (!end) throw std::runtime_error("the daemon does not stop:\n" + log_tail());
  return *end;
}

bool DaemonProcess::ready() const {
  const auto answer = get("/readyz", seconds{2});
  return answer && answer->status == 200;
}

void DaemonProcess::wait_until_ready(milliseconds at_most) {
  bool ended = false;
  const bool became_ready = wait_until(at_most, [&] {
    ended = !running();
    return ended || ready();
  });
  if (became_ready && !ended) return;
  throw std::runtime_error((ended ? "the daemon has ended:\n" : "the daemon is not ready:\n") +
                           log_tail());
}

std::string DaemonProcess::log_tail() const {
  const std::string text = log();
  return text.size() > kLogTailBytes ? text.substr(text.size() - kLogTailBytes) : text;
}

std::string DaemonProcess::log() const {
  std::ifstream file(directory_.path() / "stderr", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace rollcall::test
