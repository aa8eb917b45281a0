#include "tests/postgres/fail_points.hpp"

#include <atomic>
#include <chrono>

namespace rollcall::test {

namespace {

std::atomic<FailPoints*> current = nullptr;

}  // namespace

// Before any thread, as fail_point.hpp wants it.
const bool FailPoints::installed_ = [] {
  fail_point_hook = hook;
  return true;
}();

FailPoints::FailPoints() { current = this; }
FailPoints::~FailPoints() {
  release();
  current = nullptr;
}

FailAction FailPoints::hook(const char* step) {
  FailPoints* const points = current;
  return points == nullptr ? FailAction::none : points->pass(step);
}

void FailPoints::arm(const std::string& prefix, std::size_t nth, FailAction action) {
  const std::lock_guard lock(mutex_);
  prefix_ = prefix;
  left_ = nth;
  action_ = action;
  armed_ = true;
  struck_ = false;
}

void FailPoints::disarm() {
  const std::lock_guard lock(mutex_);
  armed_ = false;
}

bool FailPoints::struck() const {
  const std::lock_guard lock(mutex_);
  return struck_;
}

void FailPoints::hold(const std::string& step) {
  const std::lock_guard lock(mutex_);
  held_step_ = step;
}

void FailPoints::wait_until_held() {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::seconds(30), [this] { return held_; });
}

void FailPoints::release() {
  const std::lock_guard lock(mutex_);
  held_step_.clear();
  changed_.notify_all();
}

FailAction FailPoints::pass(const std::string& step) {
  std::unique_lock lock(mutex_);
  if (!held_step_.empty() && step == held_step_) {
    held_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return held_step_.empty(); });
    held_ = false;
  }
  if (!armed_ || !step.starts_with(prefix_) || left_-- > 0) return FailAction::none;
  armed_ = false;
  struck_ = true;
  return action_;
}

}  // namespace rollcall::test
