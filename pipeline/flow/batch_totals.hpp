#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "pipeline/flow/batch.hpp"

namespace rollcall {

// What the batches of a slice add up to, which of them owe most, and which have a name that somebody watches: kept up to
// date batch by batch, so that asking costs nothing however many batches there are.
// Owner:  Slice. Runs on: the loop; what is garbage on any thread.
// Limits: a few words for each batch that owes something or is watched.
class BatchTotals {
 public:
  // `sides` are the slice's; what other sides have repeated is one sum. `watched`: patterns of names.
  BatchTotals(std::vector<std::string> sides, std::vector<std::string> watched);

  // A batch that was not there; what it holds counts from its first tally() on.
  void add(const Batch& batch);
  // Puts what the batch holds now in the place of what it held when it was tallied last.
  void tally(Batch& batch);
  void remove(const Batch& batch);

  // Of the batches in which records are missing or unexpected, BatchKind::reconciliation.
  [[nodiscard]] std::size_t reconciliations() const { return reconciliations_; }
  [[nodiscard]] std::uint64_t missing() const { return missing_; }
  [[nodiscard]] std::uint64_t unexpected() const { return unexpected_; }
  // Of all batches: occurrences beyond the first, for each side of the slice and, last, for all others.
  [[nodiscard]] const std::vector<std::uint64_t>& duplicates() const { return duplicates_; }
  [[nodiscard]] std::size_t memory_bytes() const { return memory_bytes_; }

  // At most so many of those that owe something: most missing and unexpected records together first, of equals the
  // oldest, so that the choice does not flicker.
  [[nodiscard]] std::vector<BatchNumber> worst(std::size_t batches_max) const;
  // At most so many of those whose name is watched, the newest first; and how many there are.
  [[nodiscard]] std::vector<BatchNumber> watched(std::size_t batches_max) const;
  [[nodiscard]] std::size_t watched_count() const { return watched_.size(); }

 private:
  struct Debt {
    std::uint64_t records = 0;
    BatchNumber batch = 0;
    bool operator<(const Debt& other) const {
      return records != other.records ? records > other.records : batch < other.batch;
    }
  };

  [[nodiscard]] bool is_watched(const Batch& batch) const;
  [[nodiscard]] std::size_t place_of(const Batch& batch, std::size_t side) const;
  void take_back(const Batch& batch);

  std::vector<std::string> sides_;
  std::vector<std::string> patterns_;
  std::size_t reconciliations_ = 0;
  std::uint64_t missing_ = 0;
  std::uint64_t unexpected_ = 0;
  std::size_t memory_bytes_ = 0;
  std::vector<std::uint64_t> duplicates_;
  std::set<Debt> debts_;
  std::set<BatchNumber> watched_;
};

}  // namespace rollcall
