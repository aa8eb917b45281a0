#include "connectors/postgres/cutter.hpp"

#include <sys/socket.h>

namespace rollcall::postgres {

void Cutter::watch(int socket) {
  const std::lock_guard lock(mutex_);
  busy_since_[socket].reset();
  if (for_good_) ::shutdown(socket, SHUT_RDWR);
}

void Cutter::unwatch(int socket) {
  const std::lock_guard lock(mutex_);
  busy_since_.erase(socket);
}

void Cutter::begin(int socket) {
  const std::lock_guard lock(mutex_);
  busy_since_[socket] = std::chrono::steady_clock::now();
}

void Cutter::end(int socket) {
  const std::lock_guard lock(mutex_);
  busy_since_[socket].reset();
}

void Cutter::cut(int socket) {
  const std::lock_guard lock(mutex_);
  if (busy_since_.contains(socket)) ::shutdown(socket, SHUT_RDWR);
}

void Cutter::stop_hearing(int socket) {
  const std::lock_guard lock(mutex_);
  if (busy_since_.contains(socket)) ::shutdown(socket, SHUT_RD);
}

void Cutter::cut_if_busy_for(std::chrono::milliseconds at_least) {
  const std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  for (const auto& [socket, since] : busy_since_) {
    if (since && now - *since >= at_least) ::shutdown(socket, SHUT_RDWR);
  }
}

void Cutter::cut_for_good() {
  const std::lock_guard lock(mutex_);
  for_good_ = true;
  for (const auto& [socket, since] : busy_since_) ::shutdown(socket, SHUT_RDWR);
}

}  // namespace rollcall::postgres
