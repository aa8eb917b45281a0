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
#include "pipeline/verdict/source_evidence.hpp"
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
  std::int64_t last_event_ms = 0;  // when its newest event was written; 0: none is known
  InDoubt in_doubt;                // what was not read and may belong to it
};

// One record within a batch.
struct RecordSummary {
  Mask sides = 0;                      // that have named it; 0: nobody has
  std::vector<std::uint64_t> repeats;  // for each side: occurrences beyond the first
};

// Which batches a list shows, and in which order.
struct BatchPage {
  enum class Order : std::uint8_t { by_number, by_number_down, by_name, by_name_down };
  Order order = Order::by_number;
  std::optional<BatchNumber>
      after_number{};                       // of the last one before the page, for orders by number
  std::optional<std::string> after_name{};  // and for those by name
  std::string part_of_name{};
  std::size_t limit = 0;
};

// Whether answers can be given at all, and what to say when they cannot.
struct Readiness {
  bool ready = false;
  std::vector<std::string> reasons;  // why not, or in what way degraded
  bool store_answers = true;         // when it was asked last
  bool sources_answer = true;        // otherwise answers are blind
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
  [[nodiscard]] virtual std::vector<BatchSummary> batches(const BatchPage& page) const = 0;
  // How many ids match; nothing where there is no such batch.
  [[nodiscard]] virtual std::optional<std::uint64_t> count(BatchNumber number,
                                                           MaskExpression expression) const = 0;
  [[nodiscard]] virtual std::optional<RecordSummary> record(BatchNumber number,
                                                            const RecordId& id) const = 0;
  [[nodiscard]] virtual std::shared_ptr<const LedgerView> view(
      BatchNumber number) = 0;  // null: no such batch
  [[nodiscard]] virtual const std::vector<Channel>& channels() const = 0;
  // What is known of how far behind reading is; no lag where an end is not known. Of everything, and of what a batch
  // depends on.
  [[nodiscard]] virtual SourceEvidence source_evidence() const = 0;
  [[nodiscard]] virtual SourceEvidence source_evidence(const BatchSummary& batch) const = 0;
  // How long an end stays known, as of now.
  [[nodiscard]] virtual EndLimit end_limit() const = 0;
  [[nodiscard]] std::optional<std::uint64_t> lag_records() const {
    return source_evidence().lag_records;
  }
  // Of everything: what concerns any batch of any feed.
  [[nodiscard]] virtual Verdict verdict() const = 0;
  // Of this batch alone.
  [[nodiscard]] virtual Verdict verdict(const BatchSummary& batch) const = 0;
  // As RecordSource::look_afresh: what is answered next vouches for everything that existed when this was called.
  virtual boost::asio::awaitable<void> look_afresh(std::chrono::milliseconds at_most) = 0;
  [[nodiscard]] virtual std::int64_t now_ms() const = 0;
  // What is known of a record besides its sides, as JSON: of outstanding ones from memory, of all from the store where
  // that keeps them.
  virtual boost::asio::awaitable<Result<std::optional<std::string>>> attributes(
      BatchNumber number, OwnedRecordId id) = 0;
  virtual boost::asio::awaitable<Result<std::vector<RecordDetail>>> details(DetailQuery query) = 0;
  virtual boost::asio::awaitable<Result<DeadLetterPage>> dead_letters(DeadLetterQuery query) = 0;
};

}  // namespace rollcall
