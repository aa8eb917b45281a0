#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <utility>

namespace rollcall {

// Runs the loop and measures how long each of its turns holds it, because whatever waits (a status request, a fence)
// waits for the turn that is under way.
// Owner: serve(). Runs on: the loop's thread.
class LoopWatch {
 public:
  using OnTurn = std::function<void(std::chrono::nanoseconds wall)>;

  // `on_turn` hears the wall time of every turn that was ready to run.
  explicit LoopWatch(OnTurn on_turn) : on_turn_(std::move(on_turn)) {}

  // Until the loop is stopped or out of work.
  void run(boost::asio::io_context& loop);

  // The longest turn in CPU time of this thread since the start, so without what other processes took from it. An upper
  // bound: the CPU clock costs a system call, so it is read only when 250 us have passed, and what shorter turns
  // used since the last reading counts to the turn that is measured.
  [[nodiscard]] std::chrono::nanoseconds longest_turn_cpu() const { return longest_cpu_; }
  [[nodiscard]] std::chrono::nanoseconds longest_turn_wall() const { return longest_wall_; }
  // Forgets the maxima, for a measurement that begins now.
  void reset();

 private:
  void turn_ended(std::chrono::steady_clock::time_point began);
  void read_cpu();

  OnTurn on_turn_;
  std::chrono::nanoseconds longest_cpu_{0};
  std::chrono::nanoseconds longest_wall_{0};
  std::chrono::nanoseconds cpu_read_{0};
  std::chrono::steady_clock::time_point cpu_read_at_{};
};

}  // namespace rollcall
