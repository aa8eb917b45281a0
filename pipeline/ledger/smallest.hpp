#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace rollcall {

// The `limit` smallest of many values beyond a given one, in memory for twice as many. Most values
// of a long stream are refused by one comparison: rejecting costs less than finding out whether
// they matter, so ask wants() first.
template <class T>
class Smallest {
 public:
  Smallest(std::optional<T> after, std::size_t limit) : after_(std::move(after)), limit_(limit) {}

  [[nodiscard]] bool wants(const T& value) const {
    if (after_ && !(*after_ < value)) return false;
    return !bound_ || value < *bound_;
  }
  // A value that is wanted; no value comes twice.
  void put(const T& value) {
    if (limit_ == 0) return;
    values_.push_back(value);
    if (values_.size() >= 2 * limit_) shrink();
  }
  [[nodiscard]] std::vector<T> take_sorted() {
    if (values_.size() > limit_) shrink();
    std::sort(values_.begin(), values_.end());
    return std::move(values_);
  }

 private:
  void shrink() {
    const auto last = values_.begin() + static_cast<std::ptrdiff_t>(limit_) - 1;
    std::nth_element(values_.begin(), last, values_.end());
    bound_ = *last;
    values_.resize(limit_);
  }

  std::optional<T> after_;
  std::size_t limit_;
  std::optional<T> bound_;
  std::vector<T> values_;
};

}  // namespace rollcall
