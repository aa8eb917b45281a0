#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <string>
#include <vector>

#include "pipeline/flow/checkpointer.hpp"
#include "pipeline/flow/pump.hpp"
#include "pipeline/flow/replay.hpp"
#include "pipeline/flow/signal.hpp"
#include "pipeline/flow/slice.hpp"
#include "pipeline/flow/write_queue.hpp"
#include "pipeline/ports/answers.hpp"
#include "pipeline/ports/clock.hpp"
#include "pipeline/ports/telemetry.hpp"

namespace rollcall {

// One slice from take-over to last checkpoint: restores it, reads its source into it, cuts and commits, and answers
// questions all the while.
// Owner: the daemon. Runs on: the loop. Fails: fenced (another process owns the slice), fatal.
class Reconciler final : public Answers {
 public:
  struct Options {
    SliceId slice = 0;
    std::string owner;  // who we are, for people who look at the slice's row
    std::vector<std::string> sides{"expected",
                                   "processed"};  // of a batch that an event brings into being
    Pump::Options pump{};
    WriteQueue::Options writes{};
    Slice::Options state{};
    Checkpointer::Options checkpoint{};
    // An end asked longer ago than this says nothing about lag: three times the pace at which sources ask.
    std::chrono::milliseconds ends_known_for{3'000};
    // Dead letters are kept so long after they were acknowledged or replayed.
    std::chrono::milliseconds closed_letters_kept{std::chrono::hours{24 * 30}};
    std::chrono::milliseconds last_checkpoint_max{10'000};  // how long stop() lets the store take
  };

  // References outlive the reconciler. `decoders` are indexed by Channel::decoder.
  Reconciler(boost::asio::any_io_executor executor, Store& store, RecordSource& source,
             std::vector<Decoder*> decoders, const Clock& clock, Telemetry& telemetry,
             Options options);

  // Works until stop() or a failure that no retry mends. After a success everything that was read is durable.
  boost::asio::awaitable<Result<void>> run();
  // Ends reading, makes the last checkpoint, lets run() return.
  void stop();

  // What the outside may change. Lives as long as the reconciler.
  [[nodiscard]] Writes& writes() { return writes_; }
  [[nodiscard]] Replays& replays() { return replay_; }
  [[nodiscard]] const Slice& slice() const { return slice_; }
  // As Slice::tally().
  void tally(std::size_t from, std::size_t batches_max) { slice_.tally(from, batches_max); }
  [[nodiscard]] const Pump& pump() const { return pump_; }
  [[nodiscard]] const WriteCounters& write_counters() const { return writes_.counters(); }
  [[nodiscard]] std::size_t uncommitted_bytes() const {
    return checkpointer_.bytes_in_flight() + slice_.uncut_bytes();
  }

  [[nodiscard]] Readiness readiness() const override;
  [[nodiscard]] Epoch epoch() const override { return slice_.epoch(); }
  [[nodiscard]] std::size_t batch_count() const override { return slice_.batches().size(); }
  [[nodiscard]] std::optional<BatchSummary> batch(BatchNumber number) const override;
  [[nodiscard]] std::optional<BatchSummary> batch(std::string_view name) const override;
  [[nodiscard]] std::vector<BatchSummary> batches(const BatchPage& page) const override;
  [[nodiscard]] std::optional<std::uint64_t> count(BatchNumber number,
                                                   MaskExpression expression) const override;
  [[nodiscard]] std::optional<RecordSummary> record(BatchNumber number,
                                                    const RecordId& id) const override;
  [[nodiscard]] std::shared_ptr<const LedgerView> view(BatchNumber number) override;
  [[nodiscard]] const std::vector<Channel>& channels() const override { return source_.channels(); }
  [[nodiscard]] SourceEvidence source_evidence() const override;
  [[nodiscard]] SourceEvidence source_evidence(const BatchSummary& batch) const override;
  [[nodiscard]] EndLimit end_limit() const override {
    return {clock_.monotonic_us(), options_.ends_known_for};
  }
  [[nodiscard]] Verdict verdict() const override;
  boost::asio::awaitable<void> look_afresh(std::chrono::milliseconds at_most) override {
    return source_.look_afresh(at_most);
  }
  [[nodiscard]] Verdict verdict(const BatchSummary& batch) const override;
  // Of all that a feed brings.
  [[nodiscard]] Verdict verdict_of_feed(std::string_view feed) const;
  [[nodiscard]] std::int64_t now_ms() const override { return clock_.now_ms(); }
  boost::asio::awaitable<Result<std::optional<std::string>>> attributes(BatchNumber number,
                                                                        OwnedRecordId id) override;
  boost::asio::awaitable<Result<std::vector<RecordDetail>>> details(DetailQuery query) override {
    return store_.details(std::move(query));
  }
  boost::asio::awaitable<Result<DeadLetterPage>> dead_letters(DeadLetterQuery query) override;

 private:
  enum class Phase { restoring, reading, ended };

  boost::asio::awaitable<Result<void>> take_over();
  boost::asio::awaitable<Result<SliceState>> acquire_when_there();
  boost::asio::awaitable<Result<void>> read();
  boost::asio::awaitable<void> commit_rest();
  boost::asio::awaitable<void> wait_for_room();
  [[nodiscard]] Result<Pump::Turn> turn();
  void cut_if_due();
  void cut();
  [[nodiscard]] BatchSummary summary_of(const Batch& batch) const;
  [[nodiscard]] SourceEvidence since_start(SourceEvidence evidence) const;
  [[nodiscard]] Verdict judged(const SourceEvidence& sources, const InDoubt& in_doubt) const;
  [[nodiscard]] bool between_units() const {
    return pump_.between_units() && writes_.between_units();
  }
  [[nodiscard]] bool something_to_cut() const { return slice_.changed() || pump_.moved(); }

  boost::asio::any_io_executor executor_;
  Store& store_;
  RecordSource& source_;
  const Clock& clock_;
  Telemetry& telemetry_;
  Options options_;
  Slice slice_;
  Pump pump_;
  Checkpointer checkpointer_;
  Signal stop_signal_;
  Signal wake_;  // a stop, a write, a checkpoint that is durable
  WriteQueue writes_;
  Replay replay_;
  std::vector<SourcePosition> stored_positions_;
  const std::int64_t began_ms_;  // when this process did
  Phase phase_ = Phase::restoring;
  std::string trouble_;  // why take-over has to wait; empty when it has not
  std::int64_t next_letter_expiry_ms_ = 0;
  bool stopping_ = false;
  bool source_is_next_ = false;  // writes and the source take turns
};

}  // namespace rollcall
