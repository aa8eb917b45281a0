#include "daemon/heap_trim.hpp"

#include <algorithm>
#include <dlfcn.h>
#include <limits>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

namespace rollcall {
namespace {

constexpr int kNice = 10;
constexpr std::chrono::milliseconds kBetweenPieces{2};

// gperftools' C interface, where the program is linked with it.
struct Allocator {
  using GetProperty = int (*)(const char* name, std::size_t* value);
  using Release = void (*)(std::size_t bytes);
  GetProperty get_property =
      reinterpret_cast<GetProperty>(dlsym(RTLD_DEFAULT, "MallocExtension_GetNumericProperty"));
  Release release =
      reinterpret_cast<Release>(dlsym(RTLD_DEFAULT, "MallocExtension_ReleaseToSystem"));

  [[nodiscard]] bool is_known() const { return get_property != nullptr && release != nullptr; }
  [[nodiscard]] std::size_t free_bytes() const {
    std::size_t bytes = 0;
    (void)get_property("tcmalloc.pageheap_free_bytes", &bytes);
    return bytes;
  }
};

const Allocator& allocator() {
  static const Allocator kAllocator;
  return kAllocator;
}

}  // namespace

HeapTrim::HeapTrim(std::chrono::milliseconds patience) : patience_(patience) {
  if (allocator().is_known()) thread_ = std::thread([this] { run(); });
}

HeapTrim::~HeapTrim() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void HeapTrim::trim_now() {
  if (!allocator().is_known()) return;
  const std::size_t idle = allocator().free_bytes();
  if (idle > kReserve) allocator().release(idle - kReserve);
}

void HeapTrim::run() {
  (void)pthread_setname_np(pthread_self(), "rollcall-trim");
  (void)setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNice);
  for (;;) {
    std::size_t idle = std::numeric_limits<std::size_t>::max();
    for (int look = 0; look < kLooks; ++look) {
      if (!pause(patience_ / kLooks)) return;
      idle = std::min(idle, allocator().free_bytes());
    }
    if (idle > kReserve && !release(idle - kReserve)) return;
  }
}

bool HeapTrim::release(std::size_t bytes) {
  for (std::size_t released = 0; released < bytes; released += kPiece) {
    allocator().release(kPiece);
    if (!pause(kBetweenPieces)) return false;
  }
  return true;
}

// False when it is time to end.
bool HeapTrim::pause(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, time, [this] { return stopping_; });
}

}  // namespace rollcall
