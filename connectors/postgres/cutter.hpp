#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>

namespace rollcall::postgres {

// Lets another thread end blocking calls on connections: libpq has no other way out when a server
// neither answers nor goes away. Each connection's thread says which socket it waits on and since
// when.
// Runs on: any thread.
class Cutter {
 public:
  // By the connection's thread. A socket must be unwatched before it is closed, so that no
  // stranger's is ever cut.
  void watch(int socket);
  void unwatch(int socket);
  void begin(int socket);  // a statement is sent
  void end(int socket);    // and is answered

  void cut(int socket);           // both directions
  void stop_hearing(int socket);  // what we send still arrives
  void cut_if_busy_for(std::chrono::milliseconds at_least);
  // From now on every socket is cut, also one watched later: for shutting down.
  void cut_for_good();

 private:
  std::mutex mutex_;
  bool for_good_ = false;
  std::map<int, std::optional<std::chrono::steady_clock::time_point>> busy_since_;
};

// A socket being watched, and on it a statement under way, for as long as these live.
class Watch {
 public:
  Watch(Cutter& cutter, int socket) : cutter_(cutter), socket_(socket) { cutter_.watch(socket_); }
  ~Watch() { cutter_.unwatch(socket_); }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  [[nodiscard]] Cutter& cutter() const { return cutter_; }
  [[nodiscard]] int socket() const { return socket_; }

 private:
  Cutter& cutter_;
  int socket_;
};
class Busy {
 public:
  explicit Busy(const Watch& watch) : watch_(watch) { watch_.cutter().begin(watch_.socket()); }
  ~Busy() { watch_.cutter().end(watch_.socket()); }
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;

 private:
  const Watch& watch_;
};

}  // namespace rollcall::postgres
