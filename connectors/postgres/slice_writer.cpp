#include "connectors/postgres/slice_writer.hpp"

#include <algorithm>
#include <span>

#include "connectors/postgres/dead_letter_table.hpp"
#include "connectors/postgres/detail_table.hpp"
#include "connectors/postgres/slice_reader.hpp"
#include "connectors/postgres/text.hpp"

// Rows go in as arrays, one for each column, so that fifty ledgers cost as many round trips as one.
// Bytes go in as one binary parameter for all rows, cut up by the server: in an array literal each
// byte would be two digits.
namespace rollcall::postgres {

namespace {

constexpr Statement kFence{"fence",
                           "update slice set sequence = $3::bigint, next_batch = $4::bigint,"
                           " updated_at = now()"
                           " where slice = $1 and epoch = $2 and sequence = $3::bigint - 1"};
// Waits for whoever holds the row, so that a commit under way is seen.
constexpr Statement kLook{"look",
                          "select epoch, sequence, owner from slice where slice = $1 for update"};
constexpr Statement kBatches{
    "insert_batches",
    "insert into batch (number, name, sides, record_type, description, created_at, ledger_sides, "
    "deadline, kind, feeds, began_at)"
    " select number, name, sides::text[], record_type, description, 'epoch'::timestamptz + created "
    "* interval '1 ms', ledger_sides, 'epoch'::timestamptz + deadline * interval '1 ms', kind,"
    " feeds::text[], 'epoch'::timestamptz + began * interval '1 ms'"
    " from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], "
    "$7::smallint[], $8::bigint[], $9::smallint[], $10::text[], $11::bigint[])"
    " as new(number, name, sides, record_type, description, created, ledger_sides, deadline, kind, "
    "feeds, began)"
    // Where another slice has given the number or the name to another batch nothing is written, which shows.
    " where not exists (select from batch other where other.name = new.name and other.number <> "
    "new.number)"
    " on conflict (number) do update set sides = excluded.sides, kind = excluded.kind, feeds = "
    "excluded.feeds"
    " where batch.name = excluded.name and batch.ledger_sides = excluded.ledger_sides"
    " and batch.sides = excluded.sides[1:cardinality(batch.sides)]"};
constexpr Statement kClash{
    "find_clash",
    "select new.number, new.name, old.number, old.name"
    " from unnest($1::bigint[], $2::text[], $3::text[], $4::smallint[]) as new(number, name, "
    "sides, ledger_sides)"
    " join batch old on old.number = new.number or old.name = new.name"
    " where old.number <> new.number or old.name <> new.name or old.ledger_sides <> "
    "new.ledger_sides"
    " or old.sides <> (new.sides::text[])[1:cardinality(old.sides)] order by new.number limit 1"};
// For every slice: a batch is deleted whole. The row goes last, and a merge that is under way for it finds it gone.
// Slices are named so that the primary key finds the rows.
constexpr Statement kDeleteSegments{"delete_segments",
                                    "delete from segment where slice in (select slice from slice)"
                                    " and batch = any($1::bigint[])"};
// Before the row: each would be found through the foreign key on its own.
constexpr Statement kDeleteLedgers{"delete_ledgers",
                                   "delete from ledger where batch = any($1::bigint[])"};
constexpr Statement kDeleteDetails{"delete_details",
                                   "delete from record_detail where batch = any($1::bigint[])"};
constexpr Statement kDeleteBatches{"delete_batches",
                                   "delete from batch where number = any($1::bigint[])"};
constexpr Statement kExpireReceipts{
    "expire_receipts",
    "delete from receipt where slice = $1 and at <= 'epoch'::timestamptz + $2::bigint * interval "
    "'1 ms'"};
constexpr Statement kReceipts{
    "upsert_receipts",
    "insert into receipt (slice, key, fingerprint, units, batch, lines, accepted, duplicates, "
    "refused, at)"
    " select $1::integer, key, fingerprint, units, batch, lines, accepted, duplicates, refused,"
    " 'epoch'::timestamptz + at_ms * interval '1 ms'"
    " from unnest($2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], "
    "$7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[])"
    " as new(key, fingerprint, units, batch, lines, accepted, duplicates, refused, at_ms)"
    " on conflict (slice, key) do update set fingerprint = excluded.fingerprint, units = "
    "excluded.units, batch = excluded.batch, lines = excluded.lines, accepted = excluded.accepted,"
    " duplicates = excluded.duplicates, refused = excluded.refused, at = excluded.at"};
constexpr Statement kLedgers{
    "upsert_ledgers",
    "insert into ledger (slice, batch, masks, counts, duplicates, duplicate_ids, revision, "
    "last_event)"
    " select $1::integer, batch, masks::integer[], counts::bigint[], duplicates::bigint[], "
    "duplicate_ids::bigint[], revision, 'epoch'::timestamptz + last_event * interval '1 ms'"
    " from unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], "
    "$8::bigint[])"
    " as new(batch, masks, counts, duplicates, duplicate_ids, revision, last_event)"
    " on conflict (slice, batch) do update set masks = excluded.masks, counts = excluded.counts,"
    " duplicates = excluded.duplicates, duplicate_ids = excluded.duplicate_ids, revision = "
    "excluded.revision, last_event = excluded.last_event"};
constexpr Statement kSegments{
    "insert_segments",
    "insert into segment (slice, batch, sequence, chunk, level, records, checksum, format, payload)"
    " select $1::integer, batch, sequence, chunk, level, records, checksum, $2::smallint,"
    " substring($3::bytea from first for length)"
    " from unnest($4::bigint[], $5::bigint[], $6::integer[], $7::smallint[], $8::bigint[], "
    "$9::bigint[], $10::integer[],"
    " $11::integer[]) as new(batch, sequence, chunk, level, records, checksum, first, length)"};
constexpr Statement kForgetPositions{
    "forget_positions",
    "delete from position where slice = $1::integer and channel = any($2::text[])"};
constexpr Statement kPositions{
    "upsert_positions",
    "insert into position (slice, channel, next, fingerprint, lost_records, ids_max)"
    " select $1::integer, * from unnest($2::text[], $3::bigint[], $4::bigint[], $5::bigint[], "
    "$6::bigint[])"
    " on conflict (slice, channel) do update set next = excluded.next, fingerprint = "
    "excluded.fingerprint,"
    " lost_records = excluded.lost_records, ids_max = excluded.ids_max"};
Result<Standing> judge(const Rows& rows, SliceId slice, Epoch epoch, std::uint64_t sequence) {
  const std::string name = "slice " + std::to_string(slice);
  if (rows.empty()) {
    return fatal(name + " is gone from the database",
                 "Someone removed it; restore the database, or start with an empty schema.");
  }
  const auto now_epoch = rows[0][0].as<Epoch>();
  const auto now_sequence = rows[0][1].as<std::uint64_t>();
  if (now_epoch > epoch) {
    return taken_over(slice, epoch, now_epoch, rows[0][2].as<std::string>());
  }
  if (now_epoch == epoch && now_sequence == sequence) return Standing::written;
  if (now_epoch == epoch && now_sequence + 1 == sequence) return Standing::next;
  return fatal(name + " stands at epoch " + std::to_string(now_epoch) + ", sequence " +
                   std::to_string(now_sequence) +
                   " in the database, which does not lead to epoch " + std::to_string(epoch) +
                   ", sequence " + std::to_string(sequence),
               "The database was put back to an older state; restart rollcall, and it resumes from "
               "that state.");
}

// Calls visit(piece) for pieces of at most `size` elements.
template <class T, class Visit>
void in_pieces(const std::vector<T>& all, std::size_t size, const Visit& visit) {
  for (std::size_t begin = 0; begin < all.size(); begin += size)
    visit(std::span<const T>(all).subspan(begin, std::min(size, all.size() - begin)));
}

Failure clash(Transaction& transaction, const std::string& numbers, const std::string& names,
              const std::string& sides, const std::string& places) {
  const Rows found = transaction.run(kClash, numbers, names, sides, places);
  const auto batch = [](const pqxx::field& number, const pqxx::field& name) {
    return "batch " + std::string(text_of(number)) + " (" + from_text(text_of(name)) + ")";
  };
  std::string what = "a batch of this process is another one in the database";
  if (!found.empty()) {
    what = batch(found[0][0], found[0][1]) + " of this process is " +
           batch(found[0][2], found[0][3]) + " in the database, or has other sides there";
  }
  return fatal(what + "; nothing was written",
               "Let one process alone, with one slice, make batches in a database; give the other "
               "a schema of its own.");
}

Result<void> insert_batches(Transaction& transaction, std::span<const BatchRow> rows) {
  ArrayLiteral numbers, names, sides, types, descriptions, created, places, deadlines;
  ArrayLiteral kinds, feeds, began;
  const auto add_optional = [](ArrayLiteral& array, const std::optional<std::string>& text) {
    text ? array.add(to_text(*text)) : array.add_null();
  };
  for (const BatchRow& row : rows) {
    ArrayLiteral own_sides, own_feeds;
    for (const std::string& side : row.sides) own_sides.add(to_text(side));
    for (const std::string& feed : row.feeds) own_feeds.add(to_text(feed));
    numbers.add(row.number);
    names.add(to_text(row.name));
    sides.add(own_sides.take());
    add_optional(types, row.record_type);
    add_optional(descriptions, row.description);
    created.add(row.created_at_ms);
    places.add(static_cast<std::int64_t>(row.ledger_sides));
    row.deadline_ms ? deadlines.add(*row.deadline_ms) : deadlines.add_null();
    kinds.add(static_cast<std::int64_t>(row.kind));
    feeds.add(own_feeds.take());
    began.add(row.began_at_ms);
  }
  const std::string all_numbers = numbers.take();
  const std::string all_names = names.take();
  const std::string all_sides = sides.take();
  const std::string all_places = places.take();
  const Rows written = transaction.run(kBatches, all_numbers, all_names, all_sides, types.take(),
                                       descriptions.take(), created.take(), all_places,
                                       deadlines.take(), kinds.take(), feeds.take(), began.take());
  if (static_cast<std::size_t>(written.affected_rows()) == rows.size()) return {};
  return clash(transaction, all_numbers, all_names, all_sides, all_places);
}

Result<void> insert_batches(Transaction& transaction, const PostgresOptions& options,
                            const Checkpoint& checkpoint) {
  Result<void> written;
  in_pieces(checkpoint.new_batches, options.statement_batches_max, [&](auto piece) {
    if (written) written = insert_batches(transaction, piece);
  });
  return written;
}

void delete_batches(Transaction& transaction, const PostgresOptions& options,
                    const Checkpoint& checkpoint) {
  in_pieces(checkpoint.deleted_batches, options.statement_batches_max, [&](auto piece) {
    ArrayLiteral numbers;
    for (const BatchNumber number : piece) numbers.add(number);
    const std::string array = numbers.take();
    // Twice: a merge that was about to commit holds what it has merged. The first statement waits until it lets go,
    // only the second sees what it wrote in its place.
    transaction.run(kDeleteSegments, array);
    transaction.run(kDeleteSegments, array);
    transaction.run(kDeleteLedgers, array);
    transaction.run(kDeleteDetails, array);
    transaction.run(kDeleteBatches, array);
  });
}

void write_receipts(Transaction& transaction, const Checkpoint& checkpoint) {
  if (checkpoint.receipts_expired_ms)
    transaction.run(kExpireReceipts, checkpoint.slice, *checkpoint.receipts_expired_ms);
  if (checkpoint.receipts.empty()) return;
  ArrayLiteral keys, fingerprints, units, batches, lines, accepted, duplicates, refused, at;
  for (const Receipt& receipt : checkpoint.receipts) {
    keys.add(to_text(receipt.key));
    fingerprints.add(receipt.fingerprint);
    units.add(receipt.units);
    batches.add(receipt.batch);
    lines.add(receipt.lines);
    accepted.add(receipt.accepted);
    duplicates.add(receipt.duplicates);
    refused.add(receipt.refused);
    at.add(receipt.at_ms);
  }
  transaction.run(kReceipts, checkpoint.slice, keys.take(), fingerprints.take(), units.take(),
                  batches.take(), lines.take(), accepted.take(), duplicates.take(), refused.take(),
                  at.take());
}

std::string array_of(const std::vector<std::uint64_t>& numbers) {
  ArrayLiteral array;
  for (const std::uint64_t number : numbers) array.add(number);
  return array.take();
}

void upsert_ledgers(Transaction& transaction, SliceId slice,
                    std::span<const LedgerChange> changes) {
  ArrayLiteral batches, masks, counts, duplicates, duplicate_ids, revisions, last_events;
  for (const LedgerChange& change : changes) {
    ArrayLiteral own_masks, own_counts;
    for (const auto& [mask, count] : change.after.counts) {
      own_masks.add(std::int64_t{mask});
      own_counts.add(count);
    }
    batches.add(change.batch);
    masks.add(own_masks.take());
    counts.add(own_counts.take());
    duplicates.add(array_of(change.after.duplicates));
    duplicate_ids.add(array_of(change.after.duplicate_ids));
    revisions.add(change.after.revision);
    const std::int64_t last = change.after.last_event_ms;
    last > 0 ? last_events.add(last) : last_events.add_null();
  }
  transaction.run(kLedgers, slice, batches.take(), masks.take(), counts.take(), duplicates.take(),
                  duplicate_ids.take(), revisions.take(), last_events.take());
}

void write_positions(Transaction& transaction, const Checkpoint& checkpoint) {
  ArrayLiteral channels, next, fingerprints, lost, ids_max, forgotten;
  bool forgets = false;
  for (const SourcePosition& position : checkpoint.positions) {
    if (position.next == Channel::kNowhere) {
      forgotten.add(to_text(position.channel));
      forgets = true;
      continue;
    }
    channels.add(to_text(position.channel));
    next.add(position.next);
    fingerprints.add(position.fingerprint);
    lost.add(position.lost_records);
    ids_max.add(position.ids_max);
  }
  transaction.run(kPositions, checkpoint.slice, channels.take(), next.take(), fingerprints.take(),
                  lost.take(), ids_max.take());
  if (forgets) transaction.run(kForgetPositions, checkpoint.slice, forgotten.take());
}

std::vector<SegmentRow> rows_of(const Checkpoint& checkpoint) {
  std::vector<SegmentRow> rows;
  for (const LedgerChange& change : checkpoint.changes) {
    for (std::uint32_t chunk = 0; chunk < change.run.size(); ++chunk) {
      rows.push_back({change.batch, checkpoint.sequence, chunk, 0, &change.run[chunk]});
    }
  }
  return rows;
}

}  // namespace

CommitStats stats_of(const Checkpoint& checkpoint) {
  CommitStats stats;
  for (const LedgerChange& change : checkpoint.changes) {
    stats.segments += change.run.size();
    for (const SegmentChunk& chunk : change.run) stats.bytes += chunk.payload.size();
  }
  return stats;
}

void insert_segments(Transaction& transaction, const PostgresOptions& options, SliceId slice,
                     const std::vector<SegmentRow>& rows) {
  for (std::size_t next = 0; next < rows.size();) {
    ArrayLiteral batches, sequences, chunks, levels, records, checksums, first, length;
    std::string payloads;
    const std::size_t end = next + std::min(rows.size() - next, options.statement_batches_max);
    do {
      const SegmentRow& row = rows[next];
      batches.add(row.batch);
      sequences.add(row.sequence);
      chunks.add(row.chunk);
      levels.add(row.level);
      records.add(row.content->records);
      checksums.add(row.content->checksum);
      first.add(payloads.size() + 1);
      length.add(row.content->payload.size());
      payloads += row.content->payload;
      ++next;
    } while (next < end &&
             payloads.size() + rows[next].content->payload.size() <= options.statement_bytes_max);
    transaction.run(kSegments, slice, static_cast<int>(kSegmentFormat), as_bytes(payloads),
                    batches.take(), sequences.take(), chunks.take(), levels.take(), records.take(),
                    checksums.take(), first.take(), length.take());
  }
}

Result<Standing> standing(Connection& connection, SliceId slice, Epoch epoch,
                          std::uint64_t sequence) {
  Transaction transaction(connection);
  return judge(transaction.run(kLook, slice), slice, epoch, sequence);
}

Result<CommitStats> write_checkpoint(Connection& connection, const PostgresOptions& options,
                                     const Checkpoint& checkpoint) {
  connection.step("commit.before");
  Transaction transaction(connection);
  const Rows fenced_rows = transaction.run(kFence, checkpoint.slice, checkpoint.epoch,
                                           to_bigint(checkpoint.sequence), checkpoint.next_batch);
  connection.step("commit.after_fence");
  if (fenced_rows.affected_rows() == 0) {
    const auto found = judge(transaction.run(kLook, checkpoint.slice), checkpoint.slice,
                             checkpoint.epoch, checkpoint.sequence);
    if (!found) return found.error();
    if (*found == Standing::next)
      return transient("PostgreSQL: the slice's row moved while we looked");
    CommitStats stats = stats_of(checkpoint);
    tell_doubts(transaction, checkpoint, stats);
    return stats;
  }
  delete_batches(transaction, options, checkpoint);
  connection.step("commit.after_deletions");
  const auto inserted = insert_batches(transaction, options, checkpoint);
  if (!inserted) return inserted.error();
  connection.step("commit.after_batches");
  in_pieces(checkpoint.changes, options.statement_batches_max,
            [&](auto piece) { upsert_ledgers(transaction, checkpoint.slice, piece); });
  connection.step("commit.after_ledgers");
  insert_segments(transaction, options, checkpoint.slice, rows_of(checkpoint));
  connection.step("commit.after_segments");
  if (!checkpoint.positions.empty()) write_positions(transaction, checkpoint);
  connection.step("commit.after_positions");
  upsert_details(transaction, options, checkpoint.details);
  connection.step("commit.after_details");
  write_receipts(transaction, checkpoint);
  connection.step("commit.after_receipts");
  write_dead_letters(transaction, options, checkpoint);
  connection.step("commit.after_dead_letters");
  CommitStats stats = stats_of(checkpoint);
  tell_doubts(transaction, checkpoint, stats);
  transaction.commit();
  connection.step("commit.after_commit");
  return stats;
}

}  // namespace rollcall::postgres
