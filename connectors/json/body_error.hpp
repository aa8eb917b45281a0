#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace rollcall::json {

// What is wrong with one field of a body: where, as a JSON pointer, and what to do about it.
struct BodyError {
  std::string pointer;
  std::string message;
};

// The errors of one body. Limits: keeps the first kMax, counts all.
class BodyErrors {
 public:
  static constexpr std::size_t kMax = 100;

  void add(std::string pointer, std::string message) {
    ++count_;
    if (errors_.size() < kMax) errors_.push_back({std::move(pointer), std::move(message)});
  }
  [[nodiscard]] bool empty() const { return count_ == 0; }
  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] const std::vector<BodyError>& first() const { return errors_; }

 private:
  std::vector<BodyError> errors_;
  std::size_t count_ = 0;
};

}  // namespace rollcall::json
