#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "pipeline/ports/store.hpp"

namespace rollcall::test {

// What a plain replay would hold: for each id, how often each side has named it.
struct BatchOracle {
  BatchRow row;
  std::map<OwnedRecordId, std::vector<std::uint64_t>> times;
  std::uint64_t revision = 0;
  std::int64_t last_event_ms = 0;
};
struct SliceOracle {
  std::map<BatchNumber, BatchOracle> batches;
  std::map<std::string, SourcePosition> positions;
  std::vector<DeadLetter> dead_letters;
  std::map<std::string, Receipt> receipts;
  BatchNumber next_batch = 1;
};

// Compares what came back from a store with what should; doctest checks.
void check_restored(const SliceState& state, const SliceOracle& oracle);

// The loop's part in a test: ledgers fed at random, cut into checkpoints. `written` is what the
// store must hold once the last cut is durable.
class SliceModel {
 public:
  explicit SliceModel(std::uint64_t seed) : random_(seed) {}

  // Goes on from a restored state; what was cut but did not become durable is given up.
  void adopt(SliceState state, const SliceOracle& durable);
  // Everything new since the last cut, as the next checkpoint of the slice.
  [[nodiscard]] Checkpoint cut();
  // A number of events of all kinds over the batches, some of them new, with bad records among
  // them.
  void feed(std::size_t events);
  BatchNumber create_batch(const std::string& name, const std::vector<std::string>& sides);
  void add(BatchNumber batch, Side side, const OwnedRecordId& id);
  void delete_batch(BatchNumber batch);
  void put_receipt(const std::string& key);
  void add_dead_letter(const std::string& sample);

  [[nodiscard]] const SliceOracle& oracle() const { return oracle_; }
  [[nodiscard]] Epoch epoch() const { return epoch_; }

 private:
  void advance_position();
  OwnedRecordId random_id();
  BatchNumber random_batch();

  std::mt19937_64 random_;
  SliceOracle oracle_;
  std::map<BatchNumber, std::unique_ptr<Ledger>> ledgers_;
  std::vector<BatchRow> new_batches_;
  std::vector<BatchNumber> deleted_;
  std::map<std::string, Receipt> new_receipts_;
  std::size_t dead_letters_cut_ = 0;
  Epoch epoch_ = 0;
  std::uint64_t sequence_ = 0;
  Seed seed_ = 0;
};

}  // namespace rollcall::test
