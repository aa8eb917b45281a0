#include "connectors/kafka/partition_cursor.hpp"

#include <algorithm>
#include <xxhash.h>

namespace rollcall::kafka {

std::uint64_t fingerprint_of(const RecordFace& record) {
  std::uint64_t print = XXH3_64bits(record.payload.data(), record.payload.size());
  print = XXH3_64bits_withSeed(record.key.data(), record.key.size(), print);
  print = XXH3_64bits_withSeed(&record.timestamp_ms, sizeof record.timestamp_ms, print);
  return std::max<std::uint64_t>(print, 1);
}

std::uint64_t payload_fingerprint_of(std::string_view payload) {
  return std::max<std::uint64_t>(XXH3_64bits(payload.data(), payload.size()), 1);
}

void PartitionCursor::enter_at(Channel& channel, const SourcePosition& stored) {
  channel.next = stored.next;
  channel.fingerprint = stored.fingerprint;
  channel.lost_records = stored.lost_records;
  channel.ids_max = stored.ids_max;
  enter_again(channel);
}

void PartitionCursor::enter_again(const Channel& channel) {
  entered_ = channel.next >= 0;
  verify_ = channel.next > 0 && channel.fingerprint != 0;
}

PartitionCursor::Verdict PartitionCursor::take(Channel& channel, std::int64_t offset,
                                               const RecordFace& record) {
  if (offset < channel.next) {
    const bool asked_for = verify_ && offset == channel.next - 1;
    if (asked_for && channel.fingerprint != fingerprint_of(record) &&
        channel.fingerprint != payload_fingerprint_of(record.payload)) {
      return Verdict::foreign;
    }
    if (asked_for) verify_ = false;
    return Verdict::known;
  }
  verify_ = false;
  channel.next = offset + 1;
  return Verdict::fresh;
}

bool PartitionCursor::reached_end(Channel& channel, std::int64_t end) {
  if (end < channel.next) return false;
  verify_ = false;
  channel.next = end;
  return true;
}

PartitionCursor::Place PartitionCursor::place(Channel& channel, std::int64_t lo, std::int64_t hi,
                                              InputGap& gap) {
  if (!entered_) {
    entered_ = true;
    channel.next = lo;
    return Place::here;
  }
  if (channel.next > hi) return Place::beyond_end;
  if (channel.next > lo) return Place::here;
  verify_ = false;  // the record before is gone
  if (channel.next == lo) return Place::here;
  gap.from = channel.next;
  gap.to = lo;
  channel.lost_records += static_cast<std::uint64_t>(lo - channel.next);
  channel.next = lo;
  channel.fingerprint = 0;
  return Place::behind_gap;
}

}  // namespace rollcall::kafka
