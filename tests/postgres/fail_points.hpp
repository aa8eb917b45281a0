#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>

#include "pipeline/fail_point.hpp"

namespace rollcall::test {

// Lets steps of a store fail within this program. One object at a time; it outlives the stores that
// it troubles.
class FailPoints {
 public:
  FailPoints();
  ~FailPoints();
  FailPoints(const FailPoints&) = delete;
  FailPoints& operator=(const FailPoints&) = delete;

  // The passing number `nth`, counted from 0, of any step whose name begins with `prefix` suffers
  // `action`, once.
  void arm(const std::string& prefix, std::size_t nth, FailAction action);
  void disarm();
  // Whether it has happened.
  [[nodiscard]] bool struck() const;
  // Holds whoever passes a step of this name until release().
  void hold(const std::string& step);
  void wait_until_held();
  void release();

 private:
  static FailAction hook(const char* step);
  static const bool installed_;
  FailAction pass(const std::string& step);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::string prefix_;
  std::size_t left_ = 0;
  FailAction action_ = FailAction::none;
  bool armed_ = false;
  bool struck_ = false;
  std::string held_step_;
  bool held_ = false;
};

}  // namespace rollcall::test
