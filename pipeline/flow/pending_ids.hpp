#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/ensure.hpp"
#include "pipeline/flow/slice.hpp"

namespace rollcall {

// Ids on their way into ledgers, gathered so that each batch gets its own in one go. Events of many
// batches come mixed; taken as they come, every id meets a ledger that the last fifty have driven
// out of the cache. Within a batch the order stays as it was.
// Owner:  Pump, which leaves none behind at the end of a turn. Batches outlive what is pending.
// Limits: kMax ids.
class PendingIds {
 public:
  static constexpr std::size_t kMax = 1024;

  PendingIds() {
    ids_.reserve(kMax);
    texts_.reserve(kMax * kIdBytesMax);  // so that views into it stay valid
  }

  [[nodiscard]] bool full() const { return ids_.size() == kMax; }

  // Keeps a copy of the id, text included. There must be room.
  void push(Batch& batch, Side side, const RecordId& id) {
    const auto index = static_cast<std::uint32_t>(ids_.size());
    ids_.push_back({id.is_integer() ? id : RecordId::from_text(keep(id.text())), kNone, side});
    if (batch.pending == kNotPending) {
      batch.pending = static_cast<std::uint32_t>(groups_.size());
      groups_.push_back({&batch, index, index});
    } else {
      Group& group = groups_[batch.pending];
      ids_[group.last].next = index;
      group.last = index;
    }
  }

  void add_to(Slice& slice) {
    for (const Group& group : groups_) {
      group.batch->pending = kNotPending;
      slice.change(*group.batch, [&](Ledger& ledger) { add_group(ledger, group.first); });
    }
    groups_.clear();
    ids_.clear();
    texts_.clear();
  }

 private:
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  static constexpr int kAhead = 8;  // ids: far enough for the memory to have answered

  struct Id {
    RecordId id;
    std::uint32_t next;  // of the same batch
    Side side;
  };
  struct Group {
    Batch* batch;
    std::uint32_t first;
    std::uint32_t last;
  };

  void add_group(Ledger& ledger, std::uint32_t first) const {
    std::uint32_t ahead = first;
    const auto announce = [&] {
      if (ahead == kNone) return;
      ledger.prefetch(ids_[ahead].id);
      ahead = ids_[ahead].next;
    };
    for (int i = 0; i < kAhead; ++i) announce();
    for (std::uint32_t at = first; at != kNone; at = ids_[at].next) {
      announce();
      ledger.add(ids_[at].side, ids_[at].id);
    }
  }

  std::string_view keep(std::string_view text) {
    ENSURE(text.size() <= texts_.capacity() - texts_.size());
    const std::size_t begin = texts_.size();
    texts_ += text;
    return std::string_view{texts_}.substr(begin);
  }

  std::vector<Id> ids_;        // as they came
  std::vector<Group> groups_;  // one for each batch that has some
  std::string texts_;          // those of the text ids, one behind the other
};

}  // namespace rollcall
