#pragma once

#include <cstddef>

namespace rollcall::http {

// Counts itself in one of the server's limited numbers, and in its client's part of it, for as long as it lives.
class Counted {
 public:
  Counted(std::size_t& all, std::size_t& own) : all_(all), own_(own) {
    ++all_;
    ++own_;
  }
  ~Counted() {
    --all_;
    --own_;
  }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

 private:
  std::size_t& all_;
  std::size_t& own_;
};

}  // namespace rollcall::http
