// Writes that take several turns: records of a body, and dead letters that are replayed.
#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "pipeline/flow/named_records.hpp"
#include "pipeline/flow/write_entry.hpp"

namespace rollcall {

namespace {

// A batch of customers: the usual sources, and room for others.
BatchRow sources_row(const std::string& name, std::int64_t now_ms) {
  BatchRow row;
  row.name = name;
  row.sides = {"salesforce", "hubspot", "internal"};
  row.kind = BatchKind::comparison;
  row.created_at_ms = now_ms;
  row.ledger_sides = kSidesMax;
  return row;
}

}  // namespace

// Finds every batch and side; false where they are not there and nothing is to be applied.
bool WriteQueue::begin(Entry& entry, AddRecords& change) {
  WriteAnswer& answer = entry.answer;
  for (const AddRecords::Run& run : change.runs) {
    Batch* batch = find(run.batch);
    if (batch == nullptr && change.gathers_sources)
      batch = &slice_.create(sources_row(std::get<std::string>(run.batch), clock_.now_ms()));
    if (batch == nullptr && !change.makes_batches) {
      answer.outcome = WriteOutcome::no_such_batch;
      return false;
    }
    if (batch == nullptr) batch = &slice_.create(std::get<std::string>(run.batch), clock_.now_ms());
    if (change.gathers_sources && !slice_.add_sides(*batch, change.sides)) {
      answer.outcome = WriteOutcome::too_many_sources;
      return false;
    }
    Entry::Place& place = entry.places.emplace_back();
    place.batch = batch;
    for (const std::string& side : change.sides) place.sides.push_back(batch->side(side));
    answer.receipt.batch = change.runs.size() == 1 ? batch->row.number : 0;
    const bool all_known =
        std::find(place.sides.begin(), place.sides.end(), Side{kSidesMax}) == place.sides.end();
    for (std::size_t at = run.begin; at < run.end && !all_known; ++at) {
      const NamedRecord& record = change.records[at];
      if (place.sides[record.side] < kSidesMax) continue;
      if (answer.refused_lines.size() < kRefusedLinesMax &&
          (answer.refused_lines.empty() || answer.refused_lines.back() != record.line)) {
        answer.refused_lines.push_back(record.line);
        answer.sides_there.push_back(batch->row.sides);
      }
    }
  }
  if (!change.all_or_nothing || answer.refused_lines.empty()) return true;
  answer.outcome = WriteOutcome::unknown_side;
  return false;
}

void WriteQueue::add_some(Entry& entry, AddRecords& change, std::size_t& budget) {
  Receipt& receipt = entry.answer.receipt;
  for (; next_run_ < change.runs.size(); ++next_run_) {
    const AddRecords::Run& run = change.runs[next_run_];
    const Entry::Place& place = entry.places[next_run_];
    next_record_ = std::max(next_record_, run.begin);
    const std::size_t begin = next_record_;
    std::array<std::uint64_t, kSidesMax> named{};
    slice_.change(*place.batch, [&](Ledger& ledger) {
      next_record_ = add_records(ledger, place.sides, change, {begin, run.end}, range_, budget,
                                 receipt, named);
    });
    count(*place.batch, named);
    note_details(entry, change, next_record_);
    slice_.count_events(*place.batch, next_record_ - begin, receipt.at_ms);
    if (next_record_ < run.end) return;
  }
}

// Whether all are through.
bool WriteQueue::replay_some(Entry& entry, ReplayLetters& change, std::size_t& budget) {
  Receipt& receipt = entry.answer.receipt;
  for (; next_record_ < change.letters.size() && pump_.between_units(); ++next_record_) {
    if (budget == 0) return false;
    --budget;
    const ReplayLetters::Letter& letter = change.letters[next_record_];
    if (!slice_.begin_replay(letter.number)) {
      ++receipt.duplicates;
      continue;
    }
    const auto bad = pump_.replay(
        {letter.record.payload, letter.position, letter.record.timestamp_ms, letter.channel});
    if (bad) {
      ++receipt.refused;
      slice_.keep_bad(
          {letter.number, bad->reason, std::string{bad->field}, std::string{bad->batch}});
    } else {
      ++receipt.accepted;
      entry.replayed.push_back(letter.number);
    }
  }
  if (!pump_.between_units()) return false;
  if (!entry.replayed.empty())
    slice_.close_replayed(std::move(entry.replayed), {0, change.by, "replayed"});
  return true;
}

void WriteQueue::count(const Batch& batch, const std::array<std::uint64_t, kSidesMax>& named) {
  for (std::size_t side = 0; side < batch.row.sides.size(); ++side) {
    const Side known = slice_.default_side(batch.row.sides[side]);
    (known < kSidesMax ? counters_.events[known] : counters_.events_of_other_sides) += named[side];
  }
}

// What was said about the records up to `end`.
void WriteQueue::note_details(const Entry& entry, const AddRecords& change, std::size_t end) {
  const Entry::Place& place = entry.places[next_run_];
  for (; next_detail_ < change.details.size() && change.details[next_detail_].record < end;
       ++next_detail_) {
    const AddRecords::Detail& detail = change.details[next_detail_];
    const NamedRecord& record = change.records[detail.record];
    const Side side = place.sides[record.side];
    if (side >= kSidesMax) continue;
    const auto json = std::string_view{change.detail_bytes}.substr(detail.begin, detail.length);
    const RecordId id = id_of(record, change.texts);
    if (change.gathers_sources) {
      slice_.store_detail({place.batch->row.number, side, owned_id(id), std::string{json}});
    } else {
      slice_.note(*place.batch, side, id, json);
    }
  }
}

}  // namespace rollcall
