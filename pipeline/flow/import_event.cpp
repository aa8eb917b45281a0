#include "pipeline/flow/import_event.hpp"

#include <limits>
#include <string>
#include <utility>

namespace rollcall {

namespace {

// What the letters of an import have in common: they stand where a topic would.
DeadLetter letter_of(const Slice& slice, const ImportEvent& event, std::int64_t now_ms) {
  DeadLetter letter;
  letter.channel = std::string{kImportChannel} + event.import;
  if (event.side) letter.channel += ":" + *event.side;
  letter.batch = event.batch;
  if (event.batch.empty()) {  // each row names its own, some of which may be yet to come
    letter.feed = kHttpFeed;
    letter.batches_before = std::numeric_limits<BatchNumber>::max();
  }
  letter.at_ms = now_ms;
  letter.timestamp_ms =
      event.batch.empty() ? std::numeric_limits<std::int64_t>::max() / 2'000'000 : now_ms;
  const Batch* batch = slice.find(event.batch);
  const Side side = !event.side        ? Side{kSidesMax}
                    : batch != nullptr ? batch->side(*event.side)
                                       : slice.default_side(*event.side);
  if (side == kExpected) letter.side = DoubtSide::expected;
  if (side == kProcessed) letter.side = DoubtSide::processed;
  return letter;
}

}  // namespace

std::size_t apply_import(Slice& slice, const ImportEvent& event, std::int64_t now_ms) {
  DeadLetter letter = letter_of(slice, event, now_ms);
  DeadLetterFilter earlier;
  earlier.channel = letter.channel;
  earlier.batch = event.batch;
  if (event.kind == ImportEvent::Kind::begun) {
    // What an earlier attempt refused stays in doubt until this one has ended; that it was unfinished is said anew.
    earlier.reason = BadRecordReason::import_unfinished;
    const std::size_t place =
        slice.acknowledge(std::move(earlier), {0, event.by, "imported again"});
    letter.reason = BadRecordReason::import_unfinished;
    letter.explains = std::numeric_limits<std::int64_t>::max();  // of what has not been sent
    slice.refuse(std::move(letter));
    return place;
  }
  const std::size_t place =
      slice.acknowledge(std::move(earlier), {0, event.by, "imported to its end"});
  letter.reason = BadRecordReason::refused_row;
  for (const RefusedRow& row : event.refused) {
    DeadLetter refused = letter;
    refused.position = static_cast<std::int64_t>(row.line);
    refused.field = row.field;
    refused.sample = row.sample.substr(0, kSampleBytesMax);
    slice.refuse(std::move(refused));
  }
  if (event.refused_unlisted > 0) {
    letter.field = "further " + std::to_string(event.refused_unlisted) + " rows";
    letter.explains = event.refused_unlisted;
    slice.refuse(std::move(letter));
  }
  return place;
}

}  // namespace rollcall
