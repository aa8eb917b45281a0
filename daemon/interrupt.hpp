#pragma once

namespace rollcall {

// SIGINT and SIGTERM as a descriptor that becomes readable, for commands that wait for a remote
// daemon and want to say how far they came. From then on the signals do nothing else.
// Owner: the command; one at a time, and before any thread begins.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  int descriptor_ = -1;
};

}  // namespace rollcall
