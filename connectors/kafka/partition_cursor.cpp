#include "connectors/kafka/partition_cursor.hpp"

#include <algorithm>
#include <xxhash.h>

namespace rollcall::kafka {

std::uint64_t fingerprint_of(std::string_view payload) {
  return std::max<std::uint64_t>(XXH3_64bits(payload.data(), payload.size()), 1);
}

void PartitionCursor::enter_at(Channel& channel, const SourcePosition& stored) {
  channel.next = stored.next;
  channel.fingerprint = stored.fingerprint;
  channel.lost_records = stored.lost_records;
  channel.ids_max = stored.ids_max;
  entered_ = true;
  verify_ = stored.next > 0 && stored.fingerprint != 0;
}

PartitionCursor::Verdict PartitionCursor::take(Channel& channel, std::int64_t offset,
                                               std::string_view payload) {
  if (offset < channel.next) {
    const bool asked_for = verify_ && offset == channel.next - 1;
    if (asked_for && fingerprint_of(payload) != channel.fingerprint) return Verdict::foreign;
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
