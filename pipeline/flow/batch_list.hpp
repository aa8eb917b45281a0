#pragma once

#include <cstddef>
#include <iterator>
#include <memory>
#include <vector>

#include "pipeline/flow/batch.hpp"

namespace rollcall {

// The batches of a slice in the order of their numbers. One that is taken out leaves a gap, which is passed over and
// closed with many others, so that taking one costs a search whatever stands behind it.
// Owner:  Slice. Runs on: the loop; one that is garbage on any thread.
// Limits: gaps are at most as many as batches, and 64; take() is O(log n), amortised.
class BatchList {
  struct Place {
    BatchNumber number =
        0;  // beside the batch, so that a search or a list of numbers touches no batch
    std::unique_ptr<Batch> batch;  // null: a gap
  };
  using Places = std::vector<Place>;

 public:
  // Passes over gaps; what it shows stays valid as the batch does, but for add() and take().
  class Iterator {
   public:
    using iterator_category = std::bidirectional_iterator_tag;
    using value_type = std::unique_ptr<Batch>;
    using difference_type = std::ptrdiff_t;
    using pointer = const value_type*;
    using reference = const value_type&;

    Iterator() = default;
    reference operator*() const { return at_->batch; }
    pointer operator->() const { return &at_->batch; }
    Iterator& operator++() {
      ++at_;
      return to_batch();
    }
    Iterator& operator--() {
      do {
        --at_;
      } while (!at_->batch);
      return *this;
    }
    Iterator operator++(int) {
      const Iterator before = *this;
      ++*this;
      return before;
    }
    Iterator operator--(int) {
      const Iterator before = *this;
      --*this;
      return before;
    }
    bool operator==(const Iterator& other) const { return at_ == other.at_; }

   private:
    friend class BatchList;
    Iterator(Places::const_iterator at, Places::const_iterator end) : at_(at), end_(end) {}
    Iterator& to_batch() {
      while (at_ != end_ && !at_->batch) ++at_;
      return *this;
    }
    Places::const_iterator at_;
    Places::const_iterator end_;
  };

  // Its number is greater than any there was.
  Batch& add(std::unique_ptr<Batch> batch);
  // Null where there is none of that number.
  [[nodiscard]] std::unique_ptr<Batch> take(BatchNumber number);
  [[nodiscard]] Batch* find(BatchNumber number) const;
  void append_numbers_to(std::vector<BatchNumber>& numbers) const;

  [[nodiscard]] std::size_t size() const { return places_.size() - gaps_; }
  [[nodiscard]] bool empty() const { return size() == 0; }
  [[nodiscard]] Iterator begin() const {
    return Iterator{places_.begin(), places_.end()}.to_batch();
  }
  [[nodiscard]] Iterator end() const { return {places_.end(), places_.end()}; }

 private:
  static constexpr std::size_t kGapsFree = 64;

  [[nodiscard]] std::size_t seek(BatchNumber number) const;

  Places places_;
  std::size_t gaps_ = 0;
};

}  // namespace rollcall
