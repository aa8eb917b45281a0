// Only under the thread sanitizer. librdkafka is built on C11 threads, which the sanitizer of gcc 12 does not know: a
// thread it has not seen created crashes it. Here the functions of <threads.h> are those of POSIX, as they are within
// glibc, but by names that the sanitizer follows. (<threads.h> itself is not for C++.)
#include <cerrno>
#include <cstdint>
#include <ctime>
#include <memory>
#include <pthread.h>

namespace {

constexpr int kSuccess = 0;
constexpr int kBusy = 1;
constexpr int kError = 2;
constexpr int kTimedOut = 4;
constexpr int kRecursive = 1;

struct Start {
  int (*function)(void*);
  void* argument;
};

void* run(void* opaque) {
  const std::unique_ptr<Start> start{static_cast<Start*>(opaque)};
  return reinterpret_cast<void*>(static_cast<std::intptr_t>(start->function(start->argument)));
}

int answer(int error) {
  switch (error) {
    case 0:
      return kSuccess;
    case EBUSY:
      return kBusy;
    case ETIMEDOUT:
      return kTimedOut;
    default:
      return kError;
  }
}

}  // namespace

extern "C" {

int thrd_create(pthread_t* thread, int (*function)(void*), void* argument) {
  auto start = std::make_unique<Start>(Start{function, argument});
  const int error = pthread_create(thread, nullptr, run, start.get());
  if (error == 0) (void)start.release();  // taken by the thread
  return answer(error);
}
int thrd_join(pthread_t thread, int* result) {
  void* value = nullptr;
  const int error = pthread_join(thread, &value);
  if (result != nullptr) *result = static_cast<int>(reinterpret_cast<std::intptr_t>(value));
  return answer(error);
}
int thrd_detach(pthread_t thread) { return answer(pthread_detach(thread)); }

int mtx_init(pthread_mutex_t* mutex, int type) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  if ((type & kRecursive) != 0) pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
  const int error = pthread_mutex_init(mutex, &attributes);
  pthread_mutexattr_destroy(&attributes);
  return answer(error);
}
int mtx_lock(pthread_mutex_t* mutex) { return answer(pthread_mutex_lock(mutex)); }
int mtx_trylock(pthread_mutex_t* mutex) { return answer(pthread_mutex_trylock(mutex)); }
int mtx_unlock(pthread_mutex_t* mutex) { return answer(pthread_mutex_unlock(mutex)); }
void mtx_destroy(pthread_mutex_t* mutex) { pthread_mutex_destroy(mutex); }

int cnd_init(pthread_cond_t* condition) { return answer(pthread_cond_init(condition, nullptr)); }
int cnd_signal(pthread_cond_t* condition) { return answer(pthread_cond_signal(condition)); }
int cnd_broadcast(pthread_cond_t* condition) { return answer(pthread_cond_broadcast(condition)); }
int cnd_wait(pthread_cond_t* condition, pthread_mutex_t* mutex) {
  return answer(pthread_cond_wait(condition, mutex));
}
int cnd_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex, const timespec* until) {
  return answer(pthread_cond_timedwait(condition, mutex, until));
}
void cnd_destroy(pthread_cond_t* condition) { pthread_cond_destroy(condition); }

}  // extern "C"
