#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "pipeline/failure.hpp"
#include "pipeline/ledger/record_id.hpp"
#include "pipeline/ports/store.hpp"

namespace rollcall {

// A batch as a client names it.
using BatchRef = std::variant<BatchNumber, std::string>;

struct CreateBatch {
  std::string name;
  std::optional<std::string> record_type;
  std::optional<std::string> description;
  std::vector<std::string> sides;  // empty: the default ones
  std::optional<std::int64_t> deadline_ms;
  std::optional<IntegerRange> range;  // what its first side names from the beginning
  std::optional<BatchKind> kind{};    // none: as kind_of() takes it from the sides
};
struct DeleteBatch {
  BatchRef batch;
};
struct DeleteAllBatches {};

// One record of a body: an id, or a range of them, and the side that names it.
struct NamedRecord {
  enum class Kind : std::uint8_t { integer, text, range };
  std::uint64_t first = 0;   // the integer; of a text where it begins in `texts`; of a range lo
  std::uint64_t second = 0;  // of a text its length, of a range hi
  std::uint32_t line = 0;    // where it stands in the body, from 0: several may share a line
  Kind kind = Kind::integer;
  std::uint8_t side = 0;  // index into `sides`
};

// Records of one or several batches.
struct AddRecords {
  struct Run {
    BatchRef batch;
    std::size_t begin = 0;  // [begin, end) of `records`
    std::size_t end = 0;
  };
  std::vector<Run> runs;
  std::vector<std::string> sides;  // the names that records refer to
  std::vector<NamedRecord> records;
  std::string texts;
  // What a record has besides its id: a piece of `detail_bytes`, JSON; several may share one. By ascending record.
  struct Detail {
    std::size_t record = 0;
    std::size_t begin = 0;
    std::size_t length = 0;
  };
  std::vector<Detail> details;
  std::string detail_bytes;
  // The batch is one of customers: made where it is missing, with room for all the sides there can be; a side that it
  // does not have is added, and details are always stored.
  bool gathers_sources = false;
  std::uint64_t lines = 0;    // of the body that these came from, bad ones too
  std::uint64_t refused = 0;  // lines that could not be read
  // Of the lines that were read: fields that nobody knows, and optional ones that could not be read and were left out.
  std::uint64_t unknown_fields = 0;
  std::uint64_t unread_fields = 0;
  // A batch that does not exist: made, as an event would, or the write is refused.
  bool makes_batches = false;
  // A side that a batch does not have: its lines are refused, or all of the write.
  bool all_or_nothing = true;
};

// One number of a batch with a declared range is taken out, by naming it on the second side; once.
struct TakeNumber {
  std::string batch;
  IntegerRange range;  // of the batch, which is made where it is missing
  std::uint64_t number = 0;
};
// The batch as if nothing had been taken.
struct ResetNumbers {
  std::string batch;
  IntegerRange range;
};

// Dead letters that were looked into. The answer's receipt tells in `accepted` how many were open and no longer are.
struct AcknowledgeLetters {
  DeadLetterFilter filter;
  std::string by;
  std::string note;
};

// Records of dead letters as their source still has them: applied where they can be read today. The answer's receipt
// tells in `accepted` how many were, in `refused` how many still cannot be, in `duplicates` how many were before.
struct ReplayLetters {
  struct Letter {
    std::int64_t number = 0;
    std::uint32_t channel = 0;  // index of RecordSource::channels()
    std::int64_t position = 0;
    RecordCopy record;
  };
  std::vector<Letter> letters;
  std::string by;
};

// One row of an import that its client could not read.
struct RefusedRow {
  std::uint64_t line = 0;  // of the file, from 1
  std::string field;       // or more detail
  std::string sample;
};

// An import of a file into one side of a batch: `begun` puts the batch in doubt until the end was heard, so that a client
// that was killed leaves no green. The end closes what an earlier import of the same name left open, and tells what was
// refused.
struct ImportEvent {
  enum class Kind : std::uint8_t { begun, ended };
  Kind kind = Kind::begun;
  std::string import;  // the file as given: the same name, batch and side is the same import
  std::string batch;   // empty: each row names its own
  std::optional<std::string> side;  // none: the same
  std::vector<RefusedRow> refused;
  std::uint64_t refused_unlisted = 0;  // further ones
  std::string by;
};

// A topic whose log is another than the one that was read: it is read from its beginning, as RecordSource::reset.
struct ResetSource {
  std::string topic;
};

using Change =
    std::variant<CreateBatch, DeleteBatch, DeleteAllBatches, AddRecords, TakeNumber, ResetNumbers,
                 AcknowledgeLetters, ReplayLetters, ImportEvent, ResetSource>;

// What makes a write repeatable: a retry has the same key and the same fingerprint.
struct WriteKey {
  std::string key;
  std::uint64_t fingerprint = 0;  // of the request up to the end of this unit
  std::uint64_t unit = 0;         // which one of the request, from 0
  bool whole = true;              // it is the only one
};

struct Write {
  Change change;
  std::optional<WriteKey> key{};
};

enum class WriteOutcome : std::uint8_t {
  applied,
  no_such_batch,
  batch_exists,
  unknown_side,  // `refused_lines` tell where
  number_taken,
  too_many_sources,
  key_reused,  // the key came with another request before
  no_such_source,
  nothing_to_reset,
};

struct WriteAnswer {
  WriteOutcome outcome = WriteOutcome::applied;
  Receipt receipt;                           // of all units of the request so far
  std::optional<BatchRow> batch;             // that was made
  std::vector<std::uint32_t> refused_lines;  // for an unknown side; at most kRefusedLinesMax
  std::vector<std::vector<std::string>> sides_there;  // of each refused line: those its batch has
  SourceReset reset;                                  // of a source
};
inline constexpr std::size_t kRefusedLinesMax = 100;

// What the outside may change. Implemented by the flow; every call is made on the loop.
//
// A write is a unit: it lands whole in one checkpoint, or not at all. Many writes share a checkpoint.
// Limits:  a write that is not begun after `patience` is given up, and so is waiting for its
//          checkpoint.
// Fails:   transient; Failure::message tells whether the write may still become durable.
class Writes {
 public:
  virtual ~Writes() = default;
  // Resumes when the write, or what stands in its way, is durable.
  virtual boost::asio::awaitable<Result<WriteAnswer>> write(Write write,
                                                            std::chrono::milliseconds patience) = 0;
};

}  // namespace rollcall
