#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "pipeline/ledger/add_outcome.hpp"
#include "pipeline/ledger/census.hpp"
#include "pipeline/ledger/clustered_ids.hpp"
#include "pipeline/ledger/extendible_table.hpp"
#include "pipeline/ledger/id_mixer.hpp"
#include "pipeline/ledger/mask_counts.hpp"
#include "pipeline/ledger/pending_range.hpp"
#include "pipeline/ledger/record_id.hpp"

namespace rollcall {

// The integers of a ledger as of one moment; shares its memory with the ledger, so it is never
// changed.
struct IntegerPicture {
  using Counts = ExtendibleTable<std::uint64_t, std::uint64_t>;
  std::size_t sides = 0;
  IdMixer mixer;
  ClusteredIds clustered;
  ExtendibleTable<std::uint64_t, Mask> spread;  // by mixed id
  std::vector<Counts> spread_extras;  // for each side: occurrences beyond the first of spread ids
};

// The integer ids of a ledger. Each lives in one of two places: clustered ids in bitmaps (a
// fraction of a byte), spread ones in a hash table (some 13 bytes). A container of 65,536 ids costs
// a bitmap some 50 bytes, so an id whose container is new goes there only while containers hold
// eight ids on average, or when the census has seen many of its neighbours. Those that came before
// their neighbours and went to the table follow later, a bucket at a time.
// Owner:   the ledger. Runs on: its thread.
// Limits:  see ClusteredIds and ExtendibleTable. A range that is long beside the table first reads all of it, a bucket
//          at a time; a shorter one looks its own ids up there.
class IntegerIds {
 public:
  IntegerIds(std::size_t sides, Seed seed) : sides_(sides), mixer_(seed), clustered_(sides) {}

  AddOutcome add(Side side, std::uint64_t id) {
    if (spread_.empty()) return add_unspread(side, id, false);
    if (--until_tidy_ == 0) tidy();
    return add_anywhere(side, id, false);
  }
  // Names as much of a range as the budget allows. Moves the counts itself; appends what the side had named before to
  // `repeated`, in order.
  void add(Side side, PendingRange& range, std::size_t& budget, MaskCounts& counts,
           std::vector<IntegerRange>& repeated);
  void prefetch(std::uint64_t id) const {
    if (!spread_.empty()) spread_.prefetch(mixer_.mix(id));
  }

  // What a stored segment says; sets may be changed.
  void absorb(Mask mask, const std::vector<std::uint64_t>& sorted, MaskCounts& counts);
  void absorb(Mask mask, std::uint32_t high, Roaring low, MaskCounts& counts);
  void absorb_repeats(Side side, std::uint64_t id, std::uint64_t times, MaskCounts& counts);
  void absorb_repeats(Side side, std::uint32_t high, unsigned weight, Roaring low,
                      MaskCounts& counts);

  [[nodiscard]] Mask mask_of(std::uint64_t id) const {
    const Mask clustered = clustered_.mask_of(id);
    return clustered != 0 || spread_.empty() ? clustered : spread_.get(mixer_.mix(id));
  }
  // How often the side has named the id again.
  [[nodiscard]] std::uint64_t repeats(Side side, std::uint64_t id) const {
    const std::uint64_t clustered = clustered_.extra(side, id);
    return clustered != 0 || spread_extras_.empty() ? clustered
                                                    : spread_extras_[side].get(mixer_.mix(id));
  }

  [[nodiscard]] IntegerPicture picture();
  [[nodiscard]] std::size_t bytes() const;
  [[nodiscard]] std::uint64_t clustered_count() const { return clustered_.ids(); }
  [[nodiscard]] std::uint64_t spread_count() const { return spread_.size(); }

 private:
  // Enough containers for what has just begun to show itself; each is worth eight ids.
  static constexpr std::uint64_t kContainersFree = 16;
  static constexpr std::uint64_t kIdsPerContainer = 8;
  // Sightings after which a new container, or any of those with the same upper half, is known to be
  // worth it.
  static constexpr std::uint32_t kContainerSightings = 16;
  static constexpr std::uint32_t kHalfSightings = 65536 * kIdsPerContainer;
  // Ranges up to this length, or this part of the table's, are added id by id when ids of theirs may be in the table.
  static constexpr std::uint64_t kShortRange = 4096;
  static constexpr std::uint64_t kShortPart = 16;
  // What one bucket of the table that is looked through takes from a budget.
  static constexpr std::size_t kBucketCost = 128;

  // Additions between two looks at one bucket of the table, and how few spread ids make that worth
  // while.
  static constexpr std::uint32_t kTidyInterval = 32768;
  static constexpr std::uint64_t kTidyRatio = 16;

  struct Sightings {
    Census<1024> containers;
    Census<64> halves;
  };

  AddOutcome add_anywhere(Side side, std::uint64_t id, bool dense);
  AddOutcome add_unspread(Side side, std::uint64_t id, bool dense);
  bool clusters(std::uint64_t id);
  bool add_spread_repeats(Side side, std::uint64_t key, std::uint64_t times);
  [[nodiscard]] bool goes_one_by_one(const PendingRange& range) const;
  void add_one_by_one(Side side, PendingRange& range, std::size_t& budget, MaskCounts& counts,
                      std::vector<IntegerRange>& repeated);
  bool gather(PendingRange& range, std::size_t& budget);
  void tidy();
  template <class Belongs>
  void move_to_clusters(std::size_t bucket, const Belongs& belongs);
  void absorb_spread(Mask mask, const std::vector<std::uint64_t>& ids, MaskCounts& counts);
  template <class Visit>
  void take_spread(std::uint32_t high, Roaring& low, const Visit& visit);

  std::size_t sides_;
  IdMixer mixer_;
  ClusteredIds clustered_;
  ExtendibleTable<std::uint64_t, Mask> spread_;        // by mixed id
  std::vector<IntegerPicture::Counts> spread_extras_;  // empty until there is a first one
  std::unique_ptr<Sightings> sightings_;               // null until an id is in doubt
  std::uint32_t until_tidy_ = kTidyInterval;
  std::size_t next_bucket_to_tidy_ = 0;
};

}  // namespace rollcall
