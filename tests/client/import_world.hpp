#pragma once

#include <boost/json.hpp>
#include <csignal>
#include <cstdint>
#include <fcntl.h>
#include <stdexcept>
#include <string>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

#include "tests/client/program_run.hpp"
#include "tests/support/daemon_process.hpp"

namespace rollcall::test {

// A CSV file of so many expected records, 1 to N.
inline std::string expected_records(std::uint64_t count) {
  std::string text = "record_id,record_metadata\n";
  for (std::uint64_t id = 1; id <= count; ++id) {
    const std::string number = std::to_string(id);
    text += number;
    text += ",Order ";
    text += number;
    text += '\n';
  }
  return text;
}

inline std::vector<std::string> import_into(const DaemonProcess& daemon, const std::string& file) {
  return {"import",   file,
          "--batch",  "orders",
          "--side",   "expected",
          "--format", "csv",
          "--url",    "http://127.0.0.1:" + std::to_string(daemon.port())};
}

// One of the batch's counts; 0 while nobody answers.
inline std::uint64_t count_in(const DaemonProcess& daemon, const std::string& name) {
  const auto answer = daemon.get("/api/v1/batches/orders", seconds{5});
  if (!answer || answer->status != 200) return 0;
  return boost::json::parse(answer->body).at("counts").at(name).to_number<std::uint64_t>();
}

// A pipe with a name, into which a test pours what a program reads as a file, as far as it likes.
class NamedPipe {
 public:
  NamedPipe() : path_((directory_.path() / "pipe").string()) {
    if (::mkfifo(path_.c_str(), 0600) != 0) throw std::runtime_error("mkfifo");
  }
  ~NamedPipe() {
    if (pouring_.joinable()) pouring_.join();
    close();
  }
  NamedPipe(const NamedPipe&) = delete;
  NamedPipe& operator=(const NamedPipe&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }

  // Waits for the reader's first opening. On a thread, as a pipe holds little.
  void pour(std::string text, bool is_end) {
    if (pouring_.joinable()) pouring_.join();
    pouring_ = std::thread([this, poured = std::move(text), is_end] {
      // A reader that was killed is an error of write, not this program's end.
      sigset_t broken_pipe;
      sigemptyset(&broken_pipe);
      sigaddset(&broken_pipe, SIGPIPE);
      pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
      if (descriptor_ < 0) descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CLOEXEC);
      std::string_view left = poured;
      while (!left.empty()) {
        const auto count = ::write(descriptor_, left.data(), left.size());
        if (count <= 0) break;
        left.remove_prefix(static_cast<std::size_t>(count));
      }
      if (is_end) close();
    });
  }
  void wait() { pouring_.join(); }

 private:
  void close() {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  }

  TemporaryDirectory directory_;
  std::string path_;
  int descriptor_ = -1;
  std::thread pouring_;
};

}  // namespace rollcall::test
