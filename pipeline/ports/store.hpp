#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "pipeline/failure.hpp"
#include "pipeline/ledger/batch_kind.hpp"
#include "pipeline/ledger/ledger.hpp"
#include "pipeline/ledger/ledger_delta.hpp"
#include "pipeline/ledger/segment.hpp"
#include "pipeline/ports/dead_letter.hpp"
#include "pipeline/ports/decoder.hpp"
#include "pipeline/ports/record_source.hpp"

namespace rollcall {

using SliceId = std::uint32_t;  // the unit of ownership, checkpoint and fencing
using Epoch = std::int64_t;     // grows with each owner of a slice

struct BatchRow {
  BatchNumber number = 0;
  std::string name;
  std::vector<std::string> sides;  // in the order of their bits
  std::optional<std::string> record_type;
  std::optional<std::string> description;
  std::int64_t created_at_ms = 0;             // wall clock, Unix epoch
  std::optional<std::int64_t> deadline_ms{};  // when all of it should have been processed
  // Places for sides in the ledger, at least as many as there are sides. One that stays empty keeps
  // every id outstanding, so that texts of matched ids are kept and can be listed; more let sides
  // be added later.
  std::size_t ledger_sides = 0;
  BatchKind kind = BatchKind::reconciliation;
  std::vector<std::string> feeds{};  // whose events have named it, in that order
  std::int64_t began_at_ms = 0;      // Kafka's time of its first event, or when it was made
};

// What a peer needs to answer for this slice's part of a batch.
struct LedgerSummary {
  std::vector<std::pair<Mask, std::uint64_t>> counts;  // masks with at least one id
  std::vector<std::uint64_t> duplicates;     // for each side: occurrences beyond the first
  std::vector<std::uint64_t> duplicate_ids;  // for each side: ids named more than once
  std::uint64_t revision = 0;
  // When its newest event was written, as far as it may be trusted (Batch::last_event_ms); 0: none is known.
  std::int64_t last_event_ms = 0;
};

// What became of a write that its client may repeat; kept with its key, so that the repetition
// changes nothing and gets the same answer.
struct Receipt {
  std::string key;
  std::uint64_t fingerprint = 0;  // of the request up to the end of the last unit that counts here
  std::uint64_t units = 0;        // how many of its units are applied; a write of one unit has one
  BatchNumber batch = 0;          // that it made or named; 0 where it named several
  std::uint64_t lines = 0;
  std::uint64_t accepted = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t refused = 0;
  std::int64_t at_ms = 0;
};
inline constexpr std::size_t kWriteKeyBytesMax = 255;

// What one side says about a record, as JSON: attributes, or a customer's name and address.
struct RecordDetail {
  BatchNumber batch = 0;
  Side side = 0;
  OwnedRecordId id;
  std::string json;
};

// Details of a batch in the order of ids, then sides.
struct DetailQuery {
  BatchNumber batch = 0;
  std::optional<Side> side{};                             // of this side only
  std::optional<std::pair<OwnedRecordId, Side>> after{};  // behind this one
  std::optional<OwnedRecordId> id{};                      // of this record only
  std::size_t limit = 0;
};

struct LedgerChange {
  BatchNumber batch = 0;
  LedgerDelta delta;    // emptied by encode(Checkpoint&)
  SegmentRun run;       // filled by encode(Checkpoint&)
  LedgerSummary after;  // the ledger's state with the delta in it
};

// Something that is no longer needed and takes too long to free for the loop. One owner; shared for its deleter.
using Garbage = std::shared_ptr<const void>;

// What one commit makes durable: effects and the positions they came from, together.
struct Checkpoint {
  SliceId slice = 0;
  Epoch epoch = 0;
  std::uint64_t sequence = 0;  // grows by one; tells after `in_doubt` whether this one is there
  std::vector<SourcePosition> positions;
  BatchNumber next_batch = 1;  // numbers are never given twice
  // Stored or not; gone before anything below is written. Ascending once encoded.
  std::vector<BatchNumber> deleted_batches;
  std::vector<BatchRow> new_batches;  // or changed ones
  std::vector<LedgerChange> changes;
  std::vector<DeadLetter> dead_letters;
  std::vector<Acknowledgement> acknowledgements;  // in the order in which they were asked for
  std::vector<StillBad> still_bad;
  std::optional<std::int64_t>
      letters_expired_ms{};  // those closed at this time and before are let go
  // Each in the place of an older one of its record and side; encode() drops those of deleted batches.
  std::vector<RecordDetail> details;
  std::vector<Receipt> receipts;  // each in the place of an older one of its key
  std::optional<std::int64_t> receipts_expired_ms{};  // those of this time and before are let go
  std::vector<Garbage> garbage;                       // of deleted batches; encode() destroys it
  std::vector<std::string> broken_laws;               // seen at the cut; for telemetry, not stored
  bool encoded = false;
};

// Whether a commit closes or changes letters of earlier ones, so that its answer must tell what doubt is left.
[[nodiscard]] bool changes_letters(const Checkpoint& checkpoint);

// Encodes every delta of a checkpoint into its run and lets go of the delta and of what deleted batches consisted of.
// Idempotent. Called by a store on its own thread, so that neither sorting nor freeing holds the loop.
void encode(Checkpoint& checkpoint);

struct RestoredBatch {
  BatchRow row;
  bool kind_known = true;  // older versions did not store it
  LedgerSummary summary;   // what the last checkpoint said; must agree with the ledger
  std::unique_ptr<Ledger> ledger;
};

// A slice as its last checkpoint left it, now owned under a new epoch.
struct SliceState {
  Epoch epoch = 0;
  std::uint64_t sequence = 0;  // of the last commit, 0 for none
  Seed seed = 0;               // of the deployment
  std::vector<SourcePosition> positions;
  BatchNumber next_batch = 1;
  std::vector<RestoredBatch> batches;
  std::uint64_t dead_letters = 0;  // how many there are, closed ones too
  std::vector<OpenDoubt> doubts;   // of those that are open
  LetterCounts letters;            // by topic and state
  std::vector<Receipt> receipts;   // oldest first
};

// What an operator wants to know of the last commit and the store's health.
struct CommitStats {
  std::uint64_t bytes = 0;  // of segment payload
  std::uint64_t segments = 0;
  // Where the checkpoint changes_letters(): how many letters each closed, and what is left.
  std::vector<std::uint64_t> acknowledged{};
  struct Doubts {
    std::uint64_t dead_letters = 0;  // as SliceState has them
    std::vector<OpenDoubt> open;
    LetterCounts letters;
  };
  std::optional<Doubts> doubts{};
};

// Where checkpoints live. Implementations do their blocking work on threads of their own; every call is made on the loop
// and resumes on the loop. At most one commit is under way at a time.
// Fails: transient (try the same call again, unchanged), fenced (a newer owner has the slice; write nothing more), fatal.
class Store {
 public:
  virtual ~Store() = default;
  // Takes the slice for `owner` under a new epoch, which fences every older owner, and restores its state.
  virtual boost::asio::awaitable<Result<SliceState>> acquire(SliceId slice, std::string owner) = 0;
  // All of it or nothing. When a commit's fate is unknown the store looks whether its sequence is there, so success
  // always means durable and transient always means "not there, try again".
  virtual boost::asio::awaitable<Result<CommitStats>> commit(Checkpoint& checkpoint) = 0;
  // Whether we still own the slice; for times when there is nothing to commit.
  virtual boost::asio::awaitable<Result<void>> confirm(SliceId slice, Epoch epoch) = 0;
  virtual boost::asio::awaitable<Result<DeadLetterPage>> dead_letters(DeadLetterQuery query) = 0;
  virtual boost::asio::awaitable<Result<std::vector<RecordDetail>>> details(DetailQuery query) = 0;
  // Stops background work (compaction) and closes connections, within a bounded time.
  virtual boost::asio::awaitable<void> close() = 0;
};

}  // namespace rollcall
