#pragma once

#include <array>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/flow/pump.hpp"
#include "pipeline/flow/signal.hpp"
#include "pipeline/flow/slice.hpp"
#include "pipeline/ports/clock.hpp"
#include "pipeline/ports/writes.hpp"

namespace rollcall {

// What writes have named since this process started.
struct WriteCounters {
  std::array<std::uint64_t, kSidesMax> events{};  // for each of the default sides: ids and ranges
  std::uint64_t events_of_other_sides = 0;
  std::uint64_t refused_lines = 0;  // that could not be read, or named a side that is none
  std::uint64_t unknown_fields = 0;
  std::uint64_t unread_fields = 0;  // left out of records that were taken
};

// Writes that clients wait for, applied one after the other, a bounded piece at a time. As a drain,
// a write is a unit that no checkpoint may split: cut only when between_units().
//
//   write() ─► queue ─► turn(): applied ─► the next cut ─► committed(): write() returns
//
// Owner:  Reconciler. Runs on: the loop.
// Limits: a turn names at most Options::ids_per_turn_max ids, or containers of ranges. What the queue holds is bounded by
//         whoever writes: by connections and the bytes of their bodies.
class WriteQueue final : public Writes {
 public:
  struct Options {
    std::size_t ids_per_turn_max = 4'096;  // about half a millisecond of work
  };

  // `wake` is notified when there is something to do.
  WriteQueue(boost::asio::any_io_executor executor, Slice& slice, Pump& pump, const Clock& clock,
             Signal& wake, Options options);
  ~WriteQueue() override;

  boost::asio::awaitable<Result<WriteAnswer>> write(Write write,
                                                    std::chrono::milliseconds patience) override;

  [[nodiscard]] const WriteCounters& counters() const { return counters_; }
  [[nodiscard]] bool between_units() const { return !under_way_; }
  [[nodiscard]] bool empty() const { return queue_.empty(); }
  // Applies some of what is queued. There must be something, and the pump must be between units.
  void turn();
  // Whether somebody waits for what the next cut will hold.
  [[nodiscard]] bool awaits_cut() const;
  // `acknowledged` as CommitStats has it.
  void committed(std::uint64_t sequence, const std::vector<std::uint64_t>& acknowledged = {});
  // From now on writes are refused; those that are not begun fail, with nothing of them applied.
  void refuse_new(Failure reason);
  // Those that are applied fail too: nothing is committed any more.
  void fail_all(const Failure& reason);

 private:
  struct Entry;
  [[nodiscard]] bool repeats(Entry& entry);
  [[nodiscard]] bool apply(Entry& entry, std::size_t& budget);
  [[nodiscard]] bool create(Entry& entry, CreateBatch& change, std::size_t& budget);
  void finish(Entry& entry);

  void apply_one(Entry& entry, const DeleteBatch& change);
  void apply_one(Entry& entry, const DeleteAllBatches& change);
  void apply_one(Entry& entry, const TakeNumber& change);
  void apply_one(Entry& entry, const ResetNumbers& change);
  void apply_one(Entry& entry, AcknowledgeLetters& change);
  void apply_one(Entry& entry, ImportEvent& change);
  void apply_one(Entry& entry, const ResetSource& change);
  [[nodiscard]] bool begin(Entry& entry, AddRecords& change);
  void add_some(Entry& entry, AddRecords& change, std::size_t& budget);
  [[nodiscard]] bool replay_some(Entry& entry, ReplayLetters& change, std::size_t& budget);

  void count(const Batch& batch, const std::array<std::uint64_t, kSidesMax>& named);
  void note_details(const Entry& entry, const AddRecords& change, std::size_t end);

  [[nodiscard]] Batch* find(const BatchRef& batch) const;
  Batch& numbers(const std::string& name, IntegerRange range);

  boost::asio::any_io_executor executor_;
  Slice& slice_;
  Pump& pump_;
  const Clock& clock_;
  Signal& wake_;
  Options options_;
  // Owned together with the coroutine that waits: a client that has gone away does not take back what it wrote.
  std::deque<std::shared_ptr<Entry>> queue_;
  std::deque<std::shared_ptr<Entry>> applied_;  // by ascending sequence
  std::optional<Failure> refusal_;
  std::uint64_t committed_ = 0;
  WriteCounters counters_;
  // Of the write under way, the first one of the queue.
  bool under_way_ = false;
  std::size_t next_run_ = 0;
  std::size_t next_record_ = 0;  // or letter
  std::size_t next_detail_ = 0;
  std::optional<PendingRange> range_;  // of the next record, or of the batch being made
};

}  // namespace rollcall
