#include "tests/postgres/slice_model.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <set>
#include <utility>

namespace rollcall::test {

namespace {

constexpr std::int64_t kNow = 1'795'000'000'123;

std::uint64_t count_of(const BatchOracle& batch, Mask mask) {
  std::uint64_t count = 0;
  for (const auto& [id, times] : batch.times) {
    Mask own = 0;
    for (std::size_t side = 0; side < times.size(); ++side)
      own |= times[side] > 0 ? bit(static_cast<Side>(side)) : Mask{0};
    count += own == mask ? 1 : 0;
  }
  return count;
}

std::vector<OwnedRecordId> on_one_side_only(const BatchOracle& batch, Side side, Side other) {
  std::vector<OwnedRecordId> ids;
  for (const auto& [id, times] : batch.times) {
    if (times[side] > 0 && times[other] == 0) ids.push_back(id);
  }
  return ids;
}

LedgerSummary summary_of(const Ledger& ledger, std::uint64_t revision) {
  LedgerSummary summary;
  for (std::uint32_t mask = 1; mask < (1U << ledger.sides()); ++mask) {
    const auto count = ledger.count(static_cast<Mask>(mask));
    if (count > 0) summary.counts.emplace_back(static_cast<Mask>(mask), count);
  }
  for (std::size_t side = 0; side < ledger.sides(); ++side) {
    summary.duplicates.push_back(ledger.duplicates(static_cast<Side>(side)));
    summary.duplicate_ids.push_back(ledger.duplicate_ids(static_cast<Side>(side)));
  }
  summary.revision = revision;
  return summary;
}

void check_batch(const RestoredBatch& restored, const BatchOracle& expected) {
  INFO("batch ", expected.row.number);
  CHECK(restored.row.name == expected.row.name);
  CHECK(restored.row.sides == expected.row.sides);
  CHECK(restored.row.record_type == expected.row.record_type);
  CHECK(restored.row.description == expected.row.description);
  CHECK(restored.row.created_at_ms == expected.row.created_at_ms);
  CHECK(restored.row.deadline_ms == expected.row.deadline_ms);
  CHECK(restored.row.ledger_sides == expected.row.ledger_sides);
  CHECK(restored.kind_known);
  CHECK(restored.row.kind == expected.row.kind);
  CHECK(restored.row.feeds == expected.row.feeds);
  CHECK(restored.row.began_at_ms == expected.row.began_at_ms);
  CHECK(restored.summary.revision == expected.revision);
  CHECK(restored.summary.last_event_ms == expected.last_event_ms);
  Ledger& ledger = *restored.ledger;
  const std::size_t sides = expected.row.sides.size();
  for (std::uint32_t mask = 1; mask < (1U << sides); ++mask) {
    CHECK(ledger.count(static_cast<Mask>(mask)) == count_of(expected, static_cast<Mask>(mask)));
  }
  for (Side side = 0; side < sides; ++side) {
    std::uint64_t repeats = 0;
    std::uint64_t repeated = 0;
    for (const auto& [id, times] : expected.times) {
      repeats += times[side] > 1 ? times[side] - 1 : 0;
      repeated += times[side] > 1 ? 1 : 0;
    }
    CHECK(ledger.duplicates(side) == repeats);
    CHECK(ledger.duplicate_ids(side) == repeated);
  }
  const auto view = ledger.view();
  const std::size_t all = expected.times.size() + 1;
  CHECK(view->ids(kMissing, std::nullopt, all) == on_one_side_only(expected, 0, 1));
  CHECK(view->ids(kUnexpected, std::nullopt, all) == on_one_side_only(expected, 1, 0));
}

}  // namespace

void check_restored(const SliceState& state, const SliceOracle& oracle) {
  REQUIRE(state.batches.size() == oracle.batches.size());
  auto expected = oracle.batches.begin();
  for (const RestoredBatch& batch : state.batches) {
    REQUIRE(batch.row.number == expected->first);
    check_batch(batch, (expected++)->second);
  }
  REQUIRE(state.positions.size() == oracle.positions.size());
  for (const SourcePosition& position : state.positions) {
    const auto found = oracle.positions.find(position.channel);
    REQUIRE(found != oracle.positions.end());
    CHECK(position.next == found->second.next);
    CHECK(position.fingerprint == found->second.fingerprint);
    CHECK(position.lost_records == found->second.lost_records);
    CHECK(position.ids_max == found->second.ids_max);
  }
  CHECK(state.dead_letters == oracle.dead_letters.size());
  CHECK(state.next_batch == oracle.next_batch);
  REQUIRE(state.receipts.size() == oracle.receipts.size());
  std::int64_t before_ms = 0;
  for (const Receipt& receipt : state.receipts) {
    const auto found = oracle.receipts.find(receipt.key);
    REQUIRE(found != oracle.receipts.end());
    const Receipt& expect = found->second;
    CHECK(receipt.fingerprint == expect.fingerprint);
    CHECK(receipt.units == expect.units);
    CHECK(receipt.batch == expect.batch);
    CHECK(receipt.lines == expect.lines);
    CHECK(receipt.accepted == expect.accepted);
    CHECK(receipt.duplicates == expect.duplicates);
    CHECK(receipt.refused == expect.refused);
    CHECK(receipt.at_ms == expect.at_ms);
    CHECK(receipt.at_ms >= before_ms);
    before_ms = receipt.at_ms;
  }
}

void SliceModel::adopt(SliceState state, const SliceOracle& durable) {
  oracle_ = durable;
  ledgers_.clear();
  new_batches_.clear();
  deleted_.clear();
  new_receipts_.clear();
  for (RestoredBatch& batch : state.batches) ledgers_[batch.row.number] = std::move(batch.ledger);
  dead_letters_cut_ = durable.dead_letters.size();
  epoch_ = state.epoch;
  sequence_ = state.sequence;
  seed_ = state.seed;
}

Checkpoint SliceModel::cut() {
  Checkpoint checkpoint;
  checkpoint.epoch = epoch_;
  checkpoint.sequence = ++sequence_;
  for (const auto& [channel, position] : oracle_.positions)
    checkpoint.positions.push_back(position);
  checkpoint.next_batch = oracle_.next_batch;
  checkpoint.deleted_batches = std::exchange(deleted_, {});
  checkpoint.new_batches = std::exchange(new_batches_, {});
  for (auto& [key, receipt] : std::exchange(new_receipts_, {}))
    checkpoint.receipts.push_back(receipt);
  for (auto& [number, ledger] : ledgers_) {
    LedgerChange change;
    change.batch = number;
    change.delta = ledger->take_delta();
    if (change.delta.empty()) continue;
    BatchOracle& batch = oracle_.batches[number];
    change.after = summary_of(*ledger, ++batch.revision);
    // Now and then none is known, as of what an older version read.
    if (random_() % 4 != 0)
      batch.last_event_ms = kNow + static_cast<std::int64_t>(random_() % 1'000'000);
    change.after.last_event_ms = batch.last_event_ms;
    checkpoint.changes.push_back(std::move(change));
  }
  checkpoint.dead_letters.assign(
      oracle_.dead_letters.begin() + static_cast<std::ptrdiff_t>(dead_letters_cut_),
      oracle_.dead_letters.end());
  dead_letters_cut_ = oracle_.dead_letters.size();
  return checkpoint;
}

BatchNumber SliceModel::create_batch(const std::string& name,
                                     const std::vector<std::string>& sides) {
  BatchRow row;
  row.number = oracle_.next_batch++;
  row.name = name;
  row.sides = sides;
  if (random_() % 2 == 0) row.record_type = "type, \"quoted\" {and} \\escaped";
  if (random_() % 2 == 0) row.description = "";
  row.created_at_ms = kNow + row.number;
  if (random_() % 2 == 0) row.deadline_ms = kNow + 60'000;
  row.ledger_sides = sides.size() + random_() % 2;
  row.kind = static_cast<BatchKind>(random_() % kBatchKinds);
  if (random_() % 2 == 0) row.feeds = {"default", "a, \"quoted\" {feed}"};
  row.began_at_ms = row.created_at_ms - 777;
  oracle_.batches[row.number].row = row;
  ledgers_[row.number] = std::make_unique<Ledger>(row.ledger_sides, seed_);
  new_batches_.push_back(row);
  return row.number;
}

void SliceModel::delete_batch(BatchNumber batch) {
  const auto unstored = std::find_if(new_batches_.begin(), new_batches_.end(),
                                     [&](const BatchRow& row) { return row.number == batch; });
  if (unstored != new_batches_.end()) {
    new_batches_.erase(unstored);
  } else {
    deleted_.push_back(batch);
  }
  ledgers_.erase(batch);
  oracle_.batches.erase(batch);
}

void SliceModel::put_receipt(const std::string& key) {
  Receipt receipt;
  receipt.key = key;
  receipt.fingerprint = random_();
  receipt.units = random_() % 100;
  receipt.batch = static_cast<BatchNumber>(random_() % 10);
  receipt.lines = random_() % 1000;
  receipt.accepted = random_();
  receipt.duplicates = random_() % 1000;
  receipt.refused = random_() % 10;
  receipt.at_ms = kNow + static_cast<std::int64_t>(random_() % 100'000);
  oracle_.receipts[key] = new_receipts_[key] = receipt;
}

void SliceModel::add(BatchNumber batch, Side side, const OwnedRecordId& id) {
  const auto* number = std::get_if<std::uint64_t>(&id);
  const RecordId passing =
      number != nullptr ? RecordId{*number} : RecordId::from_text(std::get<std::string>(id));
  BatchOracle& oracle = oracle_.batches[batch];
  std::vector<std::uint64_t>& times = oracle.times[id];
  times.resize(oracle.row.sides.size());
  CHECK(ledgers_[batch]->add(side, passing) == (times[side] == 0));
  ++times[side];
}

void SliceModel::add_dead_letter(const std::string& sample) {
  DeadLetter letter;
  letter.channel = "orders/" + std::to_string(oracle_.dead_letters.size() % 3);
  letter.position = static_cast<std::int64_t>(oracle_.dead_letters.size());
  letter.reason = static_cast<BadRecordReason>(random_() % kBadRecordReasons);
  letter.field = random_() % 2 == 0 ? "" : std::string("id\0\\\xFF{\"", 7);
  letter.sample = sample;
  letter.at_ms = kNow + letter.position;
  letter.feed = random_() % 2 == 0 ? "default" : "shop \"two\"";
  letter.batch = random_() % 2 == 0 ? "" : "b";
  letter.side = static_cast<DoubtSide>(random_() % kDoubtSides);
  letter.explains = random_() % 1000;
  letter.batches_before = oracle_.next_batch;
  letter.timestamp_ms = letter.at_ms - 1500;
  oracle_.dead_letters.push_back(std::move(letter));
}

BatchNumber SliceModel::random_batch() {
  const auto place = random_() % oracle_.batches.size();
  return std::next(oracle_.batches.begin(), static_cast<std::ptrdiff_t>(place))->first;
}

OwnedRecordId SliceModel::random_id() {
  switch (random_() % 4) {
    case 0:
      return random_() % 500;  // clusters, and comes again
    case 1:
      return random_();  // spread over 64 bits
    case 2:
      return "text-" + std::to_string(random_() % 300);  // comes again
    default:
      return "0" + std::to_string(random_() % 100'000) + "/\xC3\xA9";  // mostly once
  }
}

void SliceModel::advance_position() {
  const std::string channel = "orders/" + std::to_string(random_() % 4);
  SourcePosition& position = oracle_.positions[channel];
  position.channel = channel;
  ++position.next;
  position.fingerprint = random_();
  position.lost_records += random_() % 100 == 0 ? 3 : 0;
  position.ids_max += random_() % 5;
}

void SliceModel::feed(std::size_t events) {
  if (oracle_.batches.empty() || random_() % 4 == 0) {
    const std::string name =
        "batch \\ " + std::to_string(oracle_.next_batch) + std::string("\0\xE2\x82\xAC", 4);
    create_batch(name, random_() % 3 == 0
                           ? std::vector<std::string>{"salesforce", "hub,spot", "in\"ternal"}
                           : std::vector<std::string>{"expected", "processed"});
  }
  for (std::size_t event = 0; event < events; ++event) {
    advance_position();
    if (random_() % 50 == 0) {
      add_dead_letter(std::string("\0\xFF{\"id\":", 8));
      continue;
    }
    if (random_() % 60 == 0) put_receipt("key \" \\ " + std::to_string(random_() % 20));
    if (oracle_.batches.size() > 2 && random_() % 200 == 0) delete_batch(random_batch());
    const BatchNumber batch = random_batch();
    add(batch, static_cast<Side>(random_() % oracle_.batches[batch].row.sides.size()), random_id());
  }
}

}  // namespace rollcall::test
