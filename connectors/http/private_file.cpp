#include "connectors/http/private_file.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace rollcall::http {
namespace {

constexpr std::size_t kFileBytesMax = std::size_t{1} << 20U;

class Descriptor {
 public:
  explicit Descriptor(const char* path) : number_(::open(path, O_RDONLY | O_CLOEXEC)) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

Failure unreadable(const std::string& path, const std::string& what, const std::string& why) {
  return misconfigured(what + " " + path + " cannot be read: " + why,
                       "Give a file that this process may read.");
}

}  // namespace

Result<PrivateFile> read_private_file(const std::string& path, const std::string& what) {
  const Descriptor file{path.c_str()};
  struct stat facts {};
  if (file.number() < 0 || ::fstat(file.number(), &facts) != 0)
    return unreadable(path, what, std::strerror(errno));
  if (S_ISDIR(facts.st_mode)) return unreadable(path, what, "it is a directory");
  PrivateFile found;
  found.open_to_others = (facts.st_mode & (S_IRGRP | S_IROTH)) != 0;
  found.text.resize(kFileBytesMax + 1);
  std::size_t bytes = 0;
  while (bytes < found.text.size()) {
    const auto got = ::read(file.number(), found.text.data() + bytes, found.text.size() - bytes);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return unreadable(path, what, std::strerror(errno));
    if (got == 0) break;
    bytes += static_cast<std::size_t>(got);
  }
  if (bytes > kFileBytesMax) return unreadable(path, what, "it is longer than 1 MiB");
  found.text.resize(bytes);
  return found;
}

}  // namespace rollcall::http
