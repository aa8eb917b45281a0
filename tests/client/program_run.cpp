#include "tests/client/program_run.hpp"

#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <unistd.h>

namespace rollcall::test {
namespace {

std::vector<std::string> command_of(const std::vector<std::string>& arguments,
                                    const std::vector<std::string>& environment) {
  std::vector<std::string> command{"env",          "-u", "NO_COLOR",       "-u",
                                   "ROLLCALL_URL", "-u", "ROLLCALL_TOKEN", "-u",
                                   "http_proxy",   "-u", "SSL_CERT_FILE"};
  command.insert(command.end(), environment.begin(), environment.end());
  command.emplace_back(ROLLCALL_PROGRAM);
  command.insert(command.end(), arguments.begin(), arguments.end());
  return command;
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The other side of a terminal, which a program takes for one.
class Terminal {
 public:
  Terminal() : descriptor_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    if (descriptor_ < 0 || ::grantpt(descriptor_) != 0 || ::unlockpt(descriptor_) != 0)
      throw std::runtime_error("no terminal to be had");
    path_ = ::ptsname(descriptor_);
    // Held open, so that what was written can still be read when the program has ended.
    held_ = ::open(path_.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
    ::fcntl(descriptor_, F_SETFL, O_NONBLOCK);
  }
  ~Terminal() {
    ::close(held_);
    ::close(descriptor_);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  std::string read() {
    std::string bytes(65'536, '\0');
    const auto count = ::read(descriptor_, bytes.data(), bytes.size());
    bytes.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return bytes;
  }

 private:
  int descriptor_;
  int held_ = -1;
  std::string path_;
};

}  // namespace

ProgramRun::ProgramRun(const std::vector<std::string>& arguments,
                       const std::vector<std::string>& environment) {
  ChildProcess::Options options;
  options.command = command_of(arguments, environment);
  options.output_path = (directory_.path() / "out").string();
  options.error_path = (directory_.path() / "err").string();
  process_ = std::make_unique<ChildProcess>(options);
}

std::string ProgramRun::err() const { return read_file(directory_.path() / "err"); }

ProgramOutcome ProgramRun::wait(milliseconds at_most) {
  const auto end = process_->wait(at_most);
  if (!end) throw std::runtime_error("the program does not end; it said: " + err());
  return {end->code.value_or(-1), read_file(directory_.path() / "out"), err()};
}

ProgramOutcome run_program(const std::vector<std::string>& arguments,
                           const std::vector<std::string>& environment) {
  ProgramRun run(arguments, environment);
  return run.wait();
}

ProgramOutcome run_on_terminal(const std::vector<std::string>& arguments,
                               const std::vector<std::string>& environment) {
  Terminal terminal;
  ChildProcess::Options options;
  options.command = command_of(arguments, environment);
  options.environment = {"TERM=xterm"};
  options.output_path = terminal.path();
  options.error_path = terminal.path();
  ChildProcess process(options);
  ProgramOutcome outcome;
  std::optional<ProcessEnd> end;
  const bool ended = wait_until(seconds{60}, [&] {
    end = process.wait(milliseconds{0});
    outcome.out += terminal.read();
    return end.has_value();
  });
  if (!ended) throw std::runtime_error("the program does not end; it said: " + outcome.out);
  outcome.out += terminal.read();
  outcome.code = end->code.value_or(-1);
  return outcome;
}

TestFile::TestFile(const std::string& name, const std::string& text)
    : path_((directory_.path() / name).string()) {
  std::ofstream(path_, std::ios::binary) << text;
}

}  // namespace rollcall::test
