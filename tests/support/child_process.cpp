#include "tests/support/child_process.hpp"

#include <algorithm>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdexcept>
#include <string_view>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace rollcall::test {
namespace {

constexpr mode_t kLogMode = 0644;

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::string_view name_of(std::string_view assignment) {
  return assignment.substr(0, assignment.find('='));
}

std::vector<std::string> environment_with(const std::vector<std::string>& added) {
  std::vector<std::string> all = added;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view inherited = *entry;
    const bool replaced = std::any_of(added.begin(), added.end(), [&](const std::string& own) {
      return name_of(own) == name_of(inherited);
    });
    if (!replaced) all.emplace_back(inherited);
  }
  return all;
}

[[noreturn]] void fail(int error, const std::string& what) {
  throw std::system_error(error, std::generic_category(), what);
}

}  // namespace

ChildProcess::ChildProcess(const Options& options) {
  // setpriv becomes the program; what it leaves behind is that the kernel ends it together with us.
  std::vector<std::string> command{"setpriv", "--pdeathsig", "KILL"};
  command.insert(command.end(), options.command.begin(), options.command.end());
  std::vector<std::string> environment = environment_with(options.environment);

  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  constexpr int kAppend = O_WRONLY | O_CREAT | O_APPEND;
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  if (const char* path = options.output_path.c_str(); *path != '\0') {
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, path, kAppend, kLogMode);
  }
  if (const char* path = options.error_path.c_str(); *path != '\0') {
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, path, kAppend, kLogMode);
  }
  const int error = posix_spawnp(&id_, command[0].c_str(), &files, nullptr,
                                 pointers_to(command).data(), pointers_to(environment).data());
  posix_spawn_file_actions_destroy(&files);
  if (error != 0) fail(error, "cannot start " + options.command.at(0));
  // glibc 2.36 declares pidfd_open() for C only.
  descriptor_ = static_cast<int>(::syscall(SYS_pidfd_open, id_, 0));
  if (descriptor_ < 0) fail(errno, "pidfd_open");
}

ChildProcess::~ChildProcess() {
  if (running()) {
    ::kill(id_, SIGKILL);
    (void)wait(seconds{10});
  }
  ::close(descriptor_);
}

void ChildProcess::signal(int number) const {
  if (!end_) ::kill(id_, number);
}

std::optional<ProcessEnd> ChildProcess::wait(milliseconds at_most) {
  if (end_) return end_;
  pollfd waited{descriptor_, POLLIN, 0};
  if (::poll(&waited, 1, static_cast<int>(at_most.count())) <= 0) return std::nullopt;
  int status = 0;
  if (::waitpid(id_, &status, 0) != id_) fail(errno, "waitpid");
  end_ = ProcessEnd{};
  if (WIFEXITED(status)) end_->code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) end_->signal = WTERMSIG(status);
  return end_;
}

int run_command(const std::vector<std::string>& command, milliseconds at_most) {
  ChildProcess process({command, {}, {}, {}});
  const auto end = process.wait(at_most);
  if (!end) throw std::runtime_error(command.at(0) + " takes too long");
  return end->code.value_or(-1);
}

}  // namespace rollcall::test
