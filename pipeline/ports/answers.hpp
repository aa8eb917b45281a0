#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/failure.hpp"
#include "pipeline/ledger/ledger_view.hpp"
#include "pipeline/ports/record_source.hpp"
#include "pipeline/ports/store.hpp"
#include "pipeline/verdict/verdict.hpp"

namespace rollcall {

// One batch as of one revision: every number in it belongs to that revision.
struct BatchSummary {
  const BatchRow* row = nullptr;  // lives as long as the batch; do not keep it across a co_await
  std::vector<std::uint64_t> totals;      // for each side: distinct ids
  std::uint64_t matched = 0;              // on every side
  std::uint64_t missing = 0;              // kMissing
  std::uint64_t unexpected = 0;           // kUnexpected
  std::vector<std::uint64_t> duplicates;  // for each side: occurrences beyond the first
  std::vector<std::uint64_t> duplicate_ids;
  // Text ids on every side whose text was let go: no list can name them.
  std::uint64_t unlisted_texts = 0;
  std::uint64_t revision = 0;
};

// Whether answers can be given at all, and what to say when they cannot.
struct Readiness {
  bool ready = false;
  std::vector<std::string> reasons;  // why not, or in what way degraded
};

// What the outside may ask. Implemented by the flow; every call is made on the loop and is cheap (no list is copied).
class Answers {
 public:
  virtual ~Answers() = default;
  [[nodiscard]] virtual Readiness readiness() const = 0;
  [[nodiscard]] virtual Epoch epoch()
      const = 0;  // with the revision: an ETag that survives no crash
  [[nodiscard]] virtual std::size_t batch_count() const = 0;
  [[nodiscard]] virtual std::optional<BatchSummary> batch(BatchNumber number) const = 0;
  [[nodiscard]] virtual std::optional<BatchSummary> batch(std::string_view name) const = 0;
  // Batches with number > after whose name contains `q`, by number.
  [[nodiscard]] virtual std::vector<BatchSummary> batches(BatchNumber after, std::size_t limit,
                                                          std::string_view q) const = 0;
  [[nodiscard]] virtual std::shared_ptr<const LedgerView> view(
      BatchNumber number) = 0;  // null: no such batch
  [[nodiscard]] virtual const std::vector<Channel>& channels() const = 0;
  [[nodiscard]] virtual std::uint64_t lag_records() const = 0;
  [[nodiscard]] virtual Verdict verdict() const = 0;
  [[nodiscard]] virtual std::int64_t now_ms() const = 0;
  [[nodiscard]] virtual std::uint64_t dead_letter_count() const = 0;
  virtual boost::asio::awaitable<Result<std::vector<DeadLetter>>> dead_letters(
      std::int64_t after, std::size_t limit) = 0;
};

}  // namespace rollcall
