#include "connectors/json/event_lines.hpp"

#include <algorithm>
#include <utility>

#include "connectors/json/byte_order_mark.hpp"

namespace rollcall::json {

namespace {

// More than a batch can have, so that a name beyond them is no batch's.
constexpr std::size_t kSideNamesMax = 255;

// Brings the records of each batch together; within a batch they stay in order.
void group(AddRecords& unit, const std::vector<std::uint32_t>& batch_of,
           const std::vector<std::string>& batches) {
  std::vector<std::size_t> begin(batches.size() + 1);
  for (const std::uint32_t batch : batch_of) ++begin[batch + 1];
  for (std::size_t batch = 0; batch < batches.size(); ++batch) {
    begin[batch + 1] += begin[batch];
    unit.runs.push_back({batches[batch], begin[batch], begin[batch + 1]});
  }
  if (batches.size() < 2) return;
  std::vector<NamedRecord> sorted(unit.records.size());
  std::vector<std::size_t> place(unit.records.size());
  for (std::size_t at = 0; at < sorted.size(); ++at) {
    place[at] = begin[batch_of[at]]++;
    sorted[place[at]] = unit.records[at];
  }
  unit.records = std::move(sorted);
  for (AddRecords::Detail& detail : unit.details) detail.record = place[detail.record];
  std::sort(unit.details.begin(), unit.details.end(),
            [](const auto& a, const auto& b) { return a.record < b.record; });
}

}  // namespace

EventLines::EventLines() : decoder_(FieldNames{}) {}

std::size_t EventLines::take(std::string_view text, bool at_end) {
  std::size_t taken = 0;
  while (!full() && taken < text.size()) {
    const auto end = text.find('\n', taken);
    if (end == std::string_view::npos && !at_end) break;
    const std::size_t length = (end == std::string_view::npos ? text.size() : end) - taken;
    take_line(text.substr(taken, length));
    const std::size_t whole = length + (end == std::string_view::npos ? 0 : 1);
    taken += whole;
    bytes_ += whole;
    ++lines_;
  }
  return taken;
}

void EventLines::take_line(std::string_view line) {
  line = without_mark(line);  // of a first line, or of a file that was put behind another
  if (line.find_first_not_of(" \t\r") == std::string_view::npos) return;
  BadRecord bad;
  const Event* event = decoder_.decode(line, bad);
  if (event == nullptr) return refuse(bad.reason, bad.field);
  if (event->side.empty()) return refuse(BadRecordReason::missing_field, "side");
  unit_.unknown_fields += event->unknown_fields;
  unit_.unread_fields += event->unread_fields;
  append(*event);
}

void EventLines::refuse(BadRecordReason reason, std::string_view field) {
  ++unit_.refused;
  std::string pointer = "/" + std::to_string(lines_before_ + lines_ + 1);
  if (!field.empty() && field.front() != '/') pointer += '/';
  errors_.add(pointer.append(field), message_of(reason));
}

void EventLines::append(const Event& event) {
  const auto side = index_of_side(event.side);
  if (side == kSideNamesMax) return refuse(BadRecordReason::unknown_side, "side");
  const auto batch = static_cast<std::uint32_t>(index_of_batch(event.batch));
  // Held once, however many ids the event has: each would bring 4 KiB.
  const std::size_t attributes = unit_.detail_bytes.size();
  if (!event.ids.empty()) unit_.detail_bytes += event.attributes;
  const auto push = [&](NamedRecord record) {
    if (!event.attributes.empty() && record.kind != NamedRecord::Kind::range)
      unit_.details.push_back({unit_.records.size(), attributes, event.attributes.size()});
    record.line = static_cast<std::uint32_t>(lines_);
    record.side = side;
    unit_.records.push_back(record);
    batch_of_.push_back(batch);
  };
  for (const RecordId& id : event.ids) {
    NamedRecord record;
    if (id.is_integer()) {
      record.first = id.integer();
    } else {
      record.kind = NamedRecord::Kind::text;
      record.first = unit_.texts.size();
      record.second = id.text().size();
      unit_.texts += id.text();
    }
    push(record);
  }
  if (event.range) {
    NamedRecord record;
    record.kind = NamedRecord::Kind::range;
    record.first = event.range->lo;
    record.second = event.range->hi;
    push(record);
  }
}

std::size_t EventLines::index_of_batch(std::string_view name) {
  if (last_batch_ < batches_.size() && batches_[last_batch_] == name) return last_batch_;
  const auto [found, added] = batch_index_.try_emplace(std::string{name}, batches_.size());
  if (added) batches_.emplace_back(name);
  return last_batch_ = found->second;
}

std::uint8_t EventLines::index_of_side(std::string_view name) {
  auto& sides = unit_.sides;
  const auto found = std::find(sides.begin(), sides.end(), name);
  if (found != sides.end()) return static_cast<std::uint8_t>(found - sides.begin());
  if (sides.size() == kSideNamesMax) return kSideNamesMax;
  sides.emplace_back(name);
  return static_cast<std::uint8_t>(sides.size() - 1);
}

AddRecords EventLines::take_unit() {
  group(unit_, batch_of_, batches_);
  unit_.lines = lines_;
  unit_.makes_batches = true;
  unit_.all_or_nothing = false;
  unit_begin_ = lines_before_;
  lines_before_ += lines_;
  lines_ = 0;
  bytes_ = 0;
  batch_of_.clear();
  batches_.clear();
  batch_index_.clear();
  last_batch_ = 0;
  return std::exchange(unit_, {});
}

std::string message_of(BadRecordReason reason) {
  switch (reason) {
    case BadRecordReason::empty_payload:
    case BadRecordReason::not_json:
      return "must be one JSON object in UTF-8";
    case BadRecordReason::trailing_content:
      return "must end behind the JSON object";
    case BadRecordReason::not_an_object:
      return "must be a JSON object";
    case BadRecordReason::wrong_type:
      return "has the wrong type";
    case BadRecordReason::missing_field:
      return "is required";
    case BadRecordReason::empty_field:
      return "must not be empty";
    case BadRecordReason::field_too_long:
      return "is too long: a batch has at most 256 bytes, an id 512";
    case BadRecordReason::not_an_integer:
      return "must be an integer, in a range one from 0 to 2^64-1";
    case BadRecordReason::conflicting_fields:
      return "give one of id, ids and range, once";
    case BadRecordReason::bad_range:
      return "must be [lo, hi] with integers lo <= hi, at most 2^32 of them";
    case BadRecordReason::bad_timestamp:
      return "must be an RFC 3339 time or milliseconds since 1970";
    case BadRecordReason::unknown_side:
      return "is not a side of this batch";
    case BadRecordReason::unsupported_op:
      return "is not supported: add is";
    case BadRecordReason::input_gap:
      return "was lost before it could be read";
    case BadRecordReason::refused_row:
    case BadRecordReason::import_unfinished:
      break;  // of imports, which have rows and no events
  }
  return "cannot be read";
}

}  // namespace rollcall::json
