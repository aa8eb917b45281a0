#include "connectors/files/byte_source.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace rollcall::files {

Result<ByteSource> ByteSource::open(const std::string& path, int stop_descriptor) {
  const bool is_stdin = path == "-";
  const int descriptor =
      is_stdin ? ::dup(STDIN_FILENO) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  ByteSource source(is_stdin ? "stdin" : path, descriptor, stop_descriptor);
  if (descriptor < 0) return source.failed("cannot be opened");
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) return source.failed("cannot be looked at");
  if (S_ISDIR(status.st_mode)) {
    errno = EISDIR;
    return source.failed("cannot be read");
  }
  if (S_ISREG(status.st_mode)) source.size_ = static_cast<std::uint64_t>(status.st_size);
  return source;
}

ByteSource::ByteSource(std::string name, int descriptor, int stop_descriptor)
    : name_(std::move(name)), descriptor_(descriptor), stop_descriptor_(stop_descriptor) {}

ByteSource::ByteSource(ByteSource&& other) noexcept
    : name_(std::move(other.name_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      stop_descriptor_(other.stop_descriptor_),
      size_(other.size_),
      stopped_(other.stopped_) {}

ByteSource::~ByteSource() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Failure ByteSource::failed(const char* what) const {
  return fatal(name_ + " " + what + ": " + std::strerror(errno),
               "Give a file that this user may read.");
}

Result<std::size_t> ByteSource::read(char* bytes, std::size_t size) {
  for (;;) {
    // poll passes over a negative descriptor.
    std::array<pollfd, 2> waited{{{descriptor_, POLLIN, 0}, {stop_descriptor_, POLLIN, 0}}};
    if (::poll(waited.data(), waited.size(), -1) < 0) {
      if (errno == EINTR) continue;
      return failed("cannot be waited for");
    }
    stopped_ = waited[1].revents != 0;
    if (stopped_) return std::size_t{0};
    const auto count = ::read(descriptor_, bytes, size);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR && errno != EAGAIN) return failed("cannot be read");
  }
}

}  // namespace rollcall::files
